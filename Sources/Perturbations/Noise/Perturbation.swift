internal import Platform
internal import Tensors

/// How noise acts on θ: what a sample's input is, and what that makes of derivatives.
///
/// The estimators differentiate in a *location* of the noise, in which it is additive; a perturbation
/// says how the location depends on θ.
protocol Perturbation: Sendable {
  /// Whether inputs are origin + σ z, which the kernels compute while they draw z.
  var isAdditive: Bool { get }

  /// What the noise of each sample is put together with: [rows] + the shape of one example.
  ///
  /// - Parameters:
  ///   - theta: A leaf of θ.
  ///   - sigma: σ, in units of the noise as it is drawn.
  ///   - offset: What is subtracted from the noise as it is drawn.
  ///   - type: The precision.
  /// - Returns: A value of θ's shape.
  func origin<Scalar: TensorFloatingPoint>(
    _ theta: Value, sigma: Double, offset: Double, _ type: Scalar.Type
  ) -> Value

  /// Writes the inputs of some samples for noise as drawn; the memory may be the same.
  func apply<Scalar: TensorFloatingPoint>(
    _ z: NoiseRows<Scalar>, sigma: Scalar, origin: UnsafePointer<Scalar>,
    into out: UnsafeMutablePointer<Scalar>, stride: Int)

  /// A cotangent of the location as one of θ: times d location/dθ, the chain factor.
  func chained(_ cotangent: Value, _ theta: Value) -> Value

  /// The chain factors at θ; nil where they are 1.
  func chainFactors(_ theta: [Double]) -> [Double]?

  /// The factor of the first derivative in the second: with the chain factor c,
  /// ∂²/∂θ² = c² (∂²/∂l² − this · ∂/∂l) for the location l of an element with itself.
  var firstInSecond: Double { get }

  /// What is subtracted from z in d location/dσ = z − drift.
  func drift(sigma: Double) -> Double

  /// Whether the derivative of a sample's input in θ is input/θ, not 1.
  var scalesInput: Bool { get }

  /// Why an element of θ cannot be perturbed, or nil.
  func refusal<Scalar: TensorFloatingPoint>(_ theta: UnsafeBufferPointer<Scalar>) -> (
    index: Int, expected: String
  )?

  /// The largest |θ| that noise of scale 1 is added to: what says whether it is resolved.
  func magnitude<Scalar: TensorFloatingPoint>(_ theta: UnsafeBufferPointer<Scalar>) -> Scalar
}

/// Noise of some samples in memory: z[i · stride + j] for sample i and element j.
struct NoiseRows<Scalar> {
  let start: UnsafePointer<Scalar>
  let stride: Int
  let samples: Int
  let count: Int
}

/// θ + σ z.
struct AdditivePerturbation: Perturbation {
  var isAdditive: Bool { true }
  var firstInSecond: Double { 0 }
  var scalesInput: Bool { false }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func origin<Scalar: TensorFloatingPoint>(
    _ theta: Value, sigma: Double, offset: Double, _ type: Scalar.Type
  ) -> Value {
    offset == 0
      ? theta : theta.mapped { (x: Scalar) in Scalar(nearest: x.asDouble - sigma * offset) }
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func apply<Scalar: TensorFloatingPoint>(
    _ z: NoiseRows<Scalar>, sigma: Scalar, origin: UnsafePointer<Scalar>,
    into out: UnsafeMutablePointer<Scalar>, stride: Int
  ) {
    for i in 0..<z.samples {
      let (row, target) = (z.start + i * z.stride, out + i * stride)
      for j in 0..<z.count { target[j] = origin[j] + sigma * row[j] }
    }
  }

  func chained(_ cotangent: Value, _ theta: Value) -> Value { cotangent }
  func chainFactors(_ theta: [Double]) -> [Double]? { nil }
  func drift(sigma: Double) -> Double { 0 }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func refusal<Scalar: TensorFloatingPoint>(
    _ theta: UnsafeBufferPointer<Scalar>
  ) -> (index: Int, expected: String)? { nil }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func magnitude<Scalar: TensorFloatingPoint>(_ theta: UnsafeBufferPointer<Scalar>) -> Scalar {
    var largest: Scalar = 0
    for i in theta.indices { largest = Swift.max(largest, theta[i] < 0 ? -theta[i] : theta[i]) }
    return largest
  }
}

/// θ exp(σ z − σ²/2): additive for log |θ|, of which the derivative is 1/θ.
struct MultiplicativePerturbation: Perturbation {
  var isAdditive: Bool { false }
  var firstInSecond: Double { 1 }
  var scalesInput: Bool { true }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func origin<Scalar: TensorFloatingPoint>(
    _ theta: Value, sigma: Double, offset: Double, _ type: Scalar.Type
  ) -> Value {
    let factor = Elementary.exp(-sigma * sigma / 2)
    return theta.mapped { (x: Scalar) in Scalar(nearest: x.asDouble * factor) }
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func apply<Scalar: TensorFloatingPoint>(
    _ z: NoiseRows<Scalar>, sigma: Scalar, origin: UnsafePointer<Scalar>,
    into out: UnsafeMutablePointer<Scalar>, stride: Int
  ) {
    for i in 0..<z.samples {
      let (row, target) = (z.start + i * z.stride, out + i * stride)
      for j in 0..<z.count {
        target[j] = origin[j] * Scalar(nearest: Elementary.exp((sigma * row[j]).asDouble))
      }
    }
  }

  func chained(_ cotangent: Value, _ theta: Value) -> Value { cotangent / theta }
  func chainFactors(_ theta: [Double]) -> [Double]? { theta.map { 1 / $0 } }
  func drift(sigma: Double) -> Double { sigma }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func refusal<Scalar: TensorFloatingPoint>(
    _ theta: UnsafeBufferPointer<Scalar>
  ) -> (index: Int, expected: String)? {
    for i in theta.indices where theta[i] == 0 {
      return (i, "a number other than 0, since the noise multiplies it")
    }
    return nil
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func magnitude<Scalar: TensorFloatingPoint>(_ theta: UnsafeBufferPointer<Scalar>) -> Scalar { 1 }
}
