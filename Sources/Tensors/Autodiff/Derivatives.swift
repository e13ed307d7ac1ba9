// Derivatives made of the vector–Jacobian product. All nest, work on trees and compose with `vmap`.

/// The Jacobian of a function that gives a tensor.
///
/// ```swift
/// jacobian(at: Tensor([1.0, 2.0])) { x in x * x }      // [[2, 0], [0, 4]]
/// ```
///
/// - Parameters:
///   - x: A tree of floating-point tensors.
///   - function: Gives a tensor.
/// - Returns: A tree of `x`'s structure whose leaves have the output's shape in front of their own:
///   J[o…, i…] = ∂f[o…] / ∂x[i…].
/// - Throws: What `function` throws.
/// - Complexity: one mapped pullback over the elements of the output, in time and memory.
@_disfavoredOverload
public func jacobian<Input: Tree, Scalar: TensorFloatingPoint, E: Error>(
  at x: Input, of function: (Input) throws(E) -> Tensor<Scalar>
) throws(E) -> Input {
  try jacobianBlocks(at: x, of: function)[0]
}

/// The Jacobian of a function that gives a tree.
///
/// - Parameters:
///   - x: A tree of floating-point tensors.
///   - function: Gives a tree of floating-point tensors.
/// - Returns: For each leaf of the output, in order, its Jacobian as a tree of `x`'s structure.
/// - Throws: What `function` throws.
@_disfavoredOverload
public func jacobian<Input: Tree, Output: Tree, E: Error>(
  at x: Input, of function: (Input) throws(E) -> Output
) throws(E) -> [Input] {
  try jacobianBlocks(at: x, of: function)
}

func jacobianBlocks<Input: Tree, Output: Tree, E: Error>(
  at x: Input, of function: (Input) throws(E) -> Output
) throws(E) -> [Input] {
  let (value, pullback) = try vjp(at: x, of: function)
  let outputs = value.values
  return try rethrowing(E.self) {
    try outputs.indices.map { leaf in
      let shape = outputs[leaf].shape
      let count = outputs[leaf].count
      // Row r of the basis is the cotangent of element r.
      let rows = Value.iota(count, .int32)
      let basis = rows.expanded(1).compared(.equal, rows).cast(outputs[leaf].type)
      let row = outputs.indices.map { other in
        other == leaf
          ? basis.reshaped(shape.inserting(count, at: 0))
          : .zeros(outputs[other].shape.inserting(count, at: 0), outputs[other].type)
      }
      let columns = try vmap { (cotangent: Output) throws in try pullback(cotangent) }(
        value.withValues(row))
      return columns.withValues(
        columns.values.map { column in
          column.reshaped(Shape(Array(shape) + column.shape.dropFirst()))
        })
    }
  }
}

/// The matrix of second derivatives of a function of a tensor.
///
/// - Parameters:
///   - x: A floating-point tensor.
///   - function: Gives a tensor with one element.
/// - Returns: H[i…, j…] = ∂²f / ∂x[i…] ∂x[j…], of the shape of `x` twice.
/// - Throws: What `function` throws.
/// - Complexity: one mapped pullback of the gradient over the elements of `x`.
public func hessian<Scalar: TensorFloatingPoint, Output: TensorFloatingPoint, E: Error>(
  at x: Tensor<Scalar>, of function: (Tensor<Scalar>) throws(E) -> Tensor<Output>
) throws(E) -> Tensor<Scalar> {
  try jacobian(at: x) { (x: Tensor<Scalar>) throws(E) -> Tensor<Scalar> in
    try gradient(at: x, of: function)
  }
}

/// The second derivatives of a function of a tree.
///
/// - Parameters:
///   - x: A tree of floating-point tensors.
///   - function: Gives a tensor with one element.
/// - Returns: For each leaf of `x`, in order, the derivatives of that leaf's gradient as a tree of
///   `x`'s structure, with the leaf's shape in front.
/// - Throws: What `function` throws.
@_disfavoredOverload
public func hessian<Input: Tree, Output: TensorFloatingPoint, E: Error>(
  at x: Input, of function: (Input) throws(E) -> Tensor<Output>
) throws(E) -> [Input] {
  try jacobianBlocks(at: x) { (x: Input) throws(E) -> Input in try gradient(at: x, of: function) }
}

/// The product of a function's second derivatives with a vector, without the matrix.
///
/// - Parameters:
///   - x: A tree of floating-point tensors.
///   - direction: A tree of the same structure.
///   - function: Gives a tensor with one element.
/// - Returns: H v, a tree of `x`'s structure.
/// - Throws: What `function` throws.
/// - Complexity: a small multiple of the gradient's.
@_disfavoredOverload
public func hessianVectorProduct<Input: Tree, Output: TensorFloatingPoint, E: Error>(
  at x: Input, along direction: Input, of function: (Input) throws(E) -> Tensor<Output>
) throws(E) -> Input {
  let (_, pullback) = try vjp(at: x) { (x: Input) throws(E) -> Input in
    try gradient(at: x, of: function)
  }
  // H is symmetric: its product with a vector is the pullback of the gradient.
  return try rethrowing(E.self) { try pullback(direction) }
}

/// The value of a function and its derivative along a direction: the Jacobian–vector product.
///
/// The pullback is linear in its cotangent, and its own pullback is the transpose of the transpose.
///
/// - Parameters:
///   - x: A tree of floating-point tensors.
///   - direction: A tree of the same structure.
///   - function: Any function to a tree.
/// - Returns: The value, and J v, both of the output's structure.
/// - Throws: What `function` throws.
/// - Complexity: a small multiple of the function's time; memory for its intermediate tensors.
@_disfavoredOverload
public func jvp<Input: Tree, Output: Tree, E: Error>(
  at x: Input, along direction: Input, of function: (Input) throws(E) -> Output
) throws(E) -> (value: Output, derivative: Output) {
  let (value, pullback) = try vjp(at: x, of: function)
  let zeros = value.withValues(value.values.map { .zeros($0.shape, $0.type) })
  let derivative = try rethrowing(E.self) {
    try vjp(at: zeros) { cotangent throws in try pullback(cotangent) }.pullback(direction)
  }
  return (value, derivative)
}

/// A function's value, of which gradients keep the input alone: the pullback runs it again.
///
/// Trades time (the function runs twice) for memory (its intermediate tensors are not kept).
///
/// ```swift
/// var x = x
/// for block in blocks { x = checkpoint(at: Tuple(block, x)) { $0.elements.0($0.elements.1) } }
/// ```
///
/// - Parameters:
///   - x: All that gradients are to follow into the function.
///   - function: Any function to a tree.
/// - Returns: The value.
/// - Throws: What `function` throws.
@_disfavoredOverload
public func checkpoint<Input: Tree, Output: Tree, E: Error>(
  at x: Input, of function: @escaping (Input) throws(E) -> Output
) throws(E) -> Output {
  try withPullback(at: x, name: "checkpoint") { (x: Input) throws(E) in
    (try function(x), { cotangent in try vjp(at: x, of: function).pullback(cotangent) })
  }
}
