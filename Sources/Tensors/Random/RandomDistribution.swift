internal import CKernels

/// A standard distribution that a key can draw from.
public enum RandomDistribution: Sendable, Hashable, CaseIterable {
  /// Uniform on [0, 1).
  case uniform
  /// Normal with mean 0 and variance 1.
  case normal
  /// Gumbel (type I, for maxima): mean γ ≈ 0.5772, variance π²/6.
  case gumbel
  /// Logistic: mean 0, variance π²/3.
  case logistic
  /// Laplace: mean 0, variance 2.
  case laplace
  /// Exponential: mean 1, variance 1.
  case exponential
  /// -1 or 1, each with probability ½.
  case rademacher

  var kernelValue: ck_distribution {
    switch self {
    case .uniform: CK_UNIFORM
    case .normal: CK_NORMAL
    case .gumbel: CK_GUMBEL
    case .logistic: CK_LOGISTIC
    case .laplace: CK_LAPLACE
    case .exponential: CK_EXPONENTIAL
    case .rademacher: CK_RADEMACHER
    }
  }

  /// Whether the density is differentiable, but at single points, on the whole line: whether there
  /// is a score s(z) = −d/dz log p(z).
  public var hasScore: Bool {
    switch self {
    case .normal, .gumbel, .logistic, .laplace: true
    case .uniform, .exponential, .rademacher: false
    }
  }
}
