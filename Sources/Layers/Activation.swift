public import Tensors

/// A function of each element between two layers.
public enum Activation: Sendable, Hashable {
  /// x
  case identity
  /// max(x, 0)
  case relu
  /// x where it is positive, else a x.
  case leakyReLU(slope: Double = 0.01)
  /// x where it is positive, else a (eˣ − 1).
  ///
  /// - SeeAlso: D.-A. Clevert et al., "Fast and accurate deep network learning by exponential
  ///   linear units" (ICLR 2016), eq. 16.
  case elu(scale: Double = 1)
  /// ELU with the two constants that keep mean 0 and variance 1.
  ///
  /// - SeeAlso: G. Klambauer et al., "Self-normalizing neural networks" (NeurIPS 2017), eq. 2 and
  ///   14.
  case selu
  /// x Φ(x), with the normal distribution function Φ.
  ///
  /// - SeeAlso: D. Hendrycks, K. Gimpel, "Gaussian error linear units" (arXiv:1606.08415).
  case gelu
  /// x / (1 + e⁻ˣ), also called swish.
  case silu
  /// x tanh(log(1 + eˣ))
  case mish
  /// tanh x
  case tanh
  /// 1 / (1 + e⁻ˣ)
  case sigmoid
  /// log(1 + eˣ)
  case softplus

  /// The function of each element.
  public func callAsFunction<Scalar: TensorFloatingPoint>(_ x: Tensor<Scalar>) -> Tensor<Scalar> {
    func number(_ value: Double) -> Tensor<Scalar> { Tensor(Scalar(nearest: value)) }
    switch self {
    case .identity: return x
    case .relu: return Tensors.relu(x)
    case .leakyReLU(let slope): return select(x .> number(0), x, x * number(slope))
    case .elu(let scale): return exponentialUnit(x, number(scale))
    case .selu:
      return exponentialUnit(x, number(1.673_263_242_354_377_2))
        * number(1.050_700_987_355_480_5)
    case .gelu: return x * number(0.5) * (erf(x * number(0.5.squareRoot())) + number(1))
    case .silu: return x * Tensors.sigmoid(x)
    case .mish: return x * Tensors.tanh(Tensors.softplus(x))
    case .tanh: return Tensors.tanh(x)
    case .sigmoid: return Tensors.sigmoid(x)
    case .softplus: return Tensors.softplus(x)
    }
  }
}

private func exponentialUnit<Scalar: TensorFloatingPoint>(
  _ x: Tensor<Scalar>, _ scale: Tensor<Scalar>
) -> Tensor<Scalar> {
  let zero = Tensor<Scalar>(0)
  // The exponential of a large x would be infinite, and its cotangent 0 · ∞.
  return select(x .> zero, x, scale * expm1(minimum(x, zero)))
}
