internal import Tensors

/// What the formula of an elementwise transform is written in: a few neighbouring elements at once
/// in the fused loop, a whole tensor where the update is itself differentiated or mapped.
///
/// Both round every operation to the elements' type, so both give the same bits.
protocol ElementwiseNumber {
  static func + (a: Self, b: Self) -> Self
  static func - (a: Self, b: Self) -> Self
  static func * (a: Self, b: Self) -> Self
  static func / (a: Self, b: Self) -> Self
  /// The number of the elements' type nearest to `value`, in each element.
  static func constant(_ value: Double) -> Self
  static func larger(_ a: Self, _ b: Self) -> Self
  static func smaller(_ a: Self, _ b: Self) -> Self
  var squareRoot: Self { get }
  var magnitude: Self { get }
  /// −1, 0 or 1.
  var sign: Self { get }
}

extension ElementwiseNumber {
  @inline(__always) static func * (a: Double, b: Self) -> Self { .constant(a) * b }
  @inline(__always) static func + (a: Self, b: Double) -> Self { a + .constant(b) }
  @inline(__always) var squared: Self { self * self }
}

/// A whole tensor, whose operations are recorded or mapped.
struct WholeTensor<Scalar: TensorFloatingPoint>: ElementwiseNumber {
  let tensor: Tensor<Scalar>

  init(_ tensor: Tensor<Scalar>) { self.tensor = tensor }

  static func + (a: Self, b: Self) -> Self { Self(a.tensor + b.tensor) }
  static func - (a: Self, b: Self) -> Self { Self(a.tensor - b.tensor) }
  static func * (a: Self, b: Self) -> Self { Self(a.tensor * b.tensor) }
  static func / (a: Self, b: Self) -> Self { Self(a.tensor / b.tensor) }
  static func constant(_ value: Double) -> Self { Self(Tensor(Scalar(nearest: value))) }
  static func larger(_ a: Self, _ b: Self) -> Self { Self(maximum(a.tensor, b.tensor)) }
  static func smaller(_ a: Self, _ b: Self) -> Self { Self(minimum(a.tensor, b.tensor)) }
  var squareRoot: Self { Self(sqrt(tensor)) }
  var magnitude: Self { Self(abs(tensor)) }
  var sign: Self { Self(Tensors.sign(tensor)) }
}

/// Elements that are loaded, computed and stored together.
protocol Lanes: ElementwiseNumber {
  static var count: Int { get }
  static var zero: Self { get }
  /// The elements from number `start` on.
  init(loading address: UnsafeRawPointer, at start: Int)
  /// The `count` elements from number `start` on, then zeros.
  init(loading address: UnsafeRawPointer, at start: Int, count: Int)
  func store(to address: UnsafeMutableRawPointer, at start: Int)
  func store(to address: UnsafeMutableRawPointer, at start: Int, count: Int)
}

struct FloatLanes: Lanes {
  typealias Vector = SIMD8<Float>
  var vector: Vector

  @inline(__always) init(_ vector: Vector) { self.vector = vector }
  @inline(__always) static var count: Int { 8 }
  @inline(__always) static var zero: Self { Self(Vector()) }
  @inline(__always) init(loading address: UnsafeRawPointer, at start: Int) {
    vector = address.loadUnaligned(fromByteOffset: 4 * start, as: Vector.self)
  }
  @inline(__always) init(loading address: UnsafeRawPointer, at start: Int, count: Int) {
    vector = Vector()
    for lane in 0..<count {
      vector[lane] = address.load(fromByteOffset: 4 * (start + lane), as: Float.self)
    }
  }
  @inline(__always) func store(to address: UnsafeMutableRawPointer, at start: Int) {
    address.storeBytes(of: vector, toByteOffset: 4 * start, as: Vector.self)
  }
  @inline(__always) func store(to address: UnsafeMutableRawPointer, at start: Int, count: Int) {
    for lane in 0..<count {
      address.storeBytes(
        of: vector[lane], toByteOffset: 4 * (start + lane), as: Float.self)
    }
  }

  @inline(__always) static func + (a: Self, b: Self) -> Self { Self(a.vector + b.vector) }
  @inline(__always) static func - (a: Self, b: Self) -> Self { Self(a.vector - b.vector) }
  @inline(__always) static func * (a: Self, b: Self) -> Self { Self(a.vector * b.vector) }
  @inline(__always) static func / (a: Self, b: Self) -> Self { Self(a.vector / b.vector) }
  @inline(__always) static func constant(_ value: Double) -> Self {
    Self(Vector(repeating: Float(value)))
  }
  @inline(__always) static func larger(_ a: Self, _ b: Self) -> Self {
    let isNotLarger = (a.vector .< b.vector) .| (b.vector .!= b.vector)
    return Self(a.vector.replacing(with: b.vector, where: isNotLarger))
  }
  @inline(__always) static func smaller(_ a: Self, _ b: Self) -> Self {
    let isNotSmaller = (b.vector .< a.vector) .| (b.vector .!= b.vector)
    return Self(a.vector.replacing(with: b.vector, where: isNotSmaller))
  }
  @inline(__always) var squareRoot: Self { Self(vector.squareRoot()) }
  @inline(__always) var magnitude: Self {
    // Adding 0 makes −0 a 0.
    Self(vector.replacing(with: -vector, where: vector .< Vector()) + Vector())
  }
  @inline(__always) var sign: Self {
    var result = vector.replacing(with: Vector(repeating: 1), where: vector .> Vector())
    result.replace(with: Vector(repeating: -1), where: vector .< Vector())
    return Self(result)
  }
}

struct DoubleLanes: Lanes {
  typealias Vector = SIMD4<Double>
  var vector: Vector

  @inline(__always) init(_ vector: Vector) { self.vector = vector }
  @inline(__always) static var count: Int { 4 }
  @inline(__always) static var zero: Self { Self(Vector()) }
  @inline(__always) init(loading address: UnsafeRawPointer, at start: Int) {
    vector = address.loadUnaligned(fromByteOffset: 8 * start, as: Vector.self)
  }
  @inline(__always) init(loading address: UnsafeRawPointer, at start: Int, count: Int) {
    vector = Vector()
    for lane in 0..<count {
      vector[lane] = address.load(fromByteOffset: 8 * (start + lane), as: Double.self)
    }
  }
  @inline(__always) func store(to address: UnsafeMutableRawPointer, at start: Int) {
    address.storeBytes(of: vector, toByteOffset: 8 * start, as: Vector.self)
  }
  @inline(__always) func store(to address: UnsafeMutableRawPointer, at start: Int, count: Int) {
    for lane in 0..<count {
      address.storeBytes(
        of: vector[lane], toByteOffset: 8 * (start + lane), as: Double.self)
    }
  }

  @inline(__always) static func + (a: Self, b: Self) -> Self { Self(a.vector + b.vector) }
  @inline(__always) static func - (a: Self, b: Self) -> Self { Self(a.vector - b.vector) }
  @inline(__always) static func * (a: Self, b: Self) -> Self { Self(a.vector * b.vector) }
  @inline(__always) static func / (a: Self, b: Self) -> Self { Self(a.vector / b.vector) }
  @inline(__always) static func constant(_ value: Double) -> Self {
    Self(Vector(repeating: value))
  }
  @inline(__always) static func larger(_ a: Self, _ b: Self) -> Self {
    let isNotLarger = (a.vector .< b.vector) .| (b.vector .!= b.vector)
    return Self(a.vector.replacing(with: b.vector, where: isNotLarger))
  }
  @inline(__always) static func smaller(_ a: Self, _ b: Self) -> Self {
    let isNotSmaller = (b.vector .< a.vector) .| (b.vector .!= b.vector)
    return Self(a.vector.replacing(with: b.vector, where: isNotSmaller))
  }
  @inline(__always) var squareRoot: Self { Self(vector.squareRoot()) }
  @inline(__always) var magnitude: Self {
    // Adding 0 makes −0 a 0.
    Self(vector.replacing(with: -vector, where: vector .< Vector()) + Vector())
  }
  @inline(__always) var sign: Self {
    var result = vector.replacing(with: Vector(repeating: 1), where: vector .> Vector())
    result.replace(with: Vector(repeating: -1), where: vector .< Vector())
    return Self(result)
  }
}
