public import Tensors

/// Sets elements to 0 at random and scales the others, so that the mean stays.
///
///     y = x m / (1 − p),   m = 0 with probability p, else 1
///
/// - SeeAlso: N. Srivastava et al., "Dropout: A simple way to prevent neural networks from
///   overfitting" (JMLR 15, 2014).
public struct Dropout: Sendable, Hashable {
  /// p, the probability of a 0.
  public let rate: Double

  /// Sets elements to 0 with a probability.
  ///
  /// - Precondition: the rate is in [0, 1).
  public init(_ rate: Double) {
    require(rate >= 0 && rate < 1, "Dropout", "a rate of \(rate), expected a number in [0, 1)")
    self.rate = rate
  }

  /// Drops elements in training; gives what came in otherwise.
  ///
  /// - Parameters:
  ///   - x: Any shape.
  ///   - key: Where the numbers come from: element j stays where draw j, uniform on [0, 1), is below
  ///     1 − p. Take another key for each call. Nil drops nothing. Inside `vmap`, the examples share
  ///     their draws.
  /// - Returns: The shape of `x`.
  public func callAsFunction<Scalar: TensorFloatingPoint>(
    _ x: Tensor<Scalar>, key: RandomKey?
  ) -> Tensor<Scalar> {
    guard let key, rate > 0 else { return x }
    let scale = Scalar(nearest: 1 / (1 - rate))
    let mask = key.bernoulli(x.count, probability: Float(1 - rate)).map { $0 ? scale : 0 }
    return x * Tensor(shape: x.shape, scalars: mask)
  }
}
