public import Solvers

extension Noise {
  /// The standard noise of which this one is an offset and a scale.
  ///
  /// - Throws: ``PerturbationError/unusableNoise(_:)`` where expectations have no formula.
  func exact(for function: String) throws(PerturbationError) -> ExactNoise {
    if perturbation.isAdditive, case .standard(let distribution) = kind,
      let noise = ExactNoise(distribution)
    {
      return noise
    }
    throw .unusableNoise(
      "there is no exact \(function) under \(name) noise; expected additive normal, gumbel, logistic, "
        + "laplace or uniform noise, or estimate it with Perturbed")
  }

  /// An expectation under this noise from the one under its standard form, for a function of the
  /// inputs or of their opposites.
  fileprivate func expectation(
    _ function: String, mirrored: Bool = false, factor: Double = 1,
    constant: @escaping @Sendable (Int) -> Double = { _ in 0 },
    of make: (ExactNoise) -> any ExactExpectation
  ) throws(PerturbationError) -> any ExactExpectation {
    let noise = try exact(for: function)
    let base = make(mirrored ? noise.mirrored : noise)
    // θ + σ scale (Z − offset), and −θ − σ scale (Z − offset) = −(θ − σ scale (offset + m)) + σ scale Z′
    // where −Z = Z′ + m.
    let shift = scale * (mirrored ? offset + noise.mirrorShift : offset)
    if !mirrored && factor == 1 && shift == 0 && scale == 1 { return base }
    return TransformedExpectation(
      base: base, inputSign: mirrored ? -1 : 1, shift: shift, scale: scale, factor: factor,
      mean: (mirrored ? noise.mirrored : noise).mean, constant: constant)
  }
}

private func argMax(_ noise: ExactNoise) -> any ExactExpectation {
  noise == .gumbel ? SoftmaxExpectation() : ArgMaxExpectation(noise: noise)
}

extension ArgMax: ExactSolver {
  /// Softmax under Gumbel noise, quadrature under others.
  ///
  /// - Throws: ``PerturbationError/unusableNoise(_:)`` for other noise.
  public func expectation(under noise: Noise) throws(PerturbationError) -> any ExactExpectation {
    try noise.expectation("argmax", of: argMax)
  }
}

extension ArgMin: ExactSolver {
  /// The argmax of the opposites, under the opposite noise.
  ///
  /// - Throws: ``PerturbationError/unusableNoise(_:)`` for other noise.
  public func expectation(under noise: Noise) throws(PerturbationError) -> any ExactExpectation {
    try noise.expectation("argmin", mirrored: true, of: argMax)
  }
}

extension Ranking: ExactSolver {
  /// A sum over pairs.
  ///
  /// - Throws: ``PerturbationError/unusableNoise(_:)`` for other noise.
  public func expectation(under noise: Noise) throws(PerturbationError) -> any ExactExpectation {
    try descending
      ? noise.expectation(
        "ranking", factor: -1, constant: { Double($0 - 1) }, of: RankingExpectation.init)
      : noise.expectation("ranking", of: RankingExpectation.init)
  }
}

extension LogicalOr: ExactSolver {
  /// 1 − 2 Π P(Xⱼ < 0).
  ///
  /// - Throws: ``PerturbationError/unusableNoise(_:)`` for other noise.
  public func expectation(under noise: Noise) throws(PerturbationError) -> any ExactExpectation {
    try noise.expectation("logical or", of: LogicalOrExpectation.init)
  }
}

extension LogicalAnd: ExactSolver {
  /// 2 Π P(Xⱼ ≥ 0) − 1, the opposite of the logical or of the opposites.
  ///
  /// - Throws: ``PerturbationError/unusableNoise(_:)`` for other noise.
  public func expectation(under noise: Noise) throws(PerturbationError) -> any ExactExpectation {
    try noise.expectation(
      "logical and", mirrored: true, factor: -1, of: LogicalOrExpectation.init)
  }
}

extension TopK: ExactSolver {
  /// Quadrature over the place of the k-th largest.
  ///
  /// - Throws: ``PerturbationError/unusableNoise(_:)`` for other noise.
  public func expectation(under noise: Noise) throws(PerturbationError) -> any ExactExpectation {
    try noise.expectation("top-k") { TopKExpectation(noise: $0, k: k) }
  }
}

extension Sorting: ExactSolver {
  /// Quadrature over the places of all entries.
  ///
  /// - Throws: ``PerturbationError/unusableNoise(_:)`` for other noise.
  public func expectation(under noise: Noise) throws(PerturbationError) -> any ExactExpectation {
    try noise.expectation("sorting") { SortingExpectation(noise: $0, descending: descending) }
  }
}
