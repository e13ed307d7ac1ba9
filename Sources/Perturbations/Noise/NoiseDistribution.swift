public import Tensors

/// A distribution of noise of one's own.
///
/// ```swift
/// struct StandardCauchy: NoiseDistribution {
///   let name = "cauchy"
///   func sample(_ count: Int, key: RandomKey) -> [Double] {
///     // A ratio of two normal numbers.
///     let above: [Double] = key.child(0).normal(count)
///     let below: [Double] = key.child(1).normal(count)
///     return zip(above, below).map { $0 / $1 }
///   }
///   func score(_ z: Double) -> Double? { 2 * z / (1 + z * z) }
/// }
/// ```
///
/// Elements are independent and each has the density p. Wrap it in ``Noise`` to use it.
public protocol NoiseDistribution: Sendable {
  /// What messages call it.
  var name: String { get }

  /// Draws `count` numbers; the same for the same key.
  func sample(_ count: Int, key: RandomKey) -> [Double]

  /// s(z) = −d/dz log p(z), or nil where the density has no score; a function cannot be
  /// differentiated with such noise.
  func score(_ z: Double) -> Double?

  /// ds/dz, which second derivatives need, or nil where there is none.
  func scoreDerivative(_ z: Double) -> Double?

  /// Whether −z has the same distribution as z.
  var isSymmetric: Bool { get }

  /// The number below which z lies with probability u, for 0 < u < 1, or nil where it is not known;
  /// quasi-Monte Carlo sampling needs it.
  func quantile(_ u: Double) -> Double?

  /// The mean, or nil where there is none or it is not known.
  var mean: Double? { get }

  /// The variance, or nil where there is none or it is not known.
  var variance: Double? { get }

  /// The density p(z), or nil where there is none or it is not known.
  func density(_ z: Double) -> Double?

  /// The distribution function F(z) = P(Z ≤ z), or nil where it is not known; it and the density are
  /// what an expectation without sampling needs.
  func cumulative(_ z: Double) -> Double?
}

extension NoiseDistribution {
  /// The type's name.
  public var name: String { "\(Self.self)" }
  /// None: second derivatives are refused.
  public func scoreDerivative(_ z: Double) -> Double? { nil }
  /// Not known to be.
  public var isSymmetric: Bool { false }
  /// Not known.
  public func quantile(_ u: Double) -> Double? { nil }
  /// Not known.
  public var mean: Double? { nil }
  /// Not known.
  public var variance: Double? { nil }
  /// Not known.
  public func density(_ z: Double) -> Double? { nil }
  /// Not known.
  public func cumulative(_ z: Double) -> Double? { nil }
}
