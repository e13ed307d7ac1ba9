public import Tensors

/// Linear layers with an activation between them: a multilayer perceptron.
///
/// ```swift
/// var model = MLP([32, 64, 64, 1], activation: .tanh, key: RandomKey(0))
/// let gradients = gradient(at: model) { meanSquaredError($0(x), y) }
/// ```
public struct MLP<Scalar: TensorFloatingPoint>: TreeStruct, Sendable, Equatable {
  /// The layers, first to last.
  public var layers: [Linear<Scalar>]
  /// What stands after each layer but the last.
  public var activation: Activation
  /// What stands after the last layer.
  public var outputActivation: Activation

  /// The layers.
  public static var children: [Child<Self>] { [Child(\.layers)] }

  /// Layers with random parameters.
  ///
  /// - Parameters:
  ///   - widths: The number of inputs, the widths between the layers, the number of outputs.
  ///   - activation: What stands after each layer but the last.
  ///   - outputActivation: What stands after the last layer.
  ///   - initializer: How the weights begin.
  ///   - biasInitializer: How the biases begin.
  ///   - key: Layer l takes child l.
  ///   - type: The type of the parameters.
  /// - Precondition: at least two widths.
  public init(
    _ widths: [Int], activation: Activation = .relu, outputActivation: Activation = .identity,
    initializer: Initializer = .uniformFanIn, biasInitializer: Initializer = .uniformFanIn,
    key: RandomKey, as type: Scalar.Type = Float.self
  ) {
    require(
      widths.count >= 2, "MLP", "widths \(widths), expected at least inputs and outputs")
    layers = zip(widths, widths.dropFirst()).enumerated().map { index, widths in
      Linear(
        inputs: widths.0, outputs: widths.1, initializer: initializer,
        biasInitializer: biasInitializer, key: key.child(UInt64(index)), as: type)
    }
    self.activation = activation
    self.outputActivation = outputActivation
  }

  /// The layers, one after the other.
  ///
  /// - Parameter x: Shape [..., inputs].
  /// - Returns: Shape [..., outputs].
  public func callAsFunction(_ x: Tensor<Scalar>) -> Tensor<Scalar> {
    var y = x
    for (index, layer) in layers.enumerated() {
      y = layer(y)
      y = index == layers.count - 1 ? outputActivation(y) : activation(y)
    }
    return y
  }
}
