/// What one call of `gradient` or `vjp` has seen: the operations on values that depend on its
/// inputs, in the order in which they ran.
final class Tape {
  /// The number of the transform; inner transforms have larger ones.
  let level: Int
  /// Whether the function is running. Afterwards its values are constants to everybody else.
  @exclusivity(unchecked) private(set) var isRecording = true
  @exclusivity(unchecked) private var entries: [Recorded] = []

  init(level: Int) { self.level = level }

  /// Puts an input on the tape; integers and truth values stay as they are.
  func watch(_ value: Value) -> Value {
    guard value.type.isFloatingPoint else { return value }
    return append(Recorded(primal: value, tape: self, index: nextIndex, operation: .input))
  }

  @inline(__always)
  private var nextIndex: Int32 { Int32(truncatingIfNeeded: entries.count) }

  @inline(__always)
  private func append(_ entry: Recorded) -> Value {
    entries.append(entry)
    return Value(content: .recorded(entry), shape: entry.primal.shape, type: entry.primal.type)
  }

  /// Whether an operation with this output is noted.
  ///
  /// Operations without a derivative are noted too, so that the pullback can name what cuts the
  /// result off from the input.
  @inline(__always)
  private func notes(_ output: Value, isDifferentiable: @autoclosure () -> Bool) -> Bool {
    guard isRecording else { return false }
    if level <= TraceContext.recordingFloor {
      guard isDifferentiable(), output.type.isFloatingPoint else { return false }
      TraceContext.refuseToRecord()
    }
    return true
  }

  /// Notes a primitive that was applied to values of lower levels.
  @inline(__always)
  func record(
    _ primitive: Primitive, _ first: Value, _ second: Value?, _ parents: (Int32, Int32),
    _ output: Value
  ) -> Value {
    guard notes(output, isDifferentiable: primitive.isDifferentiable) else { return output }
    return append(
      Recorded(
        primal: output, tape: self, index: nextIndex, operation: .primitive(primitive),
        first: first, second: second, parents: parents))
  }

  /// Notes an operation on `original`, values of this tape or lower levels, which are `inputs`
  /// below it.
  func record(
    _ operation: Recorded.Operation, _ inputs: [Value], original: [Value], _ output: Value
  ) -> Value {
    guard notes(output, isDifferentiable: operation.isDifferentiable) else { return output }
    return append(
      Recorded(
        primal: output, tape: self, index: nextIndex, operation: operation, inputs: inputs,
        parents: original.map { index(of: $0) ?? -1 }))
  }

  /// Stops recording and gives what was recorded. The tape forgets it: entries refer to the tape.
  func finish() -> [Recorded] {
    isRecording = false
    defer { entries = [] }
    return entries
  }

  /// The position of `value`, if it is on this tape.
  @inline(__always)
  func index(of value: Value) -> Int32? {
    if case .recorded(let recorded) = value.content, recorded.tape === self {
      recorded.index
    } else {
      nil
    }
  }
}

/// The cotangents that a pullback gathers, entry by entry of a tape from the last to the first.
struct Cotangents {
  private var values: [Value?]
  private let entries: [Recorded]
  /// The entry whose inputs' cotangents are being gathered.
  private var entry: Recorded
  /// The operation without a derivative that was met last.
  private var obstacle: Recorded?
  private var reachedInput = false

  private init(entries: [Recorded], last: Int) {
    self.entries = entries
    entry = entries[last]
    values = [Value?](repeating: nil, count: last + 1)
  }

  /// The product of cotangents of some entries with the Jacobian, for given entries: nil where
  /// one does not reach the outputs.
  ///
  /// Cotangents are values of lower levels, so what is computed here is recorded by the tapes
  /// around this one and by no other; that is how gradients of gradients come about.
  static func pullback(
    _ seeds: [(index: Int32, cotangent: Value)], through entries: [Recorded], to inputs: [Int32?]
  ) throws -> [Value?] {
    guard let last = seeds.map(\.index).max() else { return inputs.map { _ in nil } }
    var cotangents = Cotangents(entries: entries, last: Int(last))
    for seed in seeds { cotangents.accumulate(seed.cotangent, at: Int(seed.index)) }
    for index in stride(from: Int(last), through: 0, by: -1) {
      guard let cotangent = cotangents.values[index] else { continue }
      try cotangents.pass(cotangent, through: entries[index])
    }
    if !cotangents.reachedInput, let obstacle = cotangents.obstacle {
      trap(
        "gradient",
        "the result depends on the input only through \(obstacle.name), which has no derivative: "
          + "perturb such a function to differentiate it, or use withoutGradient(_:) where a "
          + "constant is meant")
    }
    return inputs.map { index in index.flatMap { $0 <= last ? cotangents.values[Int($0)] : nil } }
  }

  private mutating func pass(_ cotangent: Value, through entry: Recorded) throws {
    self.entry = entry
    switch entry.operation {
    case .input:
      reachedInput = true
      return
    case .primitive(let primitive):
      guard primitive.isDifferentiable else {
        obstacle = entry
        break
      }
      primitive.vjp(entry, cotangent, into: &self)
    case .node(let node):
      guard node.isDifferentiable else {
        obstacle = entry
        break
      }
      let contributions = try node.vjp(
        (0..<entry.inputCount).map(entry.input), output: entry.primal, cotangent: cotangent,
        needed: needs)
      for (position, contribution) in contributions.enumerated() {
        if let contribution, needs(position) { add(contribution, to: position) }
      }
    }
    values[Int(entry.index)] = nil
    if let cut = discreteInput(of: entry) { obstacle = cut }
  }

  /// Where integers or truth values among the inputs of an entry first came from numbers.
  private func discreteInput(of entry: Recorded) -> Recorded? {
    for position in 0..<entry.inputCount {
      let parent = entry.parent(position)
      if parent >= 0, !entries[parent].primal.type.isFloatingPoint {
        return discreteInput(of: entries[parent]) ?? entries[parent]
      }
    }
    return nil
  }

  /// Whether the cotangent of an input of the present entry is wanted.
  @inline(__always)
  func needs(_ position: Int) -> Bool {
    let parent = entry.parent(position)
    return parent >= 0 && entries[parent].primal.type.isFloatingPoint
  }

  /// Adds to the cotangent of an input of the present entry.
  @inline(__always)
  mutating func add(_ contribution: Value, to position: Int) {
    accumulate(contribution, at: entry.parent(position))
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
