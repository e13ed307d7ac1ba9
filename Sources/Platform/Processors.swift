#if canImport(Dispatch)
  private import Dispatch
#endif
#if canImport(Darwin)
  private import Darwin
#elseif canImport(Glibc)
  private import Glibc
#elseif canImport(Musl)
  private import Musl
#elseif canImport(Android)
  private import Android
#elseif canImport(WASILibc)
  private import WASILibc
#endif

/// The machine's processors.
package enum Processors {
  /// How many are online: at least 1, and what it was at the first call; 1 on WebAssembly.
  package static let count: Int = {
    #if os(WASI)
      1
    #else
      max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
    #endif
  }()

  /// How many threads can work at a time: one for each processor, or fewer where this process may not
  /// have as many; at least 1, and what it was at the first call.
  ///
  /// Where libdispatch can't start a thread that it wants, it waits until it can.
  package static let threads: Int = {
    #if canImport(Dispatch) && (canImport(Darwin) || canImport(Glibc) || canImport(Musl))
      let (end, ended) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
      var started = 0
      while started < count - 1,
        Thread.start({
          end.wait()
          ended.signal()
        })
      { started += 1 }
      for _ in 0..<started { end.signal() }
      for _ in 0..<started { ended.wait() }
      return 1 + started
    #else
      return 1
    #endif
  }()
}
