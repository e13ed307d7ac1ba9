// Where processes can be started.
#if os(macOS) || os(Linux)
  #if canImport(System)
    internal import System
  #else
    internal import SystemPackage
  #endif

  #if canImport(Darwin)
    private import Darwin
  #elseif canImport(Glibc)
    private import Glibc
  #elseif canImport(Musl)
    private import Musl
  #endif

  extension Files {
    /// Keeps other processes, and other calls in this one, from locking a folder.
    ///
    /// The lock is on the folder itself and leaves nothing in it; it binds only those who ask for it. File
    /// systems that have no such locks, as some over a network, lock nothing.
    ///
    /// - Parameter path: A folder that is there.
    /// - Returns: What to close to let it go, as the end of the process does; nil where somebody else has
    ///   the lock.
    /// - Throws: ``SystemFailure`` where the folder cannot be opened.
    package static func lockFolder(_ path: String) throws(SystemFailure) -> Descriptor? {
      let folder = try open(path, .readOnly, [.directory, .closeOnExec])
      // A child that this process is just starting has the last lock's descriptor too, until it becomes
      // its program: half a second is ample.
      for _ in 0..<50 {
        if cLock(folder.rawValue) == 0 || errno != EWOULDBLOCK {
          return Descriptor(folder.rawValue)
        }
        usleep(10_000)
      }
      try? folder.close()
      return nil
    }
  }

  // At file scope, where the name still means the library's function.
  private func cLock(_ descriptor: Int32) -> Int32 { flock(descriptor, LOCK_EX | LOCK_NB) }
#endif
