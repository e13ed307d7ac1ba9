internal import Tensors

/// The perturbed maximum F_σ(θ) = (1/N) Σ ⟨yᵢ, xᵢ⟩ of each row, [rows, 1], as a node of a tape.
///
/// Its derivative is that of the same sum, in which each yᵢ stays the solution of its own xᵢ for small
/// changes of θ: ȳ for xᵢ = θ + σzᵢ, and the mean of yᵢ ∘ xᵢ/θ for noise that multiplies. The mean of
/// yᵢ, or of yᵢ ∘ xᵢ, is a perturbed call, whose derivative gives the second.
///
/// - SeeAlso: Berthet et al. 2020, arXiv:2002.08676, proposition 2.2.
struct MaximumNode<Scalar: TensorFloatingPoint>: DifferentiableNode {
  /// A call whose outputs are yᵢ or yᵢ ∘ xᵢ, and which sums ⟨yᵢ, xᵢ⟩ beside them.
  let call: any EstimatedCall
  /// The call as it is sampled at θ.
  let sampled: @Sendable (_ theta: [Value]) throws -> PerturbedCall<Scalar>
  let leafCount: Int

  var name: String { call.name }

  func compute(_ inputs: [Value]) throws -> Value {
    let forward = try sampled(inputs).forward(inputs)
    let means = zip(forward.objectives, forward.present).map { $0 / Double($1) }
    return .doubles(means, [forward.rows, 1], Scalar.elementType)
  }

  func vjp(
    _ inputs: [Value], output: Value, cotangent g: Value, needed: (Int) -> Bool
  ) throws -> [Value?] {
    let solutions = try apply(EstimatorNode(call, leafCount: leafCount), inputs)
    let weighted = solutions * g.broadcast(to: solutions.shape)
    return zip(call.unpacked(weighted, inputs), inputs.indices).map { needed($1) ? $0 : nil }
  }

  func batched(_ physical: [Value], isMapped: [Bool], count: Int) throws -> Value {
    let output = try apply(self, call.merges.merged(physical, isMapped, count))
    return output.reshaped([count, output.shape[0] / count, 1])
  }
}
