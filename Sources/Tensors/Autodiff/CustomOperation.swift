/// An operation that brings its own vector–Jacobian product.
package final class CustomOperation {
  /// What messages call it.
  let name: String

  /// The output at inputs of level 0 (or mapped ones, where the operation has no `batched` form),
  /// and what the pullback can use again.
  let evaluate: (_ inputs: [Value]) throws -> (output: Value, residual: Any?)

  /// The cotangents of the inputs, given the inputs, the output, what `evaluate` left and the
  /// cotangent of the output. Inputs, output and cotangent may be recorded by tapes further out:
  /// what is computed from them with operations is differentiated again.
  let vjp:
    (_ inputs: [Value], _ output: Value, _ residual: Any?, _ cotangent: Value) throws -> [Value?]

  /// The same operation for physical values, where `isMapped` says which inputs have a mapped axis
  /// of `count` entries in front; its output must have it. Nil: the operation runs under the map.
  let batched: ((_ isMapped: [Bool], _ count: Int) -> CustomOperation)?

  package init(
    _ name: String,
    evaluate: @escaping (_ inputs: [Value]) throws -> (output: Value, residual: Any?),
    vjp: @escaping (
      _ inputs: [Value], _ output: Value, _ residual: Any?, _ cotangent: Value
    ) throws -> [Value?],
    batched: ((_ isMapped: [Bool], _ count: Int) -> CustomOperation)? = nil
  ) {
    self.name = name
    self.evaluate = evaluate
    self.vjp = vjp
    self.batched = batched
  }
}

/// Applies an operation with its own vector–Jacobian product to values of any level. Whatever the
/// number of transforms around it, it is evaluated once.
package func apply(_ operation: CustomOperation, _ inputs: [Value]) throws -> Value {
  try applyKeepingResidual(operation, inputs).output
}

private func applyKeepingResidual(
  _ operation: CustomOperation, _ inputs: [Value]
) throws -> (output: Value, residual: Any?) {
  let inputs = inputs.map(\.live)
  guard let top = Operands(inputs).top else { return try operation.evaluate(inputs) }
  switch top.content {
  case .dense, .single: return try operation.evaluate(inputs)
  case .recorded(let recorded):
    let tape = recorded.tape
    let (output, residual) = try applyKeepingResidual(
      operation, inputs.map { $0.primal(on: tape) })
    let result = tape.record(
      .custom(operation, residual: residual), Operands(inputs), output)
    return (result, residual)
  case .mapped(let mapped):
    let map = mapped.map
    let isMapped = inputs.map { map.physical($0) != nil }
    let physical = inputs.map { map.physical($0) ?? $0 }
    let inner =
      operation.batched?(isMapped, map.count) ?? operation.running(under: map, isMapped)
    let (output, residual) = try applyKeepingResidual(inner, physical)
    // What a batched form left is its own; the operation that ran under the map can use what it left.
    return (map.wrap(output), operation.batched == nil ? residual : nil)
  }
}

extension CustomOperation {
  /// The operation on physical values that runs this one on what the map shows of them.
  private func running(under map: MapScope, _ isMapped: [Bool]) -> CustomOperation {
    func logical(_ physical: [Value]) -> [Value] {
      zip(physical, isMapped).map { $1 ? map.wrap($0) : $0 }
    }
    return CustomOperation(
      name,
      evaluate: { physical in
        let (output, residual) = try map.resumed { try self.evaluate(logical(physical)) }
        return (map.resumed { map.materialized(output) }, residual)
      },
      vjp: { physical, output, residual, cotangent in
        try map.resumed {
          let contributions = try self.vjp(
            logical(physical), map.wrap(output), residual, map.wrap(cotangent))
          return zip(contributions, isMapped).map { contribution, isMapped in
            guard let contribution else { return nil }
            let physical = map.materialized(contribution)
            return isMapped ? physical : physical.reduced(.sum, [0])
          }
        }
      })
  }
}

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
///   - function: The output and the pullback at values of lower levels.
package func applyCustom(
  _ name: String, _ inputs: [Value],
  batched: ((_ physical: [Value], _ isMapped: [Bool], _ count: Int) throws -> Value)? = nil,
  function: @escaping ([Value]) throws -> (output: Value, pullback: (Value) throws -> [Value?])
) throws -> Value {
  typealias Pullback = (Value) throws -> [Value?]
  if let batched, let top = Operands(inputs.map(\.live)).top, case .mapped(let mapped) = top.content {
    let map = mapped.map
    let isMapped = inputs.map { map.physical($0) != nil }
    return map.wrap(try batched(inputs.map { map.physical($0) ?? $0 }, isMapped, map.count))
  }
  let operation = CustomOperation(
    name,
    evaluate: { inputs in
      let (output, pullback) = try function(inputs)
      return (output, pullback as Pullback)
    },
    vjp: { inputs, _, residual, cotangent in
      if let pullback = residual as? Pullback, !inputs.contains(where: \.isFollowed) {
        return try pullback(cotangent)
      }
      return try function(inputs).pullback(cotangent)
    })
  return try apply(operation, inputs)
}
