private import Dispatch

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
  /// How many are online: at least 1, and what it was at the first call.
  package static let count = max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))

  /// How many threads can work at a time: one for each processor, or fewer where this process may not
  /// have as many; at least 1, and what it was at the first call.
  ///
  /// Where libdispatch can't start a thread that it wants, it waits until it can.
  package static let threads: Int = {
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
  }()
}
