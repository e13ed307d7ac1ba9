#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#elseif canImport(Musl)
  internal import Musl
#endif

/// The elementary functions of the C library, without Foundation and without the tensors' functions
/// of the same names.
enum Elementary {
  static func exp(_ x: Double) -> Double { libraryExp(x) }
  static func log(_ x: Double) -> Double { libraryLog(x) }
  static func tan(_ x: Double) -> Double { libraryTan(x) }
  static func tanh(_ x: Double) -> Double { libraryTanh(x) }
  static func pow(_ x: Double, _ y: Double) -> Double { libraryPow(x, y) }
}

// At file scope, where the names still mean the library's.
private func libraryExp(_ x: Double) -> Double { exp(x) }
private func libraryLog(_ x: Double) -> Double { log(x) }
private func libraryTan(_ x: Double) -> Double { tan(x) }
private func libraryTanh(_ x: Double) -> Double { tanh(x) }
private func libraryPow(_ x: Double, _ y: Double) -> Double { pow(x, y) }
