import CKernels

/// A fixed stream of numbers for the kernels' tests (splitmix64).
struct TestNumbers {
  private var state: UInt64

  init(_ seed: UInt64) { state = seed }

  mutating func bits() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// Uniform on [0, 1).
  mutating func unit() -> Double { Double(bits() >> 11) * 0x1p-53 }

  mutating func uniform(_ range: ClosedRange<Double>) -> Double {
    range.lowerBound + unit() * (range.upperBound - range.lowerBound)
  }

  mutating func integer(_ range: ClosedRange<Int>) -> Int {
    range.lowerBound + Int(bits() % UInt64(range.count))
  }

  mutating func floats(_ n: Int, in range: ClosedRange<Double> = -4...4) -> [Float] {
    (0..<n).map { _ in Float(uniform(range)) }
  }

  mutating func doubles(_ n: Int, in range: ClosedRange<Double> = -4...4) -> [Double] {
    (0..<n).map { _ in uniform(range) }
  }

  mutating func integers(_ n: Int, in range: ClosedRange<Int> = -9...9) -> [Int32] {
    (0..<n).map { _ in Int32(integer(range)) }
  }

  mutating func booleans(_ n: Int) -> [UInt8] { (0..<n).map { _ in UInt8(bits() & 1) } }

  /// Few values, so that there are ties, with NaN, ±0 and infinities among them.
  mutating func awkward<S: BinaryFloatingPoint>(_ n: Int, as: S.Type = S.self) -> [S] {
    (0..<n).map { _ in
      switch integer(0...19) {
      case 0: S.nan
      case 1: S.infinity
      case 2: -S.infinity
      case 3: -0.0
      case 4: 0.0
      default: S(integer(-6...6)) / 2
      }
    }
  }

  /// A shape of the given rank with axes of 1 to `limit`.
  mutating func shape(rank: Int, limit: Int) -> [Int] {
    (0..<rank).map { _ in integer(1...limit) }
  }
}

/// An element type the kernels know.
protocol KernelScalar: Equatable, BitwiseCopyable {
  static var dtype: ck_dtype { get }
  /// Equal bits, or both NaN.
  static func same(_ a: Self, _ b: Self) -> Bool
}

extension Float: KernelScalar {
  static var dtype: ck_dtype { CK_F32 }
  static func same(_ a: Float, _ b: Float) -> Bool {
    a.bitPattern == b.bitPattern || (a.isNaN && b.isNaN)
  }
}

extension Double: KernelScalar {
  static var dtype: ck_dtype { CK_F64 }
  static func same(_ a: Double, _ b: Double) -> Bool {
    a.bitPattern == b.bitPattern || (a.isNaN && b.isNaN)
  }
}

extension Int32: KernelScalar {
  static var dtype: ck_dtype { CK_I32 }
  static func same(_ a: Int32, _ b: Int32) -> Bool { a == b }
}

extension UInt8: KernelScalar {
  static var dtype: ck_dtype { CK_BOOL }
  static func same(_ a: UInt8, _ b: UInt8) -> Bool { a == b }
}

func same<S: KernelScalar>(_ a: [S], _ b: [S]) -> Bool {
  a.count == b.count && zip(a, b).allSatisfy { S.same($0, $1) }
}

/// The tables this machine has, the baseline first.
func machineTables() -> [(set: ck_instruction_set, maths: ck_maths_kernels)] {
  (0..<UInt32(CK_INSTRUCTION_SET_COUNT)).compactMap { raw in
    ck_table_for(ck_instruction_set(raw)).map { (ck_instruction_set(raw), $0.pointee.maths) }
  }
}

/// An array of `n` elements that `fill` writes.
func filled<S>(_ n: Int, with value: S, _ fill: (UnsafeMutablePointer<S>) -> Void) -> [S] {
  // One more, so that there is an address even for nothing.
  var out = [S](repeating: value, count: n + 1)
  out.withUnsafeMutableBufferPointer { buffer in
    if let base = buffer.baseAddress { fill(base) }
  }
  out.removeLast()
  return out
}

func denseStrides(_ shape: [Int]) -> [Int64] {
  var strides = [Int64](repeating: 1, count: shape.count)
  for axis in stride(from: shape.count - 2, through: 0, by: -1) {
    strides[axis] = strides[axis + 1] * Int64(shape[axis + 1])
  }
  return strides
}

/// Every index of a shape in row-major order.
func indices(of shape: [Int]) -> [[Int]] {
  shape.reduce([[]]) { all, size in all.flatMap { head in (0..<size).map { head + [$0] } } }
}

func offset(_ index: [Int], _ strides: [Int64]) -> Int {
  zip(index, strides).reduce(0) { $0 + $1.0 * Int($1.1) }
}

let floatUnaryOps: [ck_unary_op] = [
  CK_NEGATE, CK_ABSOLUTE, CK_SIGN, CK_EXP, CK_EXPM1, CK_LOG, CK_LOG1P, CK_SQRT, CK_RSQRT,
  CK_RECIPROCAL, CK_SQUARE, CK_SIN, CK_COS, CK_TAN, CK_ASIN, CK_ACOS, CK_TANH, CK_SIGMOID, CK_RELU,
  CK_SOFTPLUS, CK_ERF, CK_FLOOR, CK_CEIL, CK_ROUND,
]

let floatBinaryOps: [ck_binary_op] = [
  CK_ADD, CK_SUBTRACT, CK_MULTIPLY, CK_DIVIDE, CK_POWER, CK_MINIMUM, CK_MAXIMUM, CK_ATAN2,
]
