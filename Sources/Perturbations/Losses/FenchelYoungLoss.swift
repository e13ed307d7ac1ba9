public import Tensors

/// The Fenchel–Young loss of a perturbed optimum against a known solution:
/// L(θ; y) = F_σ(θ) − ⟨θ, y⟩, up to a constant that depends on y alone.
///
/// Convex in θ, with the gradient ȳ − y: 0 where the perturbed solution is the known one. Training
/// with it takes no second call and no score. For a function that minimises, the loss is
/// ⟨θ, y⟩ − F_σ(θ) and the gradient y − ȳ.
///
/// ```swift
/// let loss = FenchelYoungLoss(try PerturbedMaximum(ArgMax(), samples: 100, sigma: 1, noise: .gumbel))
/// let gradient = try gradient(at: theta) { try loss($0, target: y, key: key) }
/// ```
///
/// For an argmax with centred Gumbel noise and a one-hot y it is σ times the cross-entropy of
/// softmax(θ/σ). With ``Noise/logNormal`` the perturbation is multiplicative and the gradient is the
/// mean of yᵢ ∘ exp(σzᵢ − σ²/2), less y.
///
/// - SeeAlso: Blondel, Martins and Niculae 2020, "Learning with Fenchel–Young losses",
///   arXiv:1901.02324; Berthet et al. 2020, arXiv:2002.08676, section 4.
public struct FenchelYoungLoss<Input: Tree & Sendable, Scalar: TensorFloatingPoint>: Sendable {
  /// F_σ.
  public let maximum: PerturbedMaximum<Input, Scalar>

  /// The loss that belongs to a perturbed maximum.
  public init(_ maximum: PerturbedMaximum<Input, Scalar>) { self.maximum = maximum }

  /// The loss.
  ///
  /// - Parameters:
  ///   - input: θ.
  ///   - target: y, in the structure of the input.
  ///   - key: The key of the noise; by default the next of `RandomKey.withDefault`.
  ///   - batched: Whether leaves of both have a batch axis in front.
  /// - Returns: The loss, without axes; [B] for a batch.
  /// - Throws: ``PerturbationError``; `TreeMismatch` where the target is not like the input.
  public func callAsFunction(
    _ input: Input, target: Input, key: RandomKey? = nil, batched: Bool = false
  ) throws -> Tensor<Scalar> {
    try input.checkStructure(target, "FenchelYoungLoss")
    let batch = try PerturbedBatch(input, batched: batched)
    let targets = try PerturbedBatch(target, batched: batched)
    let shape: Shape = batched ? [batch.rows] : []
    let optimum = try maximum.value(input, batch, key: .resolve(key)).reshaped(shape)
    var product: Value?
    for (theta, y) in zip(batch.theta, targets.theta) {
      let part = (theta * y).reduced(.sum, Array(1..<Swift.max(theta.rank, 1))).reshaped(shape)
      product = product.map { $0 + part } ?? part
    }
    guard let product else { throw PerturbationError.emptyInput }
    return Tensor(maximum.sense == .maximize ? optimum - product : product - optimum)
  }
}
