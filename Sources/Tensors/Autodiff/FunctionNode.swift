/// Applies a function that gives its value and its pullback together.
///
/// The function runs once on plain values. Where a gradient is itself differentiated it runs again,
/// on values that the outer gradients follow, so that the pullback can be differentiated.
///
/// - Parameters:
///   - name: What messages call it.
///   - inputs: Its inputs, at any level.
///   - batched: How to apply it to physical values, where `isMapped` says which inputs have the
///     mapped axis in front; the output must have it. Nil: the function itself runs under the map.
///   - function: The output and the pullback at the inputs it is given.
/// - Returns: The output, followed by the tapes that follow the inputs.
/// - Throws: What `function` and `batched` throw.
package func applyCustom(
  _ name: String, _ inputs: [Value],
  batched: ((_ physical: [Value], _ isMapped: [Bool], _ count: Int) throws -> Value)? = nil,
  function: @escaping ([Value]) throws -> (output: Value, pullback: (Value) throws -> [Value?])
) throws -> Value {
  try apply(FunctionNode(name, batched, function), inputs)
}

/// A function that gives its value and its pullback together, as a node of a tape.
private final class FunctionNode: DifferentiableNode {
  typealias Pullback = (Value) throws -> [Value?]
  typealias Batched = (_ physical: [Value], _ isMapped: [Bool], _ count: Int) throws -> Value
  typealias Function = ([Value]) throws -> (output: Value, pullback: Pullback)

  let name: String
  private let batchedForm: Batched?
  private let function: Function
  /// The pullback of the only computation, at values that no tape follows.
  private var pullback: Pullback?

  init(_ name: String, _ batched: Batched?, _ function: @escaping Function) {
    self.name = name
    batchedForm = batched
    self.function = function
  }

  func compute(_ inputs: [Value]) throws -> Value {
    let (output, pullback) = try function(inputs)
    require(
      !output.isRecorded, name,
      "the function uses a tensor that is being differentiated and is not its input: pass it as the "
        + "input, or wrap it in withoutGradient(_:)")
    self.pullback = pullback
    return output
  }

  func vjp(
    _ inputs: [Value], output: Value, cotangent: Value, needed: (Int) -> Bool
  ) throws -> [Value?] {
    if let pullback, !inputs.contains(where: \.isRecorded) { return try pullback(cotangent) }
    return try function(inputs).pullback(cotangent)
  }

  func batched(_ physical: [Value], isMapped: [Bool], under map: MapScope) throws -> Value {
    if let batchedForm { return try batchedForm(physical, isMapped, map.count) }
    let inner = FunctionNode(name, nil) { physical in
      try map.resumed {
        let (output, pullback) = try self.function(
          zip(physical, isMapped).map { $1 ? map.wrap($0) : $0 })
        self.pullback = pullback
        return (
          map.materialized(output),
          { cotangent in
            try map.resumed {
              zip(try pullback(map.wrap(cotangent)), isMapped).map { contribution, isMapped in
                guard let contribution else { return nil }
                let physical = map.materialized(contribution)
                return isMapped ? physical : physical.reduced(.sum, [0])
              }
            }
          }
        )
      }
    }
    return try apply(inner, physical)
  }

  func batched(_ physical: [Value], isMapped: [Bool], count: Int) throws -> Value {
    trap(name, "a function under vmap needs the map")
  }
}
