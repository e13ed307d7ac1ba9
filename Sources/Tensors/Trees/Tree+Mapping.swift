// Functions of leaves, as JAX's `tree_map` has them. They can be differentiated and mapped.

extension Tree {
  /// The tree with a function applied to each floating-point leaf; other leaves stay.
  ///
  /// ```swift
  /// let smaller = model.mapLeaves { 0.9 * $0 }
  /// ```
  ///
  /// - Parameter transform: Gives the new leaf, of any shape. It computes in `Double`, whatever the
  ///   leaf's type, to which its result is rounded; ``mapLeaves(of:_:)`` stays in one type.
  /// - Returns: A tree of the same structure and types.
  /// - Throws: What `transform` throws.
  public func mapLeaves<E: Error>(
    _ transform: (Tensor<Double>) throws(E) -> Tensor<Double>
  ) throws(E) -> Self {
    var result = values
    for index in result.indices where result[index].type.isFloatingPoint {
      let leaf = result[index]
      result[index] = try transform(Tensor(leaf.cast(.double))).value.cast(leaf.type)
    }
    return withValues(result)
  }

  /// The tree with a function applied to each pair of floating-point leaves; other leaves stay.
  ///
  /// ```swift
  /// average = average.zipLeaves(with: model) { 0.99 * $0 + 0.01 * $1 }
  /// ```
  ///
  /// - Parameters:
  ///   - other: A tree of the same structure; shapes may differ.
  ///   - transform: Gives the new leaf, of any shape. It computes in `Double`, whatever the leaf's
  ///     type, to which its result is rounded; ``zipLeaves(with:of:_:)`` stays in one type.
  /// - Returns: A tree of this structure and these types.
  /// - Throws: What `transform` throws.
  /// - Precondition: as many leaves in both trees, of equal types.
  public func zipLeaves<Other: Tree, E: Error>(
    with other: Other,
    _ transform: (Tensor<Double>, Tensor<Double>) throws(E) -> Tensor<Double>
  ) throws(E) -> Self {
    var result = values
    let others = other.values
    requireEqualTypes(result, others)
    for index in result.indices where result[index].type.isFloatingPoint {
      let (leaf, other) = (result[index], others[index])
      result[index] = try transform(Tensor(leaf.cast(.double)), Tensor(other.cast(.double)))
        .value.cast(leaf.type)
    }
    return withValues(result)
  }

  /// The tree with a function applied to each leaf of one type; other leaves stay.
  ///
  /// - Parameters:
  ///   - type: The element type of the leaves.
  ///   - transform: Gives the new leaf, of any shape.
  /// - Returns: A tree of the same structure.
  /// - Throws: What `transform` throws.
  public func mapLeaves<Scalar: TensorScalar, E: Error>(
    of type: Scalar.Type,
    _ transform: (Tensor<Scalar>) throws(E) -> Tensor<Scalar>
  ) throws(E) -> Self {
    var result = values
    for index in result.indices where result[index].type == Scalar.elementType {
      result[index] = try transform(Tensor(result[index])).value
    }
    return withValues(result)
  }

  /// The tree with a function applied to each pair of leaves of one type; other leaves stay.
  ///
  /// - Parameters:
  ///   - other: A tree of the same structure; shapes may differ.
  ///   - type: The element type of the leaves.
  ///   - transform: Gives the new leaf, of any shape.
  /// - Returns: A tree of the same structure.
  /// - Throws: What `transform` throws.
  /// - Precondition: as many leaves in both trees, of equal types.
  public func zipLeaves<Other: Tree, Scalar: TensorScalar, E: Error>(
    with other: Other, of type: Scalar.Type,
    _ transform: (Tensor<Scalar>, Tensor<Scalar>) throws(E) -> Tensor<Scalar>
  ) throws(E) -> Self {
    var result = values
    let others = other.values
    requireEqualTypes(result, others)
    for index in result.indices where result[index].type == Scalar.elementType {
      result[index] = try transform(Tensor(result[index]), Tensor(others[index])).value
    }
    return withValues(result)
  }
}

private func requireEqualTypes(_ own: [Value], _ others: [Value]) {
  require(
    own.elementsEqual(others, by: { $0.type == $1.type }), "zipLeaves",
    "the trees differ in the number or the types of their leaves: "
      + "\(own.map(\.type)) against \(others.map(\.type))")
}
