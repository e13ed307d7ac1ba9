/// A function of tensors that is one node of every tape: it computes on dense values, gives its
/// vector–Jacobian product with operations or other nodes, and acts on mapped values by itself.
///
/// Where ``applyCustom(_:_:batched:function:)`` runs a function at the level of its inputs, a node
/// only ever computes on dense values; that is what a perturbed call needs, whose function must be
/// evaluated but not followed.
package protocol DifferentiableNode {
  /// What messages call it.
  var name: String { get }

  /// The output at dense inputs.
  func compute(_ inputs: [Value]) throws -> Value

  /// The inputs' cotangents; inputs, output and cotangent may belong to transforms around.
  func vjp(
    _ inputs: [Value], output: Value, cotangent: Value, needed: (Int) -> Bool
  ) throws -> [Value?]

  /// The output, with the mapped axis in front, at values of which those marked have it.
  func batched(_ physical: [Value], isMapped: [Bool], count: Int) throws -> Value
}

/// Applies a node to values of any level.
package func apply(_ node: any DifferentiableNode, _ inputs: [Value]) throws -> Value {
  guard let top = inputs.max(by: { $0.level < $1.level }), top.level > 0 else {
    return try node.compute(inputs)
  }
  let level = top.level
  switch top.content {
  case .dense: return try node.compute(inputs)
  case .recorded(let recorded):
    let primals = inputs.map { $0.primal(below: level) }
    let output = try apply(node, primals)
    TraceContext.checkMayRecord(recorded.tape)
    let isNeeded = inputs.map { recorded.tape.index(of: $0) != nil }
    return recorded.tape.record(
      .custom(
        name: node.name,
        pullback: { cotangent in
          try node.vjp(primals, output: output, cotangent: cotangent, needed: { isNeeded[$0] })
        }), inputs: primals, output: output, original: inputs)
  case .mapped(let mapped):
    let output = try node.batched(
      inputs.map { $0.physical(at: level) ?? $0 },
      isMapped: inputs.map { $0.physical(at: level) != nil }, count: mapped.count)
    return .mapped(output, level: level)
  }
}

extension Value {
  /// Whether a tape follows this value, at whatever level.
  package var isRecorded: Bool {
    switch content {
    case .dense: false
    case .recorded: true
    case .mapped(let mapped): mapped.physical.isRecorded
    }
  }

  /// Whether two dense values share their elements.
  package func sharesElements(with other: Value) -> Bool {
    if case .dense(let a) = content, case .dense(let b) = other.content { a === b } else { false }
  }
}
