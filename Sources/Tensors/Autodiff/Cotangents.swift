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
      primitive.vjp(cotangent, into: &self)
    case .node(let node):
      guard node.isDifferentiable else {
        obstacle = entry
        break
      }
      let contributions = try node.vjp(
        (0..<inputCount).map(input), output: entry.primal, cotangent: cotangent,
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
    for position in 0..<Int(entry.inputCount) {
      let parent = entry.parent(position)
      if parent >= 0, !entries[parent].primal.type.isFloatingPoint {
        return discreteInput(of: entries[parent]) ?? entries[parent]
      }
    }
    return nil
  }

  /// How many inputs the present entry has.
  var inputCount: Int { Int(entry.inputCount) }

  /// An input of the present entry, at a level below the tape's. Tapes further out do not see the
  /// cotangents depend on indices and conditions: where they do, they are constant piece by piece.
  @inline(__always)
  func input(_ position: Int) -> Value {
    let parent = entry.parent(position)
    guard let value = parent >= 0 ? entries[parent].primal : entry.constant(position) else {
      trap("gradient", "\(entry.name) has no input \(position)")
    }
    return value.type.isFloatingPoint ? value : value.withoutTapes
  }

  /// The output of the present entry, at a level below the tape's.
  @inline(__always)
  var output: Value { entry.primal }

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
