/// What one call of `gradient` or `vjp` has seen: the operations on values that depend on its
/// inputs, in the order in which they ran.
final class Tape {
  /// The number of the transform; inner transforms have larger ones.
  let level: Int
  /// Whether the function is running. Afterwards its values are constants to everybody else.
  @exclusivity(unchecked) private(set) var isRecording = true
  @exclusivity(unchecked) private var entries: [Recorded] = []
  /// Whether a pullback of a transform inside this one runs a function of its own.
  @exclusivity(unchecked) var isInsidePullback = false

  init(level: Int) { self.level = level }

  /// Puts an input on the tape; integers and truth values stay as they are.
  func watch(_ value: Value) -> Value {
    guard value.type.isFloatingPoint else { return value }
    return append(
      Recorded(primal: value, tape: self, index: nextIndex, operation: .input, inputCount: 0))
  }

  @inline(__always)
  private var nextIndex: Int32 { Int32(truncatingIfNeeded: entries.count) }

  /// Tells the tape around this one where an operation cuts its output off from this one's inputs.
  private func markCut(_ primitive: Primitive, _ output: Value) {
    if primitive.cutsOff { output.outerEntry?.isMetInside = true }
  }

  @inline(__always)
  private func append(_ entry: Recorded) -> Value {
    if isInsidePullback { entry.isMetInside = true }
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

  /// Notes a primitive of one input.
  @inline(__always)
  func record(_ primitive: Primitive, _ parent: Int32, _ output: Value) -> Value {
    guard notes(output, isDifferentiable: primitive.isDifferentiable) else { return output }
    if !output.isDense { markCut(primitive, output) }
    return append(
      Recorded(
        primal: output, tape: self, index: nextIndex, operation: .primitive(primitive),
        inputCount: 1, parents: (parent, -1)))
  }

  /// Notes a primitive of two inputs: for each the entry that made it, or −1 and its value.
  @inline(__always)
  func record(
    _ primitive: Primitive, _ parents: (Int32, Int32), _ constants: (Value?, Value?),
    _ output: Value
  ) -> Value {
    guard notes(output, isDifferentiable: primitive.isDifferentiable) else { return output }
    if !output.isDense { markCut(primitive, output) }
    return append(
      Recorded(
        primal: output, tape: self, index: nextIndex, operation: .primitive(primitive),
        inputCount: 2, parents: parents, constants: constants))
  }

  /// Notes an operation on `inputs`, values of this tape or of lower levels.
  func record(_ operation: Recorded.Operation, _ inputs: [Value], _ output: Value) -> Value {
    guard notes(output, isDifferentiable: operation.isDifferentiable) else { return output }
    if !output.isDense, case .primitive(let primitive) = operation {
      markCut(primitive, output)
    }
    return append(
      Recorded(
        primal: output, tape: self, index: nextIndex, operation: operation, inputs: inputs))
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
