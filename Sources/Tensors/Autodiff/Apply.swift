/// Applies a primitive to values of any level.
///
/// The transform with the highest level among the inputs acts first: a tape applies the primitive
/// to the values below it and records that it did, a map turns it into the primitive for the
/// physical shapes.
package func apply(_ primitive: Primitive, _ inputs: [Value]) -> Value {
  var top: Value?
  var level = 0
  for input in inputs where !input.isDense {
    let inputLevel = input.level
    if inputLevel > level {
      level = inputLevel
      top = input
    }
  }
  guard let top else { return primitive.evaluate(inputs) }
  switch top.content {
  case .dense: return primitive.evaluate(inputs)
  case .recorded(let recorded):
    let tape = recorded.tape
    let primals = inputs.map { $0.primal(below: level) }
    let output = apply(primitive, primals)
    guard primitive.isDifferentiable, output.type.isFloatingPoint else { return output }
    TraceContext.checkMayRecord(tape)
    return tape.record(.primitive(primitive), inputs: primals, output: output, original: inputs)
  case .mapped(let mapped):
    let count = mapped.count
    var isMapped: [Bool] = []
    let physical = inputs.map { input in
      let inner = input.physical(at: level)
      isMapped.append(inner != nil)
      return inner ?? input
    }
    let output = primitive.batched(physical, isMapped: isMapped, count: count)
    return .mapped(output, level: level)
  }
}

/// Applies a function that brings its own pullback.
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
  guard let top = inputs.max(by: { $0.level < $1.level }), top.level > 0 else {
    return try function(inputs).output
  }
  let level = top.level
  switch top.content {
  case .dense: return try function(inputs).output
  case .recorded(let recorded):
    let primals = inputs.map { $0.primal(below: level) }
    let (output, pullback) = try function(primals)
    TraceContext.checkMayRecord(recorded.tape)
    return recorded.tape.record(
      .custom(name: name, pullback: pullback), inputs: primals, output: output, original: inputs)
  case .mapped(let mapped):
    let isMapped = inputs.map { $0.physical(at: level) != nil }
    let physical = inputs.map { $0.physical(at: level) ?? $0 }
    let count = mapped.count
    if let batched { return .mapped(try batched(physical, isMapped, count), level: level) }
    let output = try applyCustom(name, physical) { physical in
      let logical = zip(physical, isMapped).map { $1 ? Value.mapped($0, level: level) : $0 }
      let (output, pullback) = try function(logical)
      return (
        output.materialized(at: level, count: count),
        { cotangent in
          let contributions = try pullback(.mapped(cotangent, level: level))
          return zip(contributions, isMapped).map { contribution, isMapped in
            guard let contribution else { return nil }
            let physical = contribution.materialized(at: level, count: count)
            return isMapped ? physical : physical.reduced(.sum, [0])
          }
        }
      )
    }
    return .mapped(output, level: level)
  }
}

extension Value {
  /// The value below the tape of a level, or the value itself where it is not on that tape.
  func primal(below level: Int) -> Value {
    if case .recorded(let recorded) = content, recorded.tape.level == level {
      recorded.primal
    } else {
      self
    }
  }

  /// The physical value where this one is mapped at a level.
  func physical(at level: Int) -> Value? {
    if case .mapped(let mapped) = content, mapped.level == level { mapped.physical } else { nil }
  }

  /// The value as the code inside a map of that level sees it: without its leading axis.
  package static func mapped(_ physical: Value, level: Int) -> Value {
    Value(
      content: .mapped(Mapped(physical: physical, level: level)), shape: physical.shape.removing(0),
      type: physical.type)
  }

  /// The physical value of a result: one that does not depend on the map is repeated.
  package func materialized(at level: Int, count: Int) -> Value {
    physical(at: level) ?? broadcast(to: shape.inserting(count, at: 0))
  }

  /// The value without the tapes that are recording it: gradients stop here.
  package var withoutTapes: Value {
    switch content {
    case .dense: self
    case .recorded(let recorded): recorded.primal.withoutTapes
    case .mapped(let mapped): .mapped(mapped.physical.withoutTapes, level: mapped.level)
    }
  }
}
