import CKernels
import Foundation
import Testing

#if arch(x86_64) && !os(Windows)
  /// What double precision is checked against.
  typealias Wide = Float80
  private let wideError = 0.0
#else
  typealias Wide = Double
  /// The system's functions in double precision are themselves off by this much.
  private let wideError = 1.0
#endif

/// An elementary function, its reference and the error it is allowed, in units in the last place.
struct AccuracyCase: Sendable, CustomTestStringConvertible {
  let name: String
  let op: ck_unary_op
  let single: Double
  let double: Double
  let reference: @Sendable (Wide) -> Wide

  var testDescription: String { name }
}

private func positivePart(_ x: Wide) -> Wide { x > 0 ? x : 0 }

private let cases: [AccuracyCase] = [
  .init(name: "exp", op: CK_EXP, single: 1, double: 1) { exp($0) },
  .init(name: "expm1", op: CK_EXPM1, single: 1.6, double: 1.6) { expm1($0) },
  .init(name: "log", op: CK_LOG, single: 1, double: 1) { log($0) },
  .init(name: "log1p", op: CK_LOG1P, single: 1, double: 1) { log1p($0) },
  .init(name: "sqrt", op: CK_SQRT, single: 0.51, double: 0.51) { $0.squareRoot() },
  .init(name: "rsqrt", op: CK_RSQRT, single: 1.6, double: 1.6) { 1 / $0.squareRoot() },
  .init(name: "reciprocal", op: CK_RECIPROCAL, single: 0.51, double: 0.51) { 1 / $0 },
  .init(name: "square", op: CK_SQUARE, single: 0.51, double: 0.51) { $0 * $0 },
  .init(name: "sin", op: CK_SIN, single: 0.51, double: 1) { sin($0) },
  .init(name: "cos", op: CK_COS, single: 0.51, double: 1) { cos($0) },
  .init(name: "tan", op: CK_TAN, single: 0.51, double: 2.3) { tan($0) },
  .init(name: "asin", op: CK_ASIN, single: 0.51, double: 2) { asin($0) },
  .init(name: "acos", op: CK_ACOS, single: 0.51, double: 2) { acos($0) },
  .init(name: "tanh", op: CK_TANH, single: 1.4, double: 2.3) { tanh($0) },
  .init(name: "sigmoid", op: CK_SIGMOID, single: 2.25, double: 2.5) {
    $0 > 0 ? 1 / (1 + exp(-$0)) : exp($0) / (1 + exp($0))
  },
  .init(name: "softplus", op: CK_SOFTPLUS, single: 1.7, double: 1.7) {
    positivePart($0) + log1p(exp(-abs($0)))
  },
  .init(name: "erf", op: CK_ERF, single: 0.51, double: 1.9) { erf($0) },
]

@Suite("Kernels: accuracy of elementary functions")
struct UnaryKernelsTests {
  /// All magnitudes, the middle densely, and the neighbourhoods of multiples of π/4.
  static func arguments(_ n: Int) -> [Double] {
    var numbers = TestNumbers(11)
    var x: [Double] = (0..<n).map { i in
      switch i % 10 {
      case 0: Double(bitPattern: numbers.bits())
      case 1: numbers.uniform(-2...2)
      case 2: numbers.uniform(-750...750)
      case 3: numbers.uniform(-1e6...1e6)
      case 4: numbers.uniform(-100...100)
      case 5: numbers.uniform(-6...6)
      case 8: 1 - exp(numbers.uniform(-37...0))
      case 9: exp(numbers.uniform(-37...0)) - 1
      case 6: exp(numbers.uniform(-30...30)) * (numbers.unit() < 0.5 ? -1 : 1)
      default:
        Double(numbers.integer(-2000...2000)) * .pi / 4 * (1 + numbers.uniform(-1...1) * 1e-13)
      }
    }
    x += [
      0, -0.0, 1, -1, .infinity, -.infinity, .nan, 0x1p-1074, -0x1p-1074, 0x1p-1022, 0x1p-149,
      -0x1p-149, 0x1p-126, 0.5, -0.5, 1.5, 2.5, -2.5, 709.78, 710, -745.2, -745.1, 88.7, 88.8,
      -103.9, -104, 0x1p1023, 1e300, -1e300, 3.4e38, 0x1p52, 8_388_607.5, 4_194_303.5,
    ]
    return x
  }

  static func check(_ got: Double, _ want: Wide, nearest: Double, ulp: Double, bound: Double)
    -> Bool
  {
    if nearest.isNaN || nearest.isInfinite || got.isNaN || got.isInfinite {
      return got == nearest || (got.isNaN && nearest.isNaN)
    }
    return abs(Double(Wide(got) - want)) / ulp <= bound
  }

  @Test("double precision", arguments: cases)
  func double(_ test: AccuracyCase) {
    let x = Self.arguments(160_000)
    let y = filled(x.count, with: 0.0) { ck_unary(test.op, CK_F64, x, $0, x.count) }
    let wrong = x.indices.filter { i in
      let want = test.reference(Wide(x[i]))
      let nearest = Double(want)
      return !Self.check(
        y[i], want, nearest: nearest, ulp: nearest.ulp, bound: test.double + wideError)
    }
    #expect(wrong.isEmpty, "\(wrong.prefix(3).map { "\(test.name)(\(x[$0])) = \(y[$0])" })")
  }

  @Test("single precision", arguments: cases)
  func single(_ test: AccuracyCase) {
    let x = Self.arguments(160_000).map { Float($0) }
    let y = filled(x.count, with: Float(0)) { ck_unary(test.op, CK_F32, x, $0, x.count) }
    let wrong = x.indices.filter { i in
      let want = test.reference(Wide(x[i]))
      let nearest = Float(want)
      return !Self.check(
        Double(y[i]), want, nearest: Double(nearest), ulp: Double(nearest.ulp), bound: test.single)
    }
    #expect(wrong.isEmpty, "\(wrong.prefix(3).map { "\(test.name)(\(x[$0])) = \(y[$0])" })")
  }

  @Test("the check refuses what is off by three units")
  func checkIsSharp() {
    let want = Wide(1)
    #expect(!Self.check(1 + 3 * 0x1p-52, want, nearest: 1, ulp: 0x1p-52, bound: 2.5))
    #expect(!Self.check(.infinity, want, nearest: 1, ulp: 0x1p-52, bound: 2.5))
    #expect(!Self.check(1, .nan, nearest: .nan, ulp: 1, bound: 2.5))
  }

  @Test("exact operations in double precision")
  func exactDouble() {
    exact(Self.arguments(40_000), zero: 0, one: 1)
  }

  @Test("exact operations in single precision")
  func exactSingle() {
    exact(Self.arguments(40_000).map { Float($0) }, zero: 0, one: 1)
  }

  func exact<S: KernelScalar & BinaryFloatingPoint>(_ x: [S], zero: S, one: S) {
    func run(_ op: ck_unary_op) -> [S] {
      filled(x.count, with: zero) { ck_unary(op, S.dtype, x, $0, x.count) }
    }
    #expect(same(run(CK_NEGATE), x.map { -$0 }))
    #expect(same(run(CK_ABSOLUTE), x.map { $0.magnitude }))
    #expect(same(run(CK_SIGN), x.map { $0 > 0 ? one : $0 < 0 ? -one : $0 + zero }))
    #expect(same(run(CK_RELU), x.map { $0 < 0 ? zero : $0 }))
    #expect(same(run(CK_FLOOR), x.map { $0.rounded(.down) }))
    #expect(same(run(CK_CEIL), x.map { $0.rounded(.up) }))
    #expect(same(run(CK_ROUND), x.map { $0.rounded(.toNearestOrEven) }))
  }

  @Test("signs of zero, and that every length is done to its end")
  func lengths() {
    for op in [CK_SIN, CK_TAN, CK_ASIN, CK_TANH, CK_ERF, CK_EXPM1, CK_LOG1P, CK_SQRT, CK_FLOOR] {
      let x: [Float] = [-0.0, 0.0]
      let wide: [Double] = [-0.0, 0.0]
      let y = filled(2, with: Float(1)) { ck_unary(op, CK_F32, x, $0, 2) }
      let z = filled(2, with: 1.0) { ck_unary(op, CK_F64, wide, $0, 2) }
      #expect(same(y, x) && same(z, wide), "\(op)")
    }
    for n in 0...70 {
      let x = (0..<n).map { Float($0) }
      let y = filled(n + 3, with: Float(-7)) { ck_unary(CK_SQUARE, CK_F32, x, $0, n) }
      #expect(y == x.map { $0 * $0 } + [-7, -7, -7])
      var z = x.map { Double($0) }
      z.withUnsafeMutableBufferPointer {
        ck_unary(CK_SQUARE, CK_F64, $0.baseAddress, $0.baseAddress, n)
      }
      #expect(z == x.map { Double($0 * $0) })
    }
  }

  @Test("integers and booleans")
  func integers() {
    let x: [Int32] = [3, -4, 0, .min, .max, 46_341]
    func run(_ op: ck_unary_op) -> [Int32] {
      filled(x.count, with: 0) { ck_unary(op, CK_I32, x, $0, x.count) }
    }
    #expect(run(CK_NEGATE) == x.map { 0 &- $0 })
    #expect(run(CK_ABSOLUTE) == x.map { $0 < 0 ? 0 &- $0 : $0 })
    #expect(run(CK_SIGN) == x.map { $0.signum() })
    #expect(run(CK_SQUARE) == x.map { $0 &* $0 })
    #expect(run(CK_RELU) == x.map { max($0, 0) })
    let b: [UInt8] = [0, 1, 1, 0]
    #expect(
      filled(4, with: UInt8(9)) { ck_unary(CK_LOGICAL_NOT, CK_BOOL, b, $0, 4) } == [1, 0, 0, 1])
  }
}
