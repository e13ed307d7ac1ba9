public import Tensors

/// What the directions of a ``ZeroOrder`` estimate are drawn from.
///
/// Elements have mean 0 and variance 1 when they are used: those of a distribution with another
/// mean μ and variance v, where they are known, are taken as (z − μ)/√v.
public struct DirectionDistribution: Sendable {
  enum Kind: Sendable {
    /// Drawn by the kernels, with the numbers of `jax.random`.
    case standard(RandomDistribution)
    case custom(@Sendable (DirectionDraw) -> [Double])
    /// Normal directions in groups, made orthogonal within each and scaled to length √P. A group
    /// of one direction is uniform on the sphere.
    case orthogonal(groupSize: Int?)
  }

  let kind: Kind

  /// What messages and tables call it.
  public let name: String
  /// The mean of an element as drawn.
  public let mean: Double
  /// The variance of an element as drawn; nil where it is not known.
  public let variance: Double?

  private init(_ kind: Kind, _ name: String, mean: Double = 0, variance: Double?) {
    self.kind = kind
    self.name = name
    self.mean = mean
    self.variance = variance
  }

  /// Normal with mean 0 and variance 1.
  public static let normal = Self(.standard(.normal), "normal", variance: 1)
  /// −1 or 1. With ``ZeroOrder/Method/antithetic`` it is simultaneous perturbation (SPSA).
  ///
  /// - SeeAlso: Spall 1992, "Multivariate stochastic approximation using a simultaneous perturbation
  ///   gradient approximation", IEEE Transactions on Automatic Control 37.
  public static let rademacher = Self(.standard(.rademacher), "rademacher", variance: 1)
  /// Uniform on [−√3, √3).
  public static let uniform = Self(.standard(.uniform), "uniform", mean: 0.5, variance: 1.0 / 12)
  /// Logistic, scaled to variance 1.
  public static let logistic = Self(
    .standard(.logistic), "logistic", variance: Double.pi * Double.pi / 3)
  /// Laplace, scaled to variance 1.
  public static let laplace = Self(.standard(.laplace), "laplace", variance: 2)
  /// Gumbel, moved to mean 0 and scaled to variance 1.
  public static let gumbel = Self(
    .standard(.gumbel), "gumbel", mean: 0.577_215_664_901_532_9,
    variance: Double.pi * Double.pi / 6)
  /// Uniform on the sphere of radius √P in the space of all P parameters.
  ///
  /// - SeeAlso: Flaxman, Kalai and McMahan 2005, "Online convex optimization in the bandit setting",
  ///   lemma 2.1.
  public static let sphere = Self(.orthogonal(groupSize: 1), "sphere", variance: 1)
  /// Orthogonal directions of length √P, in groups as by ``orthogonal(groupSize:)``.
  public static let orthogonal = Self(.orthogonal(groupSize: nil), "orthogonal", variance: 1)

  /// Directions of length √P, each uniform on the sphere and orthogonal to all others of its
  /// group. Errors of directions that would overlap cancel, the more the closer the group comes to
  /// P directions: with N = P in one group and the antithetic method, a linear function's gradient
  /// is exact.
  ///
  /// - Parameter groupSize: How many are orthogonal to one another, at most P; nil for as many as
  ///   64, fewer where they would take more than 4 million numbers.
  /// - Returns: The distribution.
  /// - Complexity: memory for `groupSize` · P numbers for each thread; `groupSize` · P operations
  ///   for each direction.
  /// - SeeAlso: Choromanski et al. 2018, "Structured Evolution with Compact Architectures for
  ///   Scalable Policy Optimization", section 3.
  public static func orthogonal(groupSize: Int) -> Self {
    Self(.orthogonal(groupSize: groupSize), "orthogonal", variance: 1)
  }

  /// The distribution of some noise; refused by ``ZeroOrder`` where it is not additive or its mean
  /// and variance are not known (see ``init(_:mean:variance:)``).
  public init(_ noise: Noise) {
    guard noise.perturbation.isAdditive else {
      self.init(.custom({ _ in [] }), noise.name, variance: nil)
      return
    }
    // Moments of what is drawn: a noise's own offset and scale only move and scale it.
    let mean = noise.mean.map { $0 / noise.scale + noise.offset }
    let variance = mean == nil ? nil : noise.variance.map { $0 / (noise.scale * noise.scale) }
    switch noise.kind {
    case .standard(let distribution):
      self.init(.standard(distribution), noise.name, mean: mean ?? 0, variance: variance)
    case .custom(let distribution):
      self.init(
        .custom({ distribution.sample($0.count, key: $0.key) }), noise.name, mean: mean ?? 0,
        variance: variance)
    case .sphere: self = .sphere
    case .drawn: trap("ZeroOrder", "numbers of another generator are for perturbed functions")
    }
  }

  /// A distribution of noise of one's own.
  ///
  /// - Parameters:
  ///   - distribution: What draws.
  ///   - mean: The mean of what it draws.
  ///   - variance: The variance of what it draws.
  public init(_ distribution: some NoiseDistribution, mean: Double, variance: Double) {
    self.init(
      .custom({ distribution.sample($0.count, key: $0.key) }), distribution.name, mean: mean,
      variance: variance)
  }

  /// A distribution given by a closure.
  ///
  /// - Parameters:
  ///   - name: What messages call it.
  ///   - mean: The mean of what it draws.
  ///   - variance: The variance of what it draws.
  ///   - sample: Draws ``DirectionDraw/count`` numbers; the same whenever it is asked again.
  public init(
    _ name: String = "custom", mean: Double = 0, variance: Double,
    sample: @escaping @Sendable (DirectionDraw) -> [Double]
  ) {
    self.init(.custom(sample), name, mean: mean, variance: variance)
  }

  /// Given directions, used as they are: sample i takes the elements of tree i. What drew them is
  /// taken to have mean 0 and variance 1.
  ///
  /// - Parameter directions: Trees of the parameters' structure, at least as many as there are
  ///   samples.
  /// - Returns: The distribution.
  public static func given<Parameters: Tree>(_ directions: [Parameters]) -> Self {
    let leaves = directions.map { $0.leaves.map { $0.value.cast(.double) } }
    return Self(
      .custom { draw in
        guard draw.sample < leaves.count, draw.leaf < leaves[draw.sample].count else { return [] }
        let leaf = leaves[draw.sample][draw.leaf]
        return leaf.withElements {
          Array(
            UnsafeBufferPointer(
              start: $0.assumingMemoryBound(to: Double.self), count: leaf.count))
        }
      }, "given", variance: 1)
  }

  /// Checks that directions of mean 0 and variance 1 can be made.
  func validate() throws(PerturbationError) {
    guard let variance else {
      throw .unusableNoise(
        "the variance of \(name) noise is not known or it has none, and directions must have "
          + "variance 1; state it: DirectionDistribution(noise, mean: …, variance: …)")
    }
    if !(variance > 0 && variance.isFinite) {
      throw .invalidParameter(
        name: "the variance of \(name) noise", value: "\(variance)",
        expected: "a positive finite number")
    }
    if !mean.isFinite {
      throw .invalidParameter(
        name: "the mean of \(name) noise", value: "\(mean)", expected: "a finite number")
    }
    if case .orthogonal(let size?) = kind, size < 1 {
      throw .invalidParameter(name: "groupSize", value: "\(size)", expected: "at least 1")
    }
  }

  /// How many directions at a time depend on one another; 0 where each element is independent.
  func groupSize(parameters: Int) -> Int {
    switch kind {
    case .standard, .custom: 0
    case .orthogonal(let size?): Swift.min(size, parameters)
    case .orthogonal(nil):
      Swift.min(64, parameters, Swift.max(2, 4_194_304 / Swift.max(parameters, 1)))
    }
  }
}

/// Which numbers a distribution is asked for: those of one leaf of one direction.
public struct DirectionDraw: Sendable {
  /// The sample, from 0.
  public let sample: Int
  /// The position of the leaf in the tree of parameters.
  public let leaf: Int
  /// How many numbers: the leaf's elements, in row-major order.
  public let count: Int
  /// Child `leaf` of child `sample` of the key of the call.
  public let key: RandomKey
}
