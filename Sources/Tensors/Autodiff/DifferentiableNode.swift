/// A function of tensors that is one node of every tape: it computes on dense values, gives its
/// vector–Jacobian product with operations or other nodes, and acts on mapped values by itself.
///
/// However many transforms there are around it, it computes once.
package protocol DifferentiableNode {
  /// What messages call it.
  var name: String { get }

  /// Whether the output carries derivatives; a gradient that has no other way to its input than
  /// through a node that does not is refused.
  var isDifferentiable: Bool { get }

  /// The output at dense inputs.
  func compute(_ inputs: [Value]) throws -> Value

  /// The inputs' cotangents; inputs, output and cotangent may belong to transforms around.
  func vjp(
    _ inputs: [Value], output: Value, cotangent: Value, needed: (Int) -> Bool
  ) throws -> [Value?]

  /// The output, with the mapped axis in front, at values of which those marked have it.
  func batched(_ physical: [Value], isMapped: [Bool], count: Int) throws -> Value

  /// The same, where the node has to know the map.
  func batched(_ physical: [Value], isMapped: [Bool], under map: MapScope) throws -> Value
}

extension DifferentiableNode {
  package var isDifferentiable: Bool { true }

  package func batched(
    _ physical: [Value], isMapped: [Bool], under map: MapScope
  ) throws -> Value {
    try batched(physical, isMapped: isMapped, count: map.count)
  }
}

/// Applies a node to values of any level.
package func apply(_ node: any DifferentiableNode, _ inputs: [Value]) throws -> Value {
  let inputs = inputs.map(\.live)
  guard let top = Operands(inputs).top else { return try node.compute(inputs) }
  switch top.content {
  case .dense, .single: return try node.compute(inputs)
  case .recorded(let recorded):
    let tape = recorded.tape
    let primals = inputs.map { $0.primal(on: tape) }
    let output = try apply(node, primals)
    return tape.record(.node(node), inputs, output)
  case .mapped(let mapped):
    let map = mapped.map
    let (physical, isMapped) = map.physical(Operands(inputs))
    return map.wrap(try node.batched(Array(physical), isMapped: isMapped, under: map))
  }
}
