internal import Tensors

/// A perturbed call, or one of its derivatives, as a node of a tape.
///
/// With s = s(zᵢ), y = yᵢ − b and sums over the N samples:
///
/// | order | inputs | output |
/// |---|---|---|
/// | value | θ | (1/N) Σ yᵢ |
/// | cotangent | θ, g | (1/Nσ) Σ ⟨g, y⟩ s |
/// | tangent | θ, u | (1/Nσ) Σ y ⟨s, u⟩ |
/// | secondCotangent | θ, g, u | (1/Nσ²) Σ ⟨g, y⟩ (s ⟨s, u⟩ − s′ ∘ u) |
/// | secondTangent | θ, u, v | (1/Nσ²) Σ y (⟨s, u⟩⟨s, v⟩ − ⟨s′ ∘ u, v⟩) |
///
/// Each is the derivative of another, so that two derivatives in any mode stay inside the table.
///
/// - SeeAlso: Berthet et al. 2020, arXiv:2002.08676, proposition 3.1 for the first; Abernethy,
///   Lee and Tewari 2016, "Perturbation techniques in online learning and optimization", lemma 1.5
///   for both orders.
struct PerturbedNode<Scalar: TensorFloatingPoint>: DifferentiableNode {
  enum Order { case value, cotangent, tangent, secondCotangent, secondTangent }

  let call: PerturbedCall<Scalar>
  let order: Order
  let leafCount: Int

  var name: String { "Perturbed" }

  /// The node of another order at the same θ.
  private func node(_ order: Order, _ theta: [Value], _ others: Value...) throws -> Value {
    try apply(PerturbedNode(call: call, order: order, leafCount: leafCount), theta + others)
  }

  // MARK: Computation

  func compute(_ inputs: [Value]) throws -> Value {
    let theta = Array(inputs[..<leafCount])
    try call.settings.checkDerivative(order)
    let forward = try call.forward(theta)
    let others = inputs[leafCount...].map { value in
      value.withElements {
        UnsafeBufferPointer(start: $0.assumingMemoryBound(to: Scalar.self), count: value.count)
          .map { Double($0) }
      }
    }
    let n = Double(call.settings.samples)
    switch order {
    case .value: return packed(forward.sums, forward.outputWidth, scale: 1 / n)
    case .cotangent:
      let (sums, factor) = try cotangent(forward, others[0])
      return packed(sums, forward.inputWidth, scale: factor / (n * call.settings.sigma))
    case .tangent:
      let (sums, factor) = try tangent(forward, others[0])
      return packed(sums, forward.outputWidth, scale: factor / (n * call.settings.sigma))
    case .secondCotangent:
      let (sums, factor) = try secondCotangent(forward, others[0], others[1])
      return packed(
        sums, forward.inputWidth, scale: factor / (n * call.settings.sigma * call.settings.sigma))
    case .secondTangent:
      let (sums, factor) = try secondTangent(forward, others[0], others[1])
      return packed(
        sums, forward.outputWidth, scale: factor / (n * call.settings.sigma * call.settings.sigma))
    }
  }

  private func packed(_ sums: [Double], _ width: Int, scale: Double) -> Value {
    .dense([sums.count / Swift.max(width, 1), width], Scalar.elementType) { pointer in
      let out = pointer.assumingMemoryBound(to: Scalar.self)
      for i in sums.indices { out[i] = Scalar(nearest: sums[i] * scale) }
    }
  }

  private typealias Forward = PerturbedCall<Scalar>.Forward

  /// Σ ⟨g, yᵢ − b⟩ s(zᵢ)
  private func cotangent(_ forward: Forward, _ g: [Double]) throws -> ([Double], Double) {
    let (baseline, factor) = try call.baseline(forward)
    let offsets = products(g, baseline, forward)
    if let scores = forward.winnerScores {
      return (winnerCotangent(scores, g, offsets, width: forward.inputWidth), factor)
    }
    let sums = try forward.reduction.sums(width: forward.inputWidth) { block, sums in
      let weights = block.outputWeights(g, offset: offsets[block.row])
      block.addScores(weights: weights, to: sums)
    }
    return (sums, factor)
  }

  /// Σ_w (g_w − ⟨g, b⟩) S_w, with the sums S_w of the scores of the samples that w won.
  private func winnerCotangent(
    _ scores: [Double], _ g: [Double], _ offsets: [Double], width: Int
  ) -> [Double] {
    var sums = [Double](repeating: 0, count: g.count)
    for winner in g.indices {
      let row = winner / width
      let weight = g[winner] - offsets[row]
      for k in 0..<width { sums[row * width + k] += weight * scores[winner * width + k] }
    }
    return sums
  }

  /// Σ (yᵢ − b) ⟨s(zᵢ), u⟩
  private func tangent(_ forward: Forward, _ u: [Double]) throws -> ([Double], Double) {
    let (baseline, factor) = try call.baseline(forward)
    let sums = try forward.reduction.sums(width: forward.outputWidth) { block, sums in
      addDeviations(block, weights: block.scoreWeights(u), from: baseline, forward, to: sums)
    }
    return (sums, factor)
  }

  /// Σ ⟨g, yᵢ − b⟩ (s ⟨s, u⟩ − s′ ∘ u)
  private func secondCotangent(
    _ forward: Forward, _ g: [Double], _ u: [Double]
  ) throws -> ([Double], Double) {
    let (baseline, factor) = try call.baseline(forward, isEven: true)
    let offsets = products(g, baseline, forward)
    let sums = try forward.reduction.sums(width: forward.inputWidth) { block, sums in
      let weights = block.outputWeights(g, offset: offsets[block.row])
      let along = zip(weights, block.scoreWeights(u)).map { $0 * $1 }
      block.addScores(weights: along, to: sums)
      block.subtractDerivatives(weights: weights, times: u, from: sums)
    }
    return (sums, factor)
  }

  /// Σ (yᵢ − b) (⟨s, u⟩⟨s, v⟩ − ⟨s′ ∘ u, v⟩)
  private func secondTangent(
    _ forward: Forward, _ u: [Double], _ v: [Double]
  ) throws -> ([Double], Double) {
    let (baseline, factor) = try call.baseline(forward, isEven: true)
    let uv = zip(u, v).map { $0 * $1 }
    let sums = try forward.reduction.sums(width: forward.outputWidth) { block, sums in
      var weights = block.scoreWeights(u)
      let (others, curvatures) = (block.scoreWeights(v), block.derivativeWeights(uv))
      for i in weights.indices { weights[i] = weights[i] * others[i] - curvatures[i] }
      addDeviations(block, weights: weights, from: baseline, forward, to: sums)
    }
    return (sums, factor)
  }

  /// ⟨g, b⟩ for each row.
  private func products(_ g: [Double], _ baseline: [Double], _ forward: Forward) -> [Double] {
    let width = forward.outputWidth
    return (0..<forward.rows).map { row in
      (row * width..<(row + 1) * width).reduce(0) { $0 + g[$1] * baseline[$1] }
    }
  }

  /// sums[j] += Σᵢ wᵢ (yᵢⱼ − bⱼ)
  private func addDeviations(
    _ block: BlockSums<Scalar>, weights: [Double], from baseline: [Double], _ forward: Forward,
    to sums: UnsafeMutablePointer<Double>
  ) {
    block.addOutputs(weights: weights, to: sums)
    let total = weights.reduce(0, +)
    for j in 0..<forward.outputWidth {
      sums[j] -= total * baseline[block.row * forward.outputWidth + j]
    }
  }

  // MARK: Differentiation

  func vjp(
    _ inputs: [Value], output: Value, cotangent g: Value, needed: (Int) -> Bool
  ) throws -> [Value?] {
    let theta = Array(inputs[..<leafCount])
    let others = Array(inputs[leafCount...])
    let needsTheta = (0..<leafCount).contains(where: needed)
    func leaves(_ packed: () throws -> Value) throws -> [Value?] {
      guard needsTheta else { return [Value?](repeating: nil, count: leafCount) }
      let cotangents = unpackedInputs(try packed(), like: theta)
      // Multiplicative noise is additive for log |θ|, whose derivative is 1/θ.
      return call.settings.noise.action == .additive
        ? cotangents : zip(cotangents, theta).map { $0 / $1 }
    }
    func other(_ index: Int, _ value: () throws -> Value) throws -> [Value?] {
      [needed(leafCount + index) ? try value() : nil]
    }
    let third: () throws -> Value = {
      throw PerturbationError.unsupportedDerivative(
        "the third derivative of a perturbed call is not supported, only the first and the second")
    }
    switch order {
    case .value: return try leaves { try node(.cotangent, theta, g) }
    case .cotangent:
      return try leaves { try node(.secondCotangent, theta, others[0], g) }
        + other(0) { try node(.tangent, theta, g) }
    case .tangent:
      return try leaves { try node(.secondCotangent, theta, g, others[0]) }
        + other(0) { try node(.cotangent, theta, g) }
    case .secondCotangent:
      return try leaves(third) + other(0) { try node(.secondTangent, theta, others[1], g) }
        + other(1) { try node(.secondCotangent, theta, others[0], g) }
    case .secondTangent:
      return try leaves(third) + other(0) { try node(.secondCotangent, theta, g, others[1]) }
        + other(1) { try node(.secondCotangent, theta, g, others[0]) }
    }
  }

  /// [rows, input width] cut into the leaves.
  private func unpackedInputs(_ packed: Value, like theta: [Value]) -> [Value] {
    var start = 0
    return theta.map { leaf in
      let count = leaf.count / leaf.shape[0]
      defer { start += count }
      let part =
        theta.count == 1 ? packed : packed.sliced(axis: 1, start: start, count: count)
      return part.reshaped(leaf.shape)
    }
  }

  // MARK: Maps

  /// A mapped axis becomes more rows, with the same noise.
  func batched(_ physical: [Value], isMapped: [Bool], count: Int) throws -> Value {
    let output = try apply(self, PerturbedBatch.merged(physical, isMapped, count))
    return output.reshaped([count, output.shape[0] / count, output.shape[1]])
  }
}

extension PerturbedSettings {
  /// Checks that the noise has what the estimate of an order needs.
  fileprivate func checkDerivative<Scalar>(
    _ order: PerturbedNode<Scalar>.Order
  ) throws(PerturbationError) {
    switch order {
    case .value: return
    case .cotangent, .tangent: try checkScore()
    case .secondCotangent, .secondTangent: try checkScoreDerivative()
    }
  }

  /// Checks that the noise has a score with a derivative.
  func checkScoreDerivative() throws(PerturbationError) {
    try checkScore()
    if !noise.hasScoreDerivative {
      throw .unsupportedDerivative(
        "the second derivative of a function perturbed with \(noise.name) noise is not supported: "
          + "it needs a score with a derivative, expected normal, gumbel or logistic noise")
    }
  }

  /// Checks that the noise has a score.
  func checkScore() throws(PerturbationError) {
    if !noise.hasScore {
      throw .unusableNoise(
        "\(noise.name) noise has no score −d/dz log p(z), which derivatives need, and was accepted "
          + "for values only")
    }
  }
}
