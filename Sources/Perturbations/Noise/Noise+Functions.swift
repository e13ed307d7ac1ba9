internal import Tensors

/// What is known of the distribution of each number z, after offset and scale.
extension Noise {
  /// The variance of each number z, where there is one and it is known.
  ///
  /// For ``logNormal`` it is that of the normal exponent. Nil for ``sphere``, where it depends on the
  /// number of elements.
  public var variance: Double? { drawn?.variance.map { $0 * scale * scale } }

  /// F(z) = P(Z ≤ z).
  package func cumulative(_ z: Double) -> Double? { drawn?.cumulative(z / scale + offset) }

  /// p(z) = F′(z).
  package func density(_ z: Double) -> Double? {
    drawn?.density(z / scale + offset).map { $0 / scale }
  }

  /// F⁻¹(u) for 0 < u < 1.
  package func quantile(_ u: Double) -> Double? {
    drawn?.quantile(u).map { ($0 - offset) * scale }
  }

  /// s(z) = −d/dz log p(z).
  package func score(_ z: Double) -> Double? {
    drawn?.score(z / scale + offset).map { $0 / scale }
  }

  /// ds/dz.
  package func scoreDerivative(_ z: Double) -> Double? {
    drawn?.scoreDerivative(z / scale + offset).map { $0 / (scale * scale) }
  }

  /// Whether each number is a known increasing function of one uniform number.
  var hasQuantile: Bool { drawn?.quantile(0.5) != nil }

  /// The distribution of each number as it is drawn, before offset and scale; nil for the sphere,
  /// whose numbers are not independent.
  var drawn: (any NoiseDistribution)? {
    switch kind {
    case .standard(let distribution): StandardNoise(distribution: distribution)
    case .custom(let distribution), .drawn(_, let distribution): distribution
    case .sphere: nil
    }
  }
}
