public import Tensors

/// An affine map of the last axis: y = x Wᵀ + b.
///
/// ```swift
/// let layer = Linear(inputs: 32, outputs: 1, key: RandomKey(0))
/// layer(x)      // [64, 32] -> [64, 1]
/// ```
public struct Linear<Scalar: TensorFloatingPoint>: TreeStruct, Sendable, Equatable {
  /// W, of shape [outputs, inputs].
  public var weight: Tensor<Scalar>
  /// b, of shape [outputs]; nil adds nothing.
  public var bias: Tensor<Scalar>?

  /// Weight and bias.
  public static var children: [Child<Self>] { [Child(\.weight), Child(\.bias)] }

  /// A layer with random parameters.
  ///
  /// - Parameters:
  ///   - inputs: The extent of the last axis of what comes in.
  ///   - outputs: The extent of the last axis of what goes out.
  ///   - hasBias: Whether something is added.
  ///   - initializer: How the weight begins. By default as in PyTorch: uniform on ±1 / √inputs.
  ///   - biasInitializer: How the bias begins, with the weight's fan-in.
  ///   - key: The weight is drawn from child 0, the bias from child 1.
  ///   - type: The type of the parameters.
  public init(
    inputs: Int, outputs: Int, hasBias: Bool = true, initializer: Initializer = .uniformFanIn,
    biasInitializer: Initializer = .uniformFanIn, key: RandomKey, as type: Scalar.Type = Float.self
  ) {
    require(
      inputs >= 1 && outputs >= 1, "Linear",
      "\(inputs) inputs and \(outputs) outputs, expected at least one of each")
    weight = initializer([outputs, inputs], key: key.child(0), as: type)
    bias =
      hasBias ? biasInitializer([outputs], fanIn: inputs, key: key.child(1), as: type) : nil
  }

  /// A layer of given parameters.
  ///
  /// - Parameters:
  ///   - weight: Shape [outputs, inputs].
  ///   - bias: Shape [outputs].
  public init(weight: Tensor<Scalar>, bias: Tensor<Scalar>? = nil) {
    require(
      weight.rank == 2 && (bias.map { $0.shape == [weight.shape[0]] } ?? true), "Linear",
      "a weight of shape \(weight.shape) and a bias of shape \(bias?.shape ?? []), expected "
        + "[outputs, inputs] and [outputs]")
    self.weight = weight
    self.bias = bias
  }

  /// x Wᵀ + b.
  ///
  /// - Parameter x: Shape [..., inputs].
  /// - Returns: Shape [..., outputs].
  public func callAsFunction(_ x: Tensor<Scalar>) -> Tensor<Scalar> {
    let inputs = weight.shape[1]
    require(
      x.rank >= 1 && x.shape[x.rank - 1] == inputs, "Linear",
      "an input of shape \(x.shape) for a layer of \(inputs) inputs")
    let product = matmul(x, weight.transposed())
    return bias.map { product + $0 } ?? product
  }
}
