internal import Tensors

/// A scalar function of a tree, seen as one of the tree's leaves.
struct ScalarFunction: Sendable {
  /// The value at the leaves of one tree.
  let one: @Sendable ([Value]) throws -> Value
  /// The values at leaves with an additional axis in front.
  let many: @Sendable ([Value]) throws -> Value
  /// The path of each leaf, for messages.
  let paths: @Sendable () -> [String]
  let outputType: ElementType
  /// Evaluates many inputs by itself, in the place of `many`.
  var batch: (any BatchFunction)?

  init<Input: Tree & Sendable, Scalar: TensorFloatingPoint>(
    _ input: Input, _ function: @escaping @Sendable (Input) throws -> Tensor<Scalar>
  ) {
    let template = input.withoutElements
    one = { try function(template.withValues($0)).value }
    many = { leaves in
      try vmap { (x: Input) throws in try function(x) }(template.withValues(leaves)).value
    }
    paths = { template.leafPaths }
    outputType = Scalar.elementType
  }

  /// A function of many inputs.
  init<Scalar: TensorFloatingPoint>(
    _ input: Tensor<Scalar>, batches: some BatchFunction, key: RandomKey
  ) {
    self.init(input) { (x: Tensor<Scalar>) in
      let answer = try batches.evaluate(
        BatchRequest(
          inputs: x.value.doubles, width: x.count, count: 1, firstSample: -1, key: key,
          outputWidth: 1))
      if let reason = answer.reason { throw reason }
      return Tensor(Scalar(nearest: answer.outputs[0]))
    }
    batch = batches
  }
}
