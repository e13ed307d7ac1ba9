public import Tensors

/// A scalar function of parameters, with other arguments or without, whose gradient in the
/// parameters is estimated from its values: the functional form of ``ZeroOrder``.
///
/// ```swift
/// let loss = ZeroOrderFunction(estimator) { (params: Linear, x: Tensor<Float>, y: Tensor<Float>) in
///   meanSquaredError(params(x), y)
/// }
/// let grads = try gradient(at: params) { try loss($0, x, y, key: key) }
/// ```
///
/// The value is exact. Arguments after the first are handed to the function as they are: neither
/// perturbed nor differentiated.
public struct ZeroOrderFunction<
  Parameters: Tree & Sendable, each Argument: Sendable, Scalar: TensorFloatingPoint
>: Sendable {
  /// How gradients are estimated.
  public let estimator: ZeroOrder
  private let function: @Sendable (Parameters, repeat each Argument) throws -> Tensor<Scalar>

  /// A function with estimated gradients.
  ///
  /// - Parameters:
  ///   - estimator: How gradients are estimated.
  ///   - function: Gives a tensor with one element.
  public init(
    _ estimator: ZeroOrder,
    _ function: @escaping @Sendable (Parameters, repeat each Argument) throws -> Tensor<Scalar>
  ) {
    self.estimator = estimator
    self.function = function
  }

  /// The function's value, whose gradient in the parameters is estimated.
  ///
  /// - Parameters:
  ///   - x: The parameters θ.
  ///   - arguments: Handed to every evaluation. A tensor in them that is being differentiated is an
  ///     error; wrap it in `withoutGradient`.
  ///   - key: The key of the directions; by default the next of `RandomKey.withDefault`.
  /// - Returns: f(θ), a tensor without axes.
  /// - Throws: ``PerturbationError``, as ``ZeroOrder/value(at:key:of:)``.
  public func callAsFunction(
    _ x: Parameters, _ arguments: repeat each Argument, key: RandomKey? = nil
  ) throws -> Tensor<Scalar> {
    let function = function
    return try estimator.value(at: x, key: key) { try function($0, repeat each arguments) }
  }
}
