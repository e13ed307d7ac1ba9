/// The cotangents that a pullback gathers, entry by entry of a tape from the last to the first.
struct Cotangents {
  private var values: [Value?]
  private let entries: [Recorded]
  /// The entry whose inputs' cotangents are being gathered.
  private var entry: Recorded
  /// The operation without a derivative that was met last.
  private var obstacle: Recorded?
  private var reachedInput = false
  /// For each entry, whether the outputs depend on it otherwise than through a derivative that a
  /// transform inside this one took.
  private var isDirect: [Bool]

  private init(entries: [Recorded], last: Int) {
    self.entries = entries
    entry = entries[last]
    values = [Value?](repeating: nil, count: last + 1)
    isDirect = [Bool](repeating: false, count: last + 1)
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
    for seed in seeds {
      cotangents.accumulate(seed.cotangent, at: Int(seed.index))
      cotangents.isDirect[Int(seed.index)] = true
    }
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
    return inputs.map { index in
      guard let index, index <= last, let result = cotangents.values[Int(index)] else { return nil }
      if !result.isDense { result.forEachEntry { $0.isDerivative = true } }
      return result
    }
  }

  private mutating func pass(_ cotangent: Value, through entry: Recorded) throws {
    self.entry = entry
    if entry.isDerivative { isDirect[Int(entry.index)] = false }
    switch entry.operation {
    case .input:
      reachedInput = true
      return
    case .primitive(let primitive):
      guard primitive.isDifferentiable else {
        if !cutsLawfully(entry) { obstacle = entry }
        break
      }
      primitive.vjp(cotangent, into: &self)
    case .node(let node):
      guard node.isDifferentiable else {
        obstacle = entry
        break
      }
      let inputs = (0..<inputCount).map(input)
      let contributions = try insidePullback(of: inputs) {
        try node.vjp(inputs, output: entry.primal, cotangent: cotangent, needed: needs)
      }
      for (position, contribution) in contributions.enumerated() {
        if let contribution, needs(position) { add(contribution, to: position) }
      }
    }
    values[Int(entry.index)] = nil
    if let cut = discreteInput(of: entry) { obstacle = cut }
  }

  /// Whether the zero derivative of an entry that is constant piece by piece is one to give.
  ///
  /// The derivative of x · floor(x) is floor(x), and the next one is zero: floor cut nothing off in
  /// the transform inside, which had another way to its input, and here it stands in a derivative.
  /// Where an output depends on such an entry directly, or the transform inside did not meet it, a
  /// first derivative would be lost.
  private func cutsLawfully(_ cut: Recorded) -> Bool {
    !isDirect[Int(entry.index)] && cut.isMetInside
  }

  /// Runs the pullback of a function of one's own: what is constant piece by piece in it has been
  /// differentiated once.
  private func insidePullback<Result>(
    of inputs: [Value], _ body: () throws -> Result
  ) rethrows -> Result {
    var tapes: [Tape] = []
    for input in inputs where !input.isDense {
      input.forEachEntry { if !$0.tape.isInsidePullback { tapes.append($0.tape) } }
    }
    for tape in tapes { tape.isInsidePullback = true }
    defer { for tape in tapes { tape.isInsidePullback = false } }
    return try body()
  }

  /// Where integers or truth values among the inputs of an entry first came from numbers, unless
  /// that is no loss.
  private func discreteInput(of entry: Recorded) -> Recorded? {
    var seen: Set<Int> = []
    return discreteInput(of: entry, &seen)
  }

  private func discreteInput(of entry: Recorded, _ seen: inout Set<Int>) -> Recorded? {
    for position in 0..<Int(entry.inputCount) {
      let parent = entry.parent(position)
      guard isDiscrete(parent), seen.insert(parent).inserted else { continue }
      let cut = entries[parent]
      if cutsLawfully(cut) { continue }
      if let origin = discreteInput(of: cut, &seen) { return origin }
      if !(0..<Int(cut.inputCount)).contains(where: { isDiscrete(cut.parent($0)) }) { return cut }
    }
    return nil
  }

  private func isDiscrete(_ index: Int) -> Bool {
    index >= 0 && !entries[index].primal.type.isFloatingPoint
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
    let parent = entry.parent(position)
    if isDirect[Int(entry.index)] { isDirect[parent] = true }
    accumulate(contribution, at: parent)
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
