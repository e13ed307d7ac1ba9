/// a V(s (θ − σc), σ′) + b from an expectation V with s = ±1 and σ′ a multiple of σ: mirrored
/// inputs and noise that is drawn with an offset and a scale.
struct TransformedExpectation: ExactExpectation {
  let base: any ExactExpectation
  /// s
  var inputSign = 1.0
  /// c
  var shift = 0.0
  /// σ′/σ
  var scale = 1.0
  /// a
  var factor = 1.0
  /// The mean of the noise that V is under.
  var mean = 0.0
  /// b as a function of the length of θ.
  var constant: @Sendable (_ count: Int) -> Double = { _ in 0 }

  func evaluated(
    at theta: [Double], sigma: Double, tolerance: Double
  ) throws -> any EvaluatedExpectation {
    let moved = theta.map { inputSign * ($0 - sigma * shift) }
    let evaluated = try base.evaluated(at: moved, sigma: sigma * scale, tolerance: tolerance)
    let constant = constant(theta.count)
    return Evaluated(
      base: evaluated, value: evaluated.value.map { factor * $0 + constant }, factor: factor,
      inputSign: inputSign, scale: scale, shift: shift,
      entries: constant == 0
        ? 0 : constant * moved.reduce(0) { $0 + inputSign * ($1 + sigma * scale * mean) })
  }

  struct Evaluated: EvaluatedExpectation {
    let base: any EvaluatedExpectation
    let value: [Double]
    let factor: Double
    let inputSign: Double
    let scale: Double
    let shift: Double
    /// b Σ E Xᵢ
    let entries: Double

    /// What has the gradient a V + b, and is the optimum where a = −1 or s = −1 turns the order.
    var optimum: Double? {
      get throws { try base.optimum.map { factor * inputSign * $0 + entries } }
    }

    var errorBound: Double { base.errorBound * abs(factor) }

    private func scaled(_ values: [Double], _ factor: Double) -> [Double] {
      factor == 1 ? values : values.map { $0 * factor }
    }

    func cotangent(_ g: [Double]) throws -> [Double] {
      scaled(try base.cotangent(g), factor * inputSign)
    }

    func tangent(_ u: [Double]) throws -> [Double] {
      scaled(try base.tangent(u), factor * inputSign)
    }

    func secondCotangent(_ g: [Double], _ u: [Double]) throws -> [Double] {
      scaled(try base.secondCotangent(g, u), factor)
    }

    func secondTangent(_ u: [Double], _ v: [Double]) throws -> [Double] {
      scaled(try base.secondTangent(u, v), factor)
    }

    /// Through σ′, and through θ − σc where all entries move alike.
    func sigmaDerivative() throws -> [Double] {
      var result = scaled(try base.sigmaDerivative(), factor * scale)
      if shift != 0 {
        let count = try base.cotangent([Double](repeating: 0, count: base.value.count)).count
        let moved = try base.tangent([Double](repeating: 1, count: count))
        for i in result.indices { result[i] -= factor * inputSign * shift * moved[i] }
      }
      return result
    }
  }
}
