/// Applies a function of one example to every entry of a leading axis, at the cost of a few
/// operations on whole tensors.
///
/// ```swift
/// let norms = vmap { x in x.norm() }(batch)     // [B, d] -> [B]
/// ```
///
/// Inside, a tensor has the shape of one example, and shape and axis arguments mean that shape.
/// A function that reads elements (`scalars`, `if x[0].scalar > 0`) cannot be mapped so; give
/// `sequential: true` for it.
///
/// - Parameters:
///   - sequential: Calls the function once for each entry, with plain tensors.
///   - function: From a tree to a tree, for one example.
/// - Returns: The function for trees whose leaves all have the leading axis.
@_disfavoredOverload
public func vmap<Input: Tree, Output: Tree>(
  sequential: Bool = false, _ function: @escaping (Input) -> Output
) -> (Input) -> Output {
  { sequential ? mapSequentially($0, function) : mapVectorized($0, function) }
}

// Two forms each, because a returned function whose error type is generic crashes the compiler (6.3).

/// Applies a function of one example, which may throw, to every entry of a leading axis.
///
/// - Returns: The function for trees whose leaves all have the leading axis.
@_disfavoredOverload
public func vmap<Input: Tree, Output: Tree>(
  sequential: Bool = false, _ function: @escaping (Input) throws -> Output
) -> (Input) throws -> Output {
  { try sequential ? mapSequentially($0, function) : mapVectorized($0, function) }
}

/// Applies a function of two inputs to every entry of their leading axes.
///
/// - Returns: The function for trees whose leaves all have the leading axis.
@_disfavoredOverload
public func vmap<A: Tree, B: Tree, Output: Tree>(
  sequential: Bool = false, _ function: @escaping (A, B) -> Output
) -> (A, B) -> Output {
  let one = vmap(sequential: sequential) { (tuple: Tuple<A, B>) in
    function(tuple.elements.0, tuple.elements.1)
  }
  return { one(Tuple($0, $1)) }
}

/// Applies a function of two inputs, which may throw, to every entry of their leading axes.
///
/// - Returns: The function for trees whose leaves all have the leading axis.
@_disfavoredOverload
public func vmap<A: Tree, B: Tree, Output: Tree>(
  sequential: Bool = false, _ function: @escaping (A, B) throws -> Output
) -> (A, B) throws -> Output {
  let one = vmap(sequential: sequential) { (tuple: Tuple<A, B>) throws in
    try function(tuple.elements.0, tuple.elements.1)
  }
  return { try one(Tuple($0, $1)) }
}

private func mapVectorized<Input: Tree, Output: Tree, E: Error>(
  _ x: Input, _ function: (Input) throws(E) -> Output
) throws(E) -> Output {
  let values = x.values
  let count = mappedCount(values)
  var template: Output?
  let outputs = try MapScope.run(values, count: count) { values throws(E) in
    let output = try function(x.withValues(values))
    template = output
    return output.values
  }
  guard let template else { trap("vmap", "the function was not called") }
  return template.withValues(outputs)
}

private func mapSequentially<Input: Tree, Output: Tree, E: Error>(
  _ x: Input, _ function: (Input) throws(E) -> Output
) throws(E) -> Output {
  let values = x.values
  let count = mappedCount(values)
  require(
    count > 0, "vmap", "an empty leading axis has no example to learn the result's shape from")
  var rows: [[Value]] = []
  var template: Output?
  for position in 0..<count {
    let entry = values.map {
      $0.sliced(axis: 0, start: position, count: 1).reshaped($0.shape.removing(0))
    }
    let output = try function(x.withValues(entry))
    rows.append(output.values)
    template = template ?? output
  }
  guard let template else { trap("vmap", "no output") }
  let stacked = rows[0].indices.map { leaf in
    apply(.concatenate(axis: 0), rows.map { $0[leaf].expanded(0) })
  }
  return template.withValues(stacked)
}

/// The extent of the leading axis that all leaves share.
private func mappedCount(_ values: [Value]) -> Int {
  guard let first = values.first else { trap("vmap", "the input has no tensors") }
  for value in values {
    require(value.rank > 0, "vmap", "a tensor without axes cannot be mapped over")
    require(
      value.shape[0] == first.shape[0], "vmap",
      "leading axes of \(first.shape[0]) and \(value.shape[0]) entries")
  }
  return first.shape[0]
}
