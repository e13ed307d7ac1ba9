internal import Tensors

/// The perturbed maximum F_σ(θ) = (1/N) Σ ⟨yᵢ, xᵢ⟩ of each row, [rows, 1], as a node of a tape.
///
/// Its derivative is that of the same sum, in which each yᵢ stays the solution of its own xᵢ for small
/// changes of θ: ȳ for xᵢ = θ + σzᵢ, and the mean of yᵢ ∘ xᵢ/θ for multiplicative noise. The mean of
/// the solutions is a perturbed call, whose derivative gives the second.
///
/// - SeeAlso: Berthet et al. 2020, arXiv:2002.08676, proposition 2.2.
struct MaximumNode<Scalar: TensorFloatingPoint>: DifferentiableNode {
  /// A call of ``MaximumEvaluator``.
  let call: PerturbedCall<Scalar>
  let leafCount: Int

  var name: String { "PerturbedMaximum" }

  private var isMultiplicative: Bool { call.settings.noise.action == .multiplicative }

  func compute(_ inputs: [Value]) throws -> Value {
    let forward = try call.forward(inputs)
    let width = forward.outputWidth
    let n = Double(call.settings.samples)
    return .doubles(
      (0..<forward.rows).map { row in
        isMultiplicative
          ? forward.sums[row * width..<(row + 1) * width].reduce(0, +) / n
          : forward.sums[(row + 1) * width - 1] / n
      }, [forward.rows, 1], Scalar.elementType)
  }

  func vjp(
    _ inputs: [Value], output: Value, cotangent g: Value, needed: (Int) -> Bool
  ) throws -> [Value?] {
    let solutions = try apply(
      PerturbedNode(call: call, order: .value, leafCount: leafCount), inputs)
    var start = 0
    return inputs.indices.map { index in
      let theta = inputs[index]
      let count = theta.count / theta.shape[0]
      defer { start += count }
      guard needed(index) else { return nil }
      let weights = g.broadcast(to: [theta.shape[0], count])
      let part = (solutions.sliced(axis: 1, start: start, count: count) * weights)
        .reshaped(theta.shape)
      return isMultiplicative ? part / theta : part
    }
  }

  func batched(_ physical: [Value], isMapped: [Bool], count: Int) throws -> Value {
    let output = try apply(self, PerturbedBatch.merged(physical, isMapped, count))
    return output.reshaped([count, output.shape[0] / count, 1])
  }
}
