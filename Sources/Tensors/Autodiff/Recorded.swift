/// A value that a tape has seen, and where it came from.
final class Recorded {
  /// The value, at a lower level.
  let primal: Value
  let tape: Tape
  /// The position on the tape.
  let index: Int32
  let operation: Operation
  /// What the operation was applied to, at lower levels: entries do not keep one another alive,
  /// so that a long tape does not unravel one call inside the other.
  let first: Value?
  let second: Value?
  let others: [Value]
  /// For each of them the entry that made it, or −1 where the tape does not follow it.
  private let firstParent: Int32
  private let secondParent: Int32
  private let otherParents: [Int32]

  enum Operation {
    case input
    case primitive(Primitive)
    case node(any DifferentiableNode)

    @inline(__always)
    var isDifferentiable: Bool {
      switch self {
      case .input: true
      case .primitive(let primitive): primitive.isDifferentiable
      case .node(let node): node.isDifferentiable
      }
    }
  }

  /// The entry of an operation on at most two values.
  @inline(__always)
  init(
    primal: Value, tape: Tape, index: Int32, operation: Operation, first: Value? = nil,
    second: Value? = nil, parents: (Int32, Int32) = (-1, -1)
  ) {
    self.primal = primal
    self.tape = tape
    self.index = index
    self.operation = operation
    self.first = first
    self.second = second
    others = []
    (firstParent, secondParent) = parents
    otherParents = []
  }

  /// The entry of an operation on any number of values.
  init(
    primal: Value, tape: Tape, index: Int32, operation: Operation, inputs: [Value],
    parents: [Int32]
  ) {
    self.primal = primal
    self.tape = tape
    self.index = index
    self.operation = operation
    first = inputs.first
    second = inputs.count > 1 ? inputs[1] : nil
    others = Array(inputs.dropFirst(2))
    firstParent = parents.first ?? -1
    secondParent = parents.count > 1 ? parents[1] : -1
    otherParents = Array(parents.dropFirst(2))
  }

  /// How many values the operation was applied to.
  var inputCount: Int { first == nil ? 0 : second == nil ? 1 : 2 + others.count }

  /// A value that the operation was applied to. Tapes further out do not see the cotangents depend
  /// on indices and conditions: where they do, they are constant piece by piece.
  @inline(__always)
  func input(_ position: Int) -> Value {
    guard let value = position == 0 ? first : position == 1 ? second : others[position - 2] else {
      trap("gradient", "\(name) has no input \(position)")
    }
    return value.type.isFloatingPoint ? value : value.withoutTapes
  }

  /// The entry that made an input, or −1.
  @inline(__always)
  func parent(_ position: Int) -> Int {
    Int(position == 0 ? firstParent : position == 1 ? secondParent : otherParents[position - 2])
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
