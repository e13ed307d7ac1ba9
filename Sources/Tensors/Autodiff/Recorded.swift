/// A value that a tape has seen, and where it came from.
final class Recorded {
  /// The value, at a lower level.
  let primal: Value
  let tape: Tape
  /// The position on the tape.
  let index: Int32
  let operation: Operation
  /// How many values the operation was applied to.
  let inputCount: Int32
  /// For each of them the entry that made it, or −1 where the tape does not follow it.
  private let firstParent: Int32
  private let secondParent: Int32
  private let otherParents: [Int32]
  /// For each of them its value where no entry made it. Entries do not keep one another alive, so
  /// that a long tape does not unravel one call inside the other.
  private let firstConstant: Value?
  private let secondConstant: Value?
  private let otherConstants: [Value?]
  /// Whether a pullback of a transform inside this tape's gave the value.
  @exclusivity(unchecked) var isDerivative = false
  /// Whether a transform inside this tape's met the operation too, or made it for a pullback.
  @exclusivity(unchecked) var isMetInside = false

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
    primal: Value, tape: Tape, index: Int32, operation: Operation, inputCount: Int32,
    parents: (Int32, Int32) = (-1, -1), constants: (Value?, Value?) = (nil, nil)
  ) {
    self.primal = primal
    self.tape = tape
    self.index = index
    self.operation = operation
    self.inputCount = inputCount
    (firstParent, secondParent) = parents
    otherParents = []
    (firstConstant, secondConstant) = constants
    otherConstants = []
  }

  /// The entry of an operation on any number of values.
  init(primal: Value, tape: Tape, index: Int32, operation: Operation, inputs: [Value]) {
    let parents = inputs.map { tape.index(of: $0) ?? -1 }
    let constants = zip(inputs, parents).map { $1 < 0 ? $0 : nil }
    self.primal = primal
    self.tape = tape
    self.index = index
    self.operation = operation
    inputCount = Int32(inputs.count)
    firstParent = parents.first ?? -1
    secondParent = parents.count > 1 ? parents[1] : -1
    otherParents = Array(parents.dropFirst(2))
    firstConstant = constants.first ?? nil
    secondConstant = constants.count > 1 ? constants[1] : nil
    otherConstants = Array(constants.dropFirst(2))
  }

  /// An input that the tape does not follow.
  @inline(__always)
  func constant(_ position: Int) -> Value? {
    position == 0 ? firstConstant : position == 1 ? secondConstant : otherConstants[position - 2]
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
