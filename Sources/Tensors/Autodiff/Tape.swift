/// What one call of `gradient` or `vjp` has seen: the operations on values that depend on its
/// inputs, in the order in which they ran.
final class Tape {
  /// The number of the transform; inner transforms have larger ones.
  let level: Int
  /// Whether the function is running. Afterwards its values are constants to everybody else.
  private(set) var isRecording = true
  private var entries: [Recorded] = []

  init(level: Int) { self.level = level }

  /// Puts an input on the tape; integers and truth values stay as they are.
  func watch(_ value: Value) -> Value {
    value.type.isFloatingPoint ? append(.input, nil, value) : value
  }

  /// Notes an operation, whose output was computed at lower levels.
  ///
  /// Operations without a derivative are noted too, so that the pullback can name what cuts the
  /// result off from the input.
  @inline(__always)
  func record(_ operation: Recorded.Operation, _ inputs: Operands, _ output: Value) -> Value {
    if level <= TraceContext.recordingFloor {
      guard operation.isDifferentiable, output.type.isFloatingPoint else { return output }
      TraceContext.refuseToRecord()
    }
    return append(operation, inputs, output)
  }

  @inline(__always)
  private func append(
    _ operation: Recorded.Operation, _ inputs: Operands?, _ output: Value
  ) -> Value {
    let recorded = Recorded(
      primal: output, tape: self, index: entries.count, operation: operation, inputs: inputs)
    entries.append(recorded)
    return Value(content: .recorded(recorded), shape: output.shape, type: output.type)
  }

  /// Stops recording and gives what was recorded. The tape forgets it: entries refer to the tape.
  func finish() -> [Recorded] {
    isRecording = false
    defer { entries = [] }
    return entries
  }

  /// The position of `value`, if it is on this tape.
  func index(of value: Value) -> Int? {
    if case .recorded(let recorded) = value.content, recorded.tape === self {
      recorded.index
    } else {
      nil
    }
  }
}

/// The cotangents that a pullback gathers, entry by entry of a tape from the last to the first.
struct Cotangents {
  private let tape: Tape
  private var values: [Value?]
  private var inputs: Operands?
  /// The operation without a derivative that was met last.
  private var obstacle: Recorded?
  private var reachedInput = false

  init(tape: Tape, count: Int) {
    self.tape = tape
    values = [Value?](repeating: nil, count: count)
  }

  /// The product of cotangents of some entries with the Jacobian, for given entries: nil where
  /// one does not reach the outputs.
  ///
  /// Cotangents are values of lower levels, so what is computed here is recorded by the tapes
  /// around this one and by no other; that is how gradients of gradients come about.
  static func pullback(
    _ seeds: [(index: Int, cotangent: Value)], through entries: [Recorded], of tape: Tape,
    to inputs: [Int?]
  ) throws -> [Value?] {
    guard let last = seeds.map(\.index).max() else { return inputs.map { _ in nil } }
    var cotangents = Cotangents(tape: tape, count: last + 1)
    for seed in seeds { cotangents.accumulate(seed.cotangent, at: seed.index) }
    for index in stride(from: last, through: 0, by: -1) {
      try cotangents.passThrough(entries[index])
    }
    if !cotangents.reachedInput, let obstacle = cotangents.obstacle {
      trap(
        "gradient",
        "the result depends on the input only through \(obstacle.name), which has no derivative: "
          + "perturb such a function to differentiate it, or use withoutGradient(_:) where a "
          + "constant is meant")
    }
    return inputs.map { index in index.flatMap { $0 <= last ? cotangents.values[$0] : nil } }
  }

  private mutating func passThrough(_ entry: Recorded) throws {
    guard let cotangent = values[entry.index] else { return }
    guard let inputs = entry.inputs else {
      reachedInput = true
      return
    }
    values[entry.index] = nil
    self.inputs = inputs
    switch entry.operation {
    case .input: return
    case .primitive(let primitive):
      guard entry.operation.isDifferentiable else {
        obstacle = entry
        return
      }
      primitive.vjp(
        inputs.mapped { $0.primal(on: tape) }, output: entry.primal, cotangent: cotangent,
        into: &self)
    case .node(let node):
      let contributions = try node.vjp(
        inputs.map { $0.primal(on: tape) }, output: entry.primal, cotangent: cotangent,
        needed: needs)
      for (position, contribution) in contributions.enumerated() {
        if let contribution, needs(position) { add(contribution, to: position) }
      }
    }
    inputs.forEachPosition { _, input in
      guard !input.type.isFloatingPoint, case .recorded(let recorded) = input.content,
        recorded.tape === tape
      else { return }
      obstacle = recorded
    }
  }

  /// Whether the cotangent of an input of the present entry is wanted.
  @inline(__always)
  func needs(_ position: Int) -> Bool {
    guard let input = inputs?[position], input.type.isFloatingPoint else { return false }
    return tape.index(of: input) != nil
  }

  /// Adds to the cotangent of an input of the present entry.
  @inline(__always)
  mutating func add(_ contribution: Value, to position: Int) {
    guard let input = inputs?[position], let index = tape.index(of: input) else { return }
    accumulate(contribution, at: index)
  }

  private mutating func accumulate(_ contribution: Value, at index: Int) {
    guard var sum = values[index].take() else {
      values[index] = contribution
      return
    }
    if !sum.addInPlace(contribution) { sum = sum + contribution }
    values[index] = sum
  }
}
