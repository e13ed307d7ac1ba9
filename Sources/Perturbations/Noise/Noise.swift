public import Tensors

/// The noise that a function is perturbed with.
///
/// Its density p must have a score s(z) = −d/dz log p(z) for the function to be differentiable:
///
/// | noise | s(z) | s′(z) | mean | variance |
/// |---|---|---|---|---|
/// | ``normal`` | z | 1 | 0 | 1 |
/// | ``gumbel`` | 1 − e⁻ᶻ | e⁻ᶻ | γ | π²/6 |
/// | ``logistic`` | tanh(z/2) | (1 − tanh²(z/2))/2 | 0 | π²/3 |
/// | ``laplace`` | sign z | 0 | 0 | 2 |
///
/// - SeeAlso: Berthet et al. 2020, arXiv:2002.08676, section 2 and proposition 3.1.
public struct Noise: Sendable {
  enum Kind: Sendable {
    /// Drawn and scored by the kernels, with the numbers of `jax.random`.
    case standard(RandomDistribution)
    case custom(any NoiseDistribution)
  }

  let kind: Kind

  /// What messages and tables call it.
  public let name: String

  /// Whether −z has the same distribution as z.
  public let isSymmetric: Bool

  /// Whether functions perturbed with it have a gradient.
  public let hasScore: Bool

  private init(_ distribution: RandomDistribution, _ name: String, isSymmetric: Bool) {
    kind = .standard(distribution)
    self.name = name
    self.isSymmetric = isSymmetric
    hasScore = distribution.hasScore
  }

  /// Noise of a type of one's own.
  public init(_ distribution: some NoiseDistribution) {
    kind = .custom(distribution)
    name = distribution.name
    isSymmetric = distribution.isSymmetric
    hasScore = distribution.score(0.5) != nil
  }

  /// Noise given by two closures.
  ///
  /// - Parameters:
  ///   - name: What messages call it.
  ///   - sample: Draws so many independent numbers; the same for the same key.
  ///   - score: s(z) = −d/dz log p(z).
  public init(
    _ name: String = "custom", sample: @escaping @Sendable (_ count: Int, RandomKey) -> [Double],
    score: @escaping @Sendable (Double) -> Double
  ) {
    self.init(ClosureDistribution(name: name, draw: sample, scoreFunction: score))
  }

  /// Normal with mean 0 and variance 1.
  public static let normal = Noise(.normal, "normal", isSymmetric: true)
  /// Gumbel: the argmax of θ + σz is distributed as softmax(θ/σ).
  public static let gumbel = Noise(.gumbel, "gumbel", isSymmetric: false)
  /// Logistic: the difference of two Gumbel variables.
  public static let logistic = Noise(.logistic, "logistic", isSymmetric: true)
  /// Laplace with scale 1.
  public static let laplace = Noise(.laplace, "laplace", isSymmetric: true)

  /// The noise of that name, or nil.
  public static func named(_ name: String) -> Noise? { standard.first { $0.name == name } }

  /// The distributions that have names.
  public static let standard: [Noise] = [.normal, .gumbel, .logistic, .laplace]
}

private struct ClosureDistribution: NoiseDistribution {
  let name: String
  let draw: @Sendable (Int, RandomKey) -> [Double]
  let scoreFunction: @Sendable (Double) -> Double

  func sample(_ count: Int, key: RandomKey) -> [Double] { draw(count, key) }
  func score(_ z: Double) -> Double? { scoreFunction(z) }
}
