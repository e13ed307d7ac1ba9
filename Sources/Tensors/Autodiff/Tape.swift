/// What one call of `gradient` or `vjp` has seen: the operations on values that depend on its
/// inputs, in the order in which they ran.
final class Tape {
  /// The number of the transform; inner transforms have larger ones.
  let level: Int
  private(set) var entries: [Entry] = []

  struct Entry {
    let operation: Operation
    let inputs: [Value]
    let output: Value
    /// For each input, the entry that made it, or −1 where it does not depend on the tape's inputs.
    let parents: [Int32]
  }

  enum Operation {
    case input
    case primitive(Primitive)
    case custom(name: String, pullback: (Value) throws -> [Value?])
  }

  init(level: Int) { self.level = level }

  /// Puts an input on the tape.
  func watch(_ value: Value) -> Value {
    append(.input, inputs: [], output: value, parents: [])
  }

  /// Notes an operation on `inputs`, which are values of this tape or of lower levels.
  func record(_ operation: Operation, inputs: [Value], output: Value, original: [Value]) -> Value {
    append(
      operation, inputs: inputs, output: output,
      parents: original.map { value in
        if case .recorded(let recorded) = value.content, recorded.tape === self {
          Int32(truncatingIfNeeded: recorded.index)
        } else {
          -1
        }
      })
  }

  private func append(
    _ operation: Operation, inputs: [Value], output: Value, parents: [Int32]
  ) -> Value {
    entries.append(Entry(operation: operation, inputs: inputs, output: output, parents: parents))
    return Value(
      content: .recorded(.init(primal: output, tape: self, index: entries.count - 1)),
      shape: output.shape, type: output.type)
  }

  /// The entry that made `value`, if it is on this tape.
  func index(of value: Value) -> Int? {
    if case .recorded(let recorded) = value.content, recorded.tape === self {
      recorded.index
    } else {
      nil
    }
  }

  /// The product of cotangents of some entries with the Jacobian, for the first `inputCount`
  /// entries (the inputs). Nil where an input does not reach the outputs.
  ///
  /// Cotangents are values of lower levels, so what is computed here is recorded by the tapes
  /// around this one and by no other; that is how gradients of gradients come about.
  func pullback(_ seeds: [(index: Int, cotangent: Value)], inputCount: Int) throws -> [Value?] {
    guard let last = seeds.map(\.index).max() else {
      return [Value?](repeating: nil, count: inputCount)
    }
    var cotangents = [Value?](repeating: nil, count: Swift.max(last + 1, inputCount))
    func accumulate(_ cotangent: Value, _ index: Int) {
      cotangents[index] = cotangents[index].map { $0 + cotangent } ?? cotangent
    }
    for seed in seeds { accumulate(seed.cotangent, seed.index) }
    for index in stride(from: last, through: 0, by: -1) {
      guard let cotangent = cotangents[index] else { continue }
      let entry = entries[index]
      let contributions: [Value?]
      switch entry.operation {
      case .input: continue
      case .primitive(let primitive):
        contributions = primitive.vjp(
          inputs: entry.inputs, output: entry.output, cotangent: cotangent,
          needed: { entry.parents[$0] >= 0 })
      case .custom(_, let pullback):
        contributions = try pullback(cotangent)
      }
      cotangents[index] = nil
      for (contribution, parent) in zip(contributions, entry.parents) where parent >= 0 {
        if let contribution { accumulate(contribution, Int(parent)) }
      }
    }
    return Array(cotangents[..<inputCount])
  }
}
