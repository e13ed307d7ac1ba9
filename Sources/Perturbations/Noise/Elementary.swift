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
  static func expm1(_ x: Double) -> Double { libraryExpm1(x) }
  static func log(_ x: Double) -> Double { libraryLog(x) }
  static func log1p(_ x: Double) -> Double { libraryLog1p(x) }
  static func erfc(_ x: Double) -> Double { libraryErfc(x) }
  static func atan2(_ y: Double, _ x: Double) -> Double { libraryAtan2(y, x) }
  static func tan(_ x: Double) -> Double { libraryTan(x) }
  static func tanh(_ x: Double) -> Double { libraryTanh(x) }
  static func pow(_ x: Double, _ y: Double) -> Double { libraryPow(x, y) }
}

// At file scope, where the names still mean the library's.
private func libraryExp(_ x: Double) -> Double { exp(x) }
private func libraryExpm1(_ x: Double) -> Double { expm1(x) }
private func libraryLog1p(_ x: Double) -> Double { log1p(x) }
private func libraryErfc(_ x: Double) -> Double { erfc(x) }
private func libraryAtan2(_ y: Double, _ x: Double) -> Double { atan2(y, x) }
private func libraryLog(_ x: Double) -> Double { log(x) }
private func libraryTan(_ x: Double) -> Double { tan(x) }
private func libraryTanh(_ x: Double) -> Double { tanh(x) }
private func libraryPow(_ x: Double, _ y: Double) -> Double { pow(x, y) }
