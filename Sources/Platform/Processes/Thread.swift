// Where there are POSIX threads.
#if canImport(Darwin) || canImport(Glibc) || canImport(Musl)
  #if canImport(Darwin)
    private import Darwin
  #elseif canImport(Glibc)
    private import Glibc
  #elseif canImport(Musl)
    private import Musl
  #endif

  /// A thread of its own for work that waits most of the time.
  package enum Thread {
    private final class Body {
      let run: @Sendable () -> Void
      init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }

    /// Starts a thread.
    ///
    /// - Returns: Whether there was room for one.
    package static func start(_ run: @escaping @Sendable () -> Void) -> Bool {
      let body = Unmanaged.passRetained(Body(run))
      #if canImport(Darwin)
        var thread: pthread_t?
        let code = pthread_create(&thread, nil, { Thread.enter($0) }, body.toOpaque())
        if code == 0, let thread { pthread_detach(thread) }
      #else
        var thread = pthread_t()
        let code = pthread_create(&thread, nil, { Thread.enter($0) }, body.toOpaque())
        if code == 0 { pthread_detach(thread) }
      #endif
      if code != 0 { body.release() }
      return code == 0
    }

    private static func enter(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
      guard let argument else { return nil }
      Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().run()
      return nil
    }
  }
#endif
