/// A value that a tape has seen, and where it came from.
final class Recorded {
  /// The value, at a lower level.
  let primal: Value
  let tape: Tape
  /// The position on the tape.
  let index: Int
  let operation: Operation
  /// What the operation was applied to: values of this tape and of lower levels.
  let inputs: Operands?

  enum Operation {
    case input
    case primitive(Primitive)
    case node(any DifferentiableNode)

    @inline(__always)
    var isDifferentiable: Bool {
      if case .primitive(let primitive) = self { primitive.isDifferentiable } else { true }
    }
  }

  init(primal: Value, tape: Tape, index: Int, operation: Operation, inputs: Operands?) {
    self.primal = primal
    self.tape = tape
    self.index = index
    self.operation = operation
    self.inputs = inputs
  }

  /// What messages call the operation.
  var name: String {
    switch operation {
    case .input: "input"
    case .node(let node): node.name
    case .primitive(let primitive):
      switch primitive {
      case .unary(let operation): "\(operation)"
      case .binary(let operation): "\(operation)"
      case .compare(let comparison): "comparison (\(comparison))"
      case .reduce(let reduction, _): "\(reduction)"
      case .argReduce(let reduction, _): reduction == .maximum ? "argMax" : "argMin"
      case .topIndices: "topK's indices"
      default: "\(primitive.kind)"
      }
    }
  }
}
