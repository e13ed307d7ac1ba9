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
/// | ``laplace`` | sign z | none at 0 | 0 | 2 |
/// | ``cauchy`` | 2z/(1 + z²) | 2(1 − z²)/(1 + z²)² | – | – |
/// | ``studentT(degreesOfFreedom:)`` | (ν + 1)z/(ν + z²) | (ν + 1)(ν − z²)/(ν + z²)² | 0, ν > 1 | ν/(ν − 2), ν > 2 |
/// | ``smoothedUniform(edge:)`` | (S(a) + S(b) − 1)/τ | (S′(a) + S′(b))/τ² | 0 | 1/3 + τ²π²/3 |
/// | ``logNormal``: z, whose exponential multiplies | z | 1 | 0 | 1 |
/// | ``rademacher`` | none | | 0 | 1 |
/// | ``uniform`` | none | | 0 | 1/3 |
/// | ``sphere`` in d dimensions | none | | 0 | 1/d |
/// | ``sumOfGamma(k:temperature:terms:)`` | none | | (τ/k)(Hₛ − log s) | (τ²/k) Σ 1/i² |
///
/// The sums go over i = 1 … s, and Hₛ = Σ 1/i.
///
/// Noise without a score is refused, unless only values are wanted: ``valueOnly``. Noise without s′
/// has first derivatives only; Laplace's score jumps at 0, and that jump is what a second
/// derivative would need.
///
/// - SeeAlso: Berthet et al. 2020, arXiv:2002.08676, section 2 and proposition 3.1.
public struct Noise: Sendable {
  enum Kind: Sendable {
    /// Drawn and scored by the kernels, with the numbers of `jax.random`.
    case standard(RandomDistribution)
    case custom(any NoiseDistribution)
    /// Uniform on the unit sphere, over all elements of an example.
    case sphere
    /// Drawn by another generator from a distribution.
    case drawn(DrawnNumbers, any NoiseDistribution)
  }

  var kind: Kind

  /// What messages and tables call it.
  public private(set) var name: String

  /// Whether −z has the same distribution as z.
  public let isSymmetric: Bool

  /// Whether functions perturbed with it have a gradient.
  public let hasScore: Bool

  /// Whether functions perturbed with it have a second derivative.
  public let hasScoreDerivative: Bool

  /// The mean of each number z, where there is one and it is known.
  public private(set) var mean: Double?

  /// Whether noise without a score is accepted.
  var isValueOnly = false

  /// How it acts on an input.
  private(set) var perturbation: any Perturbation = AdditivePerturbation()

  /// z is (what is drawn − offset) · scale.
  private(set) var offset = 0.0
  private(set) var scale = 1.0

  private init(
    _ distribution: RandomDistribution, _ name: String, isSymmetric: Bool, mean: Double? = 0
  ) {
    kind = .standard(distribution)
    self.name = name
    self.isSymmetric = isSymmetric
    self.mean = mean
    hasScore = distribution.hasScore
    hasScoreDerivative = distribution.hasScore && distribution != .laplace
  }

  private init(sphere name: String) {
    kind = .sphere
    self.name = name
    isSymmetric = true
    hasScore = false
    hasScoreDerivative = false
    mean = 0
  }

  /// Noise of a type of one's own.
  public init(_ distribution: some NoiseDistribution) {
    kind = .custom(distribution)
    name = distribution.name
    isSymmetric = distribution.isSymmetric
    hasScore = distribution.score(0.5) != nil
    hasScoreDerivative = distribution.scoreDerivative(0.5) != nil
    mean = distribution.mean
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
}

// MARK: - Distributions

extension Noise {
  /// Normal with mean 0 and variance 1.
  public static let normal = Noise(.normal, "normal", isSymmetric: true)

  /// Gumbel: the argmax of θ + σz is distributed as softmax(θ/σ). Its mean is γ ≈ 0.5772, which
  /// matters where a value depends on the size of the inputs: see ``centered``.
  public static let gumbel = Noise(
    .gumbel, "gumbel", isSymmetric: false, mean: 0.577_215_664_901_532_86)

  /// Logistic: the difference of two Gumbel variables.
  public static let logistic = Noise(.logistic, "logistic", isSymmetric: true)

  /// Laplace with scale 1. First derivatives only.
  public static let laplace = Noise(.laplace, "laplace", isSymmetric: true)

  /// Cauchy: heavy tails, no mean.
  public static let cauchy = Noise(Cauchy())

  /// Student's t: tails between the normal's (ν → ∞) and Cauchy's (ν = 1), and heavier below.
  ///
  /// It has no mean for ν ≤ 1 and no variance for ν ≤ 2. Draws past B = 2⁹⁶, of which for ν = 0.1 there
  /// is one in 1,000, are drawn closer as ±B (1 + log₂(|z|/B)), so that they are finite in `Float`
  /// and keep their order: functions of the order, and those with limits at ±∞, have the same values.
  ///
  /// - Precondition: a positive finite number of degrees of freedom ν.
  public static func studentT(degreesOfFreedom: Double) -> Noise {
    require(
      degreesOfFreedom > 0 && degreesOfFreedom.isFinite, "Noise.studentT",
      "\(degreesOfFreedom) degrees of freedom, expected a positive finite number")
    return Noise(StudentT(degreesOfFreedom: degreesOfFreedom))
  }

  /// Uniform on [−1, 1] with soft edges: U + τL for uniform U and logistic L.
  ///
  /// Its density (S(a) − S(b))/2, with a = (z + 1)/τ, b = (z − 1)/τ and the sigmoid S, is smooth, so
  /// that it has a score where uniform noise itself has none.
  ///
  /// - Parameter edge: τ, the width of the edges.
  /// - Returns: The noise, symmetric and with a score.
  /// - Precondition: a positive finite τ.
  public static func smoothedUniform(edge: Double = 0.1) -> Noise {
    require(
      edge > 0 && edge.isFinite, "Noise.smoothedUniform",
      "an edge of \(edge), expected a positive finite number")
    return Noise(SmoothedUniform(edge: edge))
  }

  /// Normal noise that multiplies: θ exp(σz − σ²/2), which keeps the sign of every element and, on
  /// average, its value. σ is relative to the input's size. Elements of θ must not be 0.
  ///
  /// - SeeAlso: Dalle et al. 2022, "Learning with combinatorial optimization layers",
  ///   arXiv:2207.13513, section 3.2; InferOpt's `PerturbedMultiplicative`.
  public static let logNormal: Noise = {
    var noise = Noise.normal
    noise.name = "log-normal"
    noise.perturbation = MultiplicativePerturbation()
    return noise
  }()

  /// −1 or 1, each with probability ½. No score.
  public static let rademacher = Noise(.rademacher, "rademacher", isSymmetric: true)

  /// Uniform on [−1, 1]. No score: its density jumps at the ends.
  public static let uniform: Noise = {
    var noise = Noise(.uniform, "uniform", isSymmetric: true)
    noise.offset = 0.5
    noise.scale = 2
    return noise
  }()

  /// Uniform on the unit sphere, taken over all numbers of an example. No score: it has no density.
  public static let sphere = Noise(sphere: "sphere")

  /// Sum of Gamma variables, of which k perturb the top k elements so that their sum is close to
  /// Gumbel: (τ/k) (Σᵢ Gamma(1/k, k/i) − log s) for i = 1 … s. No score in closed form.
  ///
  /// - Parameters:
  ///   - k: The number of elements that the perturbed function selects.
  ///   - temperature: τ.
  ///   - terms: s; 10 as in the paper.
  /// - Returns: The noise, for values only.
  /// - Precondition: k is positive, `terms` is 1 to 65,536, the temperature is positive and finite.
  /// - SeeAlso: Niepert, Minervini and Franceschi 2021, "Implicit MLE", arXiv:2106.01798, theorem 1.
  public static func sumOfGamma(k: Int, temperature: Double = 1, terms: Int = 10) -> Noise {
    require(
      k > 0 && (1...65_536).contains(terms) && temperature > 0 && temperature.isFinite,
      "Noise.sumOfGamma",
      "k \(k), temperature \(temperature), terms \(terms), expected positive finite numbers, and at most "
        + "65,536 terms")
    return Noise(SumOfGamma(k: k, temperature: temperature, terms: terms))
  }

  /// Every noise that a name alone tells: all but those with parameters and one's own.
  public static let all: [Noise] = [
    normal, gumbel, logistic, laplace, gumbel.centered, cauchy, logNormal, rademacher, uniform,
    sphere,
  ]

  /// The noise of that name among ``all``, or nil.
  public static func named(_ name: String) -> Noise? { all.first { $0.name == name } }
}

// MARK: - Variants

extension Noise {
  /// The noise less its mean; itself where it is symmetric.
  ///
  /// - Precondition: its mean is known.
  public var centered: Noise {
    if isSymmetric { return self }
    guard let mean else { trap("Noise.centered", "the mean of \(name) noise is not known") }
    var noise = self
    noise.name = "centered-\(name)"
    noise.offset += mean / scale
    noise.mean = 0
    return noise
  }

  /// The same noise, accepted without a score by functions of which no derivative will be asked.
  public var valueOnly: Noise {
    var noise = self
    noise.isValueOnly = true
    return noise
  }

  /// Whether what is drawn is normal.
  var isNormal: Bool { if case .standard(.normal) = kind { true } else { false } }
}

private struct ClosureDistribution: NoiseDistribution {
  let name: String
  let draw: @Sendable (Int, RandomKey) -> [Double]
  let scoreFunction: @Sendable (Double) -> Double

  func sample(_ count: Int, key: RandomKey) -> [Double] { draw(count, key) }
  func score(_ z: Double) -> Double? { scoreFunction(z) }
}
