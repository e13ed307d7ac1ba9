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
}
