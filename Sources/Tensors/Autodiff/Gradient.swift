/// The gradient of a function at a point.
///
/// ```swift
/// gradient(at: Tensor([1.0, 2.0])) { ($0 * $0).sum() }     // [2, 4]
/// ```
///
/// Gradients nest: the gradient inside `function` is itself differentiated.
///
/// - Parameters:
///   - x: A tree of floating-point tensors; integer and truth-value leaves are not
///     differentiated and get zeros.
///   - function: Gives a tensor with one element.
/// - Returns: A tree of `x`'s structure and shapes; zeros where the result does not depend on a leaf,
///   and in what a ``TreeStruct`` lists as frozen.
/// - Throws: What `function` throws.
/// - Precondition: where the result depends on `x`, it does so through operations that have
///   derivatives. A function that only compares, rounds or takes indices has none, and the program
///   stops with a message that says so: perturb it instead.
/// - Complexity: a small multiple of the function's time; memory for its intermediate tensors.
@_disfavoredOverload
public func gradient<Input: Tree, Scalar: TensorFloatingPoint, E: Error>(
  at x: Input, of function: (Input) throws(E) -> Tensor<Scalar>
) throws(E) -> Input {
  try valueAndGradient(at: x, of: function).gradient
}

/// The value and the gradient of a function at a point.
///
/// - Parameters:
///   - x: A tree of floating-point tensors.
///   - function: Gives a tensor with one element.
/// - Returns: The function's value, and a tree of `x`'s structure.
/// - Throws: What `function` throws.
@_disfavoredOverload
public func valueAndGradient<Input: Tree, Scalar: TensorFloatingPoint, E: Error>(
  at x: Input, of function: (Input) throws(E) -> Tensor<Scalar>
) throws(E) -> (value: Tensor<Scalar>, gradient: Input) {
  let result = try valueAndGradient(
    at: x,
    auxiliary: { (input: Input) throws(E) -> (Tensor<Scalar>, Void) in (try function(input), ()) })
  return (result.value, result.gradient)
}

/// The value and the gradient of a function that gives something else beside.
///
/// - Parameters:
///   - x: A tree of floating-point tensors.
///   - function: Gives a tensor with one element, which is differentiated, and anything else.
/// - Returns: The value, the gradient, and what came beside; tensors in the latter may not be used
///   for further derivatives in `x`.
/// - Throws: What `function` throws.
@_disfavoredOverload
public func valueAndGradient<Input: Tree, Scalar: TensorFloatingPoint, Auxiliary, E: Error>(
  at x: Input, auxiliary function: (Input) throws(E) -> (Tensor<Scalar>, Auxiliary)
) throws(E) -> (value: Tensor<Scalar>, gradient: Input, auxiliary: Auxiliary) {
  try TraceContext.withLevel { level throws(E) in
    let tape = Tape(level: level)
    let inputs = x.values
    let watched = inputs.map(tape.watch)
    let (result, auxiliary) = try function(x.withValues(watched))
    require(
      result.count == 1, "gradient",
      "the function gives a tensor of shape \(result.shape), expected one number")
    let entries = tape.finish()
    let seeds = tape.index(of: result.value).map {
      [(index: $0, cotangent: Value.ones(result.shape, result.value.type))]
    }
    let gradients = try rethrowing(E.self) {
      try tape.pullback(seeds ?? [], through: entries, to: inputs, watched)
    }
    return (Tensor(result.value.primal(on: tape)), x.withGradient(gradients), auxiliary)
  }
}

/// The gradient of a function of several inputs.
///
/// - Returns: One tree for each input.
/// - Throws: What `function` throws.
@_disfavoredOverload
public func gradient<each Input: Tree, Scalar: TensorFloatingPoint, E: Error>(
  at x: repeat each Input, of function: (repeat each Input) throws(E) -> Tensor<Scalar>
) throws(E) -> (repeat each Input) {
  try valueAndGradient(at: repeat each x, of: function).gradient
}

/// The value and the gradient of a function of several inputs.
///
/// - Returns: The value, and one tree for each input.
/// - Throws: What `function` throws.
@_disfavoredOverload
public func valueAndGradient<each Input: Tree, Scalar: TensorFloatingPoint, E: Error>(
  at x: repeat each Input, of function: (repeat each Input) throws(E) -> Tensor<Scalar>
) throws(E) -> (value: Tensor<Scalar>, gradient: (repeat each Input)) {
  let result = try valueAndGradient(
    at: Tuple(repeat each x),
    auxiliary: { (tuple: Tuple<repeat each Input>) throws(E) -> (Tensor<Scalar>, Void) in
      (try function(repeat each tuple.elements), ())
    })
  return (result.value, result.gradient.elements)
}

/// The value of a function and its pullback: the map from a cotangent of the output to the
/// cotangent of the input, ḡ ↦ Jᵀ ḡ.
///
/// - Parameters:
///   - x: A tree of floating-point tensors.
///   - function: Any function to a tree.
/// - Returns: The value, and the pullback, which can be called any number of times.
/// - Throws: What `function` throws. The pullback throws what a custom pullback inside it throws.
@_disfavoredOverload
public func vjp<Input: Tree, Output: Tree, E: Error>(
  at x: Input, of function: (Input) throws(E) -> Output
) throws(E) -> (value: Output, pullback: (Output) throws -> Input) {
  try TraceContext.withLevel { level throws(E) in
    let tape = Tape(level: level)
    let inputs = x.values
    let watched = inputs.map(tape.watch)
    let output = try function(x.withValues(watched))
    let outputs = output.values
    let value = output.withValues(outputs.map { $0.primal(on: tape) })
    let indices = outputs.map(tape.index)
    let entries = tape.finish()
    return (
      value,
      { cotangent in
        try value.checkStructure(cotangent, "vjp")
        let seeds = zip(indices, cotangent.values).compactMap { index, cotangent in
          index.map { (index: $0, cotangent: cotangent) }
        }
        let gradients = try tape.pullback(seeds, through: entries, to: inputs, watched)
        return x.withGradient(gradients)
      }
    )
  }
}

/// The value of a function of several inputs and its pullback.
///
/// - Returns: The value, and the pullback, which gives one tree for each input.
/// - Throws: What `function` throws. The pullback throws what a custom pullback inside it throws.
@_disfavoredOverload
public func vjp<each Input: Tree, Output: Tree, E: Error>(
  at x: repeat each Input, of function: (repeat each Input) throws(E) -> Output
) throws(E) -> (value: Output, pullback: (Output) throws -> (repeat each Input)) {
  let (value, pullback) = try vjp(at: Tuple(repeat each x)) {
    (tuple: Tuple<repeat each Input>) throws(E) -> Output in
    try function(repeat each tuple.elements)
  }
  return (value, { try pullback($0).elements })
}

/// The same values, cut off from every gradient around the call.
public func withoutGradient<Input: Tree>(_ x: Input) -> Input {
  x.withValues(x.values.map(\.withoutTapes))
}

extension Tape {
  /// The cotangents of the inputs, zeros where none arrives.
  fileprivate func pullback(
    _ seeds: [(index: Int32, cotangent: Value)], through entries: [Recorded], to inputs: [Value],
    _ watched: [Value]
  ) throws -> [Value] {
    let cotangents = try Cotangents.pullback(
      seeds, through: entries, to: watched.map(index))
    return zip(cotangents, inputs).map { $0 ?? .zeros($1.shape, $1.type) }
  }
}

/// Runs `body`; what it throws is thrown as `E`. An error that the differentiated function cannot
/// throw stops the program with its description.
func rethrowing<Result, E: Error>(_ type: E.Type, _ body: () throws -> Result) throws(E) -> Result {
  do {
    return try body()
  } catch let error as E {
    throw error
  } catch {
    trap("gradient", "\(error)")
  }
}

/// A function that brings its own vector–Jacobian product.
///
/// ```swift
/// let y = withPullback(at: x) { x in
///   let y = exp(x)
///   return (y, { cotangent in cotangent * y })
/// }
/// ```
///
/// The value is computed with tensors that no gradient around the call follows any more; the
/// pullback is what those gradients use instead. A pullback written with tensor operations can be
/// differentiated again, and both can be mapped.
///
/// - Parameters:
///   - x: The input.
///   - name: What messages call the function.
///   - function: Gives the value and the pullback, which maps a cotangent of the value to one of
///     the input.
/// - Returns: The value.
/// - Throws: What `function` throws.
public func withPullback<Input: Tree, Output: Tree, E: Error>(
  at x: Input, name: String = "withPullback",
  _ function: @escaping (Input) throws(E) -> (value: Output, pullback: (Output) throws -> Input)
) throws(E) -> Output {
  var template: Output?
  let packed = try rethrowing(E.self) {
    try applyCustom(name, x.values) { values in
      let (value, pullback) = try function(x.withValues(values))
      let outputs = value.values
      template = value
      return (
        Value.pack(outputs),
        { cotangent in
          try pullback(value.withValues(cotangent.unpack(like: outputs))).values
        }
      )
    }
  }
  guard let template else { trap(name, "the function was not called") }
  return template.withValues(packed.unpack(like: template.values))
}

extension Value {
  /// Values one after the other in a vector: of their type, or of `Double`, which holds numbers of
  /// every type exactly, where they differ.
  package static func pack(_ values: [Value]) -> Value {
    if values.count == 1 { return values[0] }
    let first = values.first?.type ?? .float
    let type = values.allSatisfy { $0.type == first } ? first : .double
    return apply(.concatenate(axis: 0), values.map { $0.cast(type).reshaped([$0.count]) })
  }

  /// The reverse of ``pack(_:)``.
  package func unpack(like values: [Value]) -> [Value] {
    if values.count == 1 { return [self] }
    var start = 0
    return values.map { value in
      defer { start += value.count }
      return sliced(axis: 0, start: start, count: value.count).reshaped(value.shape)
        .cast(value.type)
    }
  }
}
