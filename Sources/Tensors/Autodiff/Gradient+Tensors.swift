// The same for tensors, not any trees: the compiler then knows the type of the closure's parameters
// before it looks into the closure, without which a formula in it takes seconds to check. The forms
// for trees are disfavored, so that it need not try both.

/// The gradient of a function of a tensor at a point.
///
/// ```swift
/// gradient(at: Tensor<Float>([1, 2])) { ($0 * $0).sum() }     // [2, 4]
/// ```
///
/// - Parameters:
///   - x: A floating-point tensor.
///   - function: Gives a tensor with one element.
/// - Returns: A tensor of `x`'s shape; zeros where the result does not depend on an element.
/// - Throws: What `function` throws.
/// - Precondition: as for trees.
/// - Complexity: a small multiple of the function's time; memory for its intermediate tensors.
public func gradient<Input: TensorFloatingPoint, Scalar: TensorFloatingPoint, E: Error>(
  at x: Tensor<Input>, of function: (Tensor<Input>) throws(E) -> Tensor<Scalar>
) throws(E) -> Tensor<Input> {
  try valueAndGradient(at: x, of: function).gradient
}

/// The value and the gradient of a function of a tensor at a point.
///
/// - Parameters:
///   - x: A floating-point tensor.
///   - function: Gives a tensor with one element.
/// - Returns: The function's value, and a tensor of `x`'s shape.
/// - Throws: What `function` throws.
public func valueAndGradient<Input: TensorFloatingPoint, Scalar: TensorFloatingPoint, E: Error>(
  at x: Tensor<Input>, of function: (Tensor<Input>) throws(E) -> Tensor<Scalar>
) throws(E) -> (value: Tensor<Scalar>, gradient: Tensor<Input>) {
  let result = try valueAndGradient(
    at: x,
    auxiliary: { (x: Tensor<Input>) throws(E) -> (Tensor<Scalar>, Void) in (try function(x), ()) })
  return (result.value, result.gradient)
}

/// The gradient of a function of two tensors.
///
/// - Parameters:
///   - x: A floating-point tensor.
///   - y: A floating-point tensor.
///   - function: Gives a tensor with one element.
/// - Returns: One tensor for each input.
/// - Throws: What `function` throws.
public func gradient<
  A: TensorFloatingPoint, B: TensorFloatingPoint, Scalar: TensorFloatingPoint, E: Error
>(
  at x: Tensor<A>, _ y: Tensor<B>,
  of function: (Tensor<A>, Tensor<B>) throws(E) -> Tensor<Scalar>
) throws(E) -> (Tensor<A>, Tensor<B>) {
  try valueAndGradient(at: x, y, of: function).gradient
}

/// The value and the gradient of a function of two tensors.
///
/// - Parameters:
///   - x: A floating-point tensor.
///   - y: A floating-point tensor.
///   - function: Gives a tensor with one element.
/// - Returns: The value, and one tensor for each input.
/// - Throws: What `function` throws.
public func valueAndGradient<
  A: TensorFloatingPoint, B: TensorFloatingPoint, Scalar: TensorFloatingPoint, E: Error
>(
  at x: Tensor<A>, _ y: Tensor<B>,
  of function: (Tensor<A>, Tensor<B>) throws(E) -> Tensor<Scalar>
) throws(E) -> (value: Tensor<Scalar>, gradient: (Tensor<A>, Tensor<B>)) {
  let result = try valueAndGradient(
    at: Tuple(x, y),
    auxiliary: { (tuple: Tuple<Tensor<A>, Tensor<B>>) throws(E) -> (Tensor<Scalar>, Void) in
      (try function(tuple.elements.0, tuple.elements.1), ())
    })
  return (result.value, result.gradient.elements)
}

/// The value of a function of a tensor and its pullback, ḡ ↦ Jᵀ ḡ.
///
/// - Parameters:
///   - x: A floating-point tensor.
///   - function: Any function to a tree.
/// - Returns: The value, and the pullback, which can be called any number of times.
/// - Throws: What `function` throws.
public func vjp<Input: TensorFloatingPoint, Output: Tree, E: Error>(
  at x: Tensor<Input>, of function: (Tensor<Input>) throws(E) -> Output
) throws(E) -> (value: Output, pullback: (Output) throws -> Tensor<Input>) {
  try vjpOfTree(at: x, of: function)
}

/// The Jacobian of a function of a tensor.
///
/// - Parameters:
///   - x: A floating-point tensor.
///   - function: Gives a tensor.
/// - Returns: J[o…, i…] = ∂f[o…] / ∂x[i…], of the output's shape and then `x`'s.
/// - Throws: What `function` throws.
/// - Complexity: one mapped pullback over the elements of the output, in time and memory.
public func jacobian<Input: TensorFloatingPoint, Scalar: TensorFloatingPoint, E: Error>(
  at x: Tensor<Input>, of function: (Tensor<Input>) throws(E) -> Tensor<Scalar>
) throws(E) -> Tensor<Input> {
  try jacobianBlocks(at: x, of: function)[0]
}

/// The product of the second derivatives of a function of a tensor with a vector, without the
/// matrix.
///
/// - Parameters:
///   - x: A floating-point tensor.
///   - direction: A tensor of the same shape.
///   - function: Gives a tensor with one element.
/// - Returns: H v, of `x`'s shape.
/// - Throws: What `function` throws.
/// - Complexity: a small multiple of the gradient's.
public func hessianVectorProduct<
  Input: TensorFloatingPoint, Output: TensorFloatingPoint, E: Error
>(
  at x: Tensor<Input>, along direction: Tensor<Input>,
  of function: (Tensor<Input>) throws(E) -> Tensor<Output>
) throws(E) -> Tensor<Input> {
  try productOfTree(at: x, along: direction, of: function)
}

/// The value of a function of a tensor and its derivative along a direction.
///
/// - Parameters:
///   - x: A floating-point tensor.
///   - direction: A tensor of the same shape.
///   - function: Any function to a tree.
/// - Returns: The value, and J v, both of the output's structure.
/// - Throws: What `function` throws.
/// - Complexity: a small multiple of the function's time; memory for its intermediate tensors.
public func jvp<Input: TensorFloatingPoint, Output: Tree, E: Error>(
  at x: Tensor<Input>, along direction: Tensor<Input>,
  of function: (Tensor<Input>) throws(E) -> Output
) throws(E) -> (value: Output, derivative: Output) {
  try jvpOfTree(at: x, along: direction, of: function)
}

/// The value of a function of a tensor, of which gradients keep the input alone: the pullback runs it
/// again.
///
/// - Parameters:
///   - x: All that gradients are to follow into the function.
///   - function: Any function to a tree.
/// - Returns: The value.
/// - Throws: What `function` throws.
public func checkpoint<Input: TensorFloatingPoint, Output: Tree, E: Error>(
  at x: Tensor<Input>, of function: @escaping (Tensor<Input>) throws(E) -> Output
) throws(E) -> Output {
  try checkpointOfTree(at: x, of: function)
}

/// Applies a function of one tensor to every entry of a leading axis, as for trees.
///
/// - Parameters:
///   - sequential: Calls the function once for each entry, with plain tensors.
///   - function: From a tensor to a tree, for one example.
/// - Returns: The function for tensors with the leading axis.
public func vmap<Input: TensorScalar, Output: Tree>(
  sequential: Bool = false, _ function: @escaping (Tensor<Input>) -> Output
) -> (Tensor<Input>) -> Output {
  vmapOfTree(sequential: sequential, function)
}

/// Applies a function of two tensors to every entry of their leading axes, as for trees.
///
/// - Parameters:
///   - sequential: Calls the function once for each entry, with plain tensors.
///   - function: From two tensors to a tree, for one example.
/// - Returns: The function for tensors with the leading axis.
public func vmap<A: TensorScalar, B: TensorScalar, Output: Tree>(
  sequential: Bool = false, _ function: @escaping (Tensor<A>, Tensor<B>) -> Output
) -> (Tensor<A>, Tensor<B>) -> Output {
  let one = vmapOfTree(sequential: sequential) { (tuple: Tuple<Tensor<A>, Tensor<B>>) in
    function(tuple.elements.0, tuple.elements.1)
  }
  return { one(Tuple($0, $1)) }
}

// Where types are any trees, the forms for trees are the ones that fit.

private func vjpOfTree<Input: Tree, Output: Tree, E: Error>(
  at x: Input, of function: (Input) throws(E) -> Output
) throws(E) -> (value: Output, pullback: (Output) throws -> Input) {
  try vjp(at: x, of: function)
}

private func vmapOfTree<Input: Tree, Output: Tree>(
  sequential: Bool, _ function: @escaping (Input) -> Output
) -> (Input) -> Output {
  vmap(sequential: sequential, function)
}

private func productOfTree<Input: Tree, Output: TensorFloatingPoint, E: Error>(
  at x: Input, along direction: Input, of function: (Input) throws(E) -> Tensor<Output>
) throws(E) -> Input {
  try hessianVectorProduct(at: x, along: direction, of: function)
}

private func jvpOfTree<Input: Tree, Output: Tree, E: Error>(
  at x: Input, along direction: Input, of function: (Input) throws(E) -> Output
) throws(E) -> (value: Output, derivative: Output) {
  try jvp(at: x, along: direction, of: function)
}

private func checkpointOfTree<Input: Tree, Output: Tree, E: Error>(
  at x: Input, of function: @escaping (Input) throws(E) -> Output
) throws(E) -> Output {
  try checkpoint(at: x, of: function)
}
