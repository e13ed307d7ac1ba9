public import Tensors

extension Exact {
  /// E[f(θ + σZ)] of each leaf of a tree: what ``Perturbed`` estimates for a function that maps f over the
  /// leaves.
  ///
  /// ```swift
  /// let soft = try Exact(Ranking(), sigma: 0.5)
  /// let ranks = try soft(["few": weights, "more": theta])   // each ranked among its own
  /// ```
  ///
  /// - Parameters:
  ///   - input: A tree of tensors, each an input of the function by itself.
  ///   - batched: Whether leaves have a batch axis in front.
  /// - Returns: The expectations, in the structure of the input. They can be differentiated twice, and
  ///   mapped.
  /// - Throws: As for one tensor; ``PerturbationError`` also for leaves that are not all `Float` or all
  ///   `Double`.
  @_disfavoredOverload
  public func callAsFunction<Input: Tree>(
    _ input: Input, batched: Bool = false
  ) throws -> Input {
    _ = try input.scalarType()
    return input.withValues(try input.values.map { try value($0, batched: batched) })
  }

  /// The Fenchel–Young loss L(θ; y) = E max ⟨y′, θ + σZ⟩ − ⟨θ, y⟩ against a known solution y, up to a constant
  /// that depends on y alone: what ``FenchelYoungLoss`` estimates. For a function that minimises,
  /// ⟨θ, y⟩ − E min ⟨y′, θ + σZ⟩.
  ///
  /// Convex in θ, with the gradient E[y] − y (y − E[y] for a function that minimises): 0 where the expectation
  /// is the known solution.
  ///
  /// ```swift
  /// let soft = try Exact(Ranking(), sigma: 0.5)
  /// let known: Tensor<Float> = [0, 2, 1]
  /// let slopes = try gradient(at: theta) { try soft.loss($0, target: known) }
  /// ```
  ///
  /// - Parameters:
  ///   - theta: θ.
  ///   - target: y, of the same shape.
  ///   - batched: Whether both have a batch axis in front.
  /// - Returns: The loss, without axes; [B] for a batch.
  /// - Throws: ``PerturbationError`` where the function is no optimum (a sort, a logical or), `TreeMismatch`
  ///   where the shapes differ.
  /// - SeeAlso: Berthet et al. 2020, arXiv:2002.08676, section 4.
  public func loss<Scalar: TensorFloatingPoint>(
    _ theta: Tensor<Scalar>, target: Tensor<Scalar>, batched: Bool = false
  ) throws -> Tensor<Scalar> {
    Tensor(try treeLoss(theta, target, batched: batched))
  }

  /// The Fenchel–Young loss over the leaves of a tree, each an input of the function by itself: the sum of
  /// their losses.
  ///
  /// - Parameters:
  ///   - input: A tree of tensors.
  ///   - target: y, in the same structure.
  ///   - batched: Whether leaves of both have a batch axis in front.
  /// - Returns: The loss, without axes; [B] for a batch.
  /// - Throws: As for one tensor.
  @_disfavoredOverload
  public func loss<Input: Tree, Scalar: TensorFloatingPoint>(
    _ input: Input, target: Input, batched: Bool = false
  ) throws -> Tensor<Scalar> {
    let type = try input.scalarType()
    if type != Scalar.elementType {
      throw PerturbationError.inconsistentInput(
        "the input has \(type) elements, the loss is asked for in \(Scalar.elementType)")
    }
    return Tensor(try treeLoss(input, target, batched: batched))
  }

  private func treeLoss<Input: Tree>(
    _ input: Input, _ target: Input, batched: Bool
  ) throws -> Value {
    try input.checkStructure(target, "Exact.loss")
    var total: Value?
    for (theta, y) in zip(input.values, target.values) {
      let optimum = try optimum(theta, batched: batched)
      let product = (theta * y).reduced(.sum, Array((batched ? 1 : 0)..<theta.rank))
      let loss = sense == .minimize ? product - optimum : optimum - product
      total = total.map { $0 + loss } ?? loss
    }
    guard let total else { throw PerturbationError.emptyInput }
    return total
  }
}
