/// Chooses items of given weights, of the greatest total value that a capacity allows: the 0/1 knapsack
/// problem, max ⟨values, y⟩ over y ∈ {0, 1}ᵈ with ⟨weights, y⟩ ≤ capacity.
///
/// Input and output have shape [d]: a value for each item, and 1 for each one chosen. Values must be
/// finite; an item whose value is 0 or less is never chosen. With the sense `.minimize` the input holds
/// costs instead, of which items with negative ones are worth choosing.
///
/// A dynamic programme over the items and all capacities (Bellman 1957, "Dynamic Programming"), with
/// sums in `Double`. Of equally good choices the one is returned that leaves out the last item, if they
/// still differ the one before it, and so on.
///
/// With d items and capacity c, both divided by the weights' greatest common divisor, for each solve:
///
/// - Complexity: O(d c), with d c bytes of working memory. No memory is allocated.
public struct Knapsack: Solver {
  /// Working memory of one thread.
  public struct Scratch: Sendable {
    /// The best value for each capacity, with the items so far and with one more.
    fileprivate var best: ContiguousArray<Double>
    fileprivate var next: ContiguousArray<Double>
    /// Whether item i is taken where capacity c is left: [d, capacity + 1].
    fileprivate var isTaken: ContiguousArray<UInt8>
  }

  /// The weight of each item.
  public let weights: [Int]
  /// The most that chosen items may weigh.
  public let capacity: Int
  /// Whether the total value is made as large or as small as can be.
  public let sense: Sense?

  /// 1 for each item chosen, 0 for the others.
  public var output: SolverOutput { .indicator }

  // In units of the greatest common divisor; no more than all weigh together.
  private let units: [Int]
  private let limit: Int

  /// A solver for items of given weights.
  ///
  /// - Parameters:
  ///   - weights: the weight of each item, 0 or more.
  ///   - capacity: the most that chosen items may weigh, 0 or more.
  ///   - sense: whether the total value is made as large or as small as can be.
  /// - Throws: `SolverError.badParameter` if there is no item, a weight or the capacity is negative, or
  ///   items times capacity are more than 2³¹ bytes.
  public init(
    weights: [Int], capacity: Int, sense: Sense = .maximize
  ) throws(SolverError) {
    guard !weights.isEmpty else {
      throw .badParameter(name: "the number of items", value: "0", expected: "at least 1")
    }
    for (item, weight) in weights.enumerated() where weight < 0 {
      throw .badParameter(
        name: "the weight of item \(item)", value: "\(weight)", expected: "0 or more")
    }
    guard capacity >= 0 else {
      throw .badParameter(name: "the capacity", value: "\(capacity)", expected: "0 or more")
    }
    var divisor = 0
    for weight in weights {
      var (a, b) = (divisor, weight)
      while b > 0 { (a, b) = (b, a % b) }
      divisor = a
    }
    let unit = max(divisor, 1)
    units = weights.map { $0 / unit }
    // As much as a capacity can matter: the items that fit one by one, all together.
    var total = 0
    for weight in units where weight <= capacity / unit {
      total = weight < capacity / unit - total ? total + weight : capacity / unit
    }
    limit = total
    let bound = Int(clamping: (Int64(1) << 31) / Int64(weights.count))
    guard limit < bound else {
      throw .badParameter(
        name: "the capacity", value: "\(capacity)",
        expected: "less than \(bound) times the weights' common divisor")
    }
    self.weights = weights
    self.capacity = capacity
    self.sense = sense
  }

  /// The input's shape, which must be [d] for d items.
  public func outputShape(forInput shape: [Int]) throws(SolverError) -> [Int] {
    guard shape == [weights.count] else {
      throw .wrongShape(
        solver: "Knapsack", shape: shape, expected: "[\(weights.count)], one value for each item")
    }
    return shape
  }

  /// Working memory of one thread.
  public func makeScratch(inputCount: Int) -> Scratch {
    Scratch(
      best: .init(repeating: 0, count: limit + 1), next: .init(repeating: 0, count: limit + 1),
      isTaken: .init(repeating: 0, count: weights.count * (limit + 1)))
  }

  /// Writes the indicator of the best choice, in single precision.
  public func solve(
    _ input: Span<Float>, into output: inout MutableSpan<Float>, scratch: inout Scratch
  ) throws(SolverError) {
    try choose(input, into: &output, scratch: &scratch)
  }

  /// Writes the indicator of the best choice, in double precision.
  public func solve(
    _ input: Span<Double>, into output: inout MutableSpan<Double>, scratch: inout Scratch
  ) throws(SolverError) {
    try choose(input, into: &output, scratch: &scratch)
  }

  @inline(__always)
  private func choose<Scalar: BinaryFloatingPoint>(
    _ input: Span<Scalar>, into output: inout MutableSpan<Scalar>, scratch: inout Scratch
  ) throws(SolverError) {
    try checkCounts(
      solver: "Knapsack", input: input.count, expected: weights.count, output: output.count,
      expectedOutput: weights.count)
    guard scratch.isTaken.count == weights.count * (limit + 1) else {
      programmerError("Knapsack: scratch made for other items")
    }
    try checkFinite(input, terms: weights.count, solver: "Knapsack")
    for left in 0...limit { scratch.best[left] = 0 }
    for item in units.indices {
      let value = sense == .minimize ? -Double(input[item]) : Double(input[item])
      output[item] = 0
      // Marked as left out where it does not fit or is worth nothing, for the way back.
      guard value > 0, units[item] <= limit else { continue }
      add(
        item, value: value, to: scratch.best, into: &scratch.next, isTaken: &scratch.isTaken)
      swap(&scratch.best, &scratch.next)
    }
    var left = limit
    for item in units.indices.reversed() {
      let value = sense == .minimize ? -Double(input[item]) : Double(input[item])
      guard value > 0, units[item] <= left else { continue }
      if scratch.isTaken[item * (limit + 1) + left] != 0 {
        output[item] = 1
        left -= units[item]
      }
    }
  }

  /// next[c] = max(best[c], best[c − w] + v) for all capacities c.
  private func add(
    _ item: Int, value: Double, to best: ContiguousArray<Double>,
    into next: inout ContiguousArray<Double>, isTaken: inout ContiguousArray<UInt8>
  ) {
    let (weight, width) = (units[item], limit + 1)
    let best = best.span
    var next = next.mutableSpan
    var isTaken = isTaken.mutableSpan
    for left in 0..<weight { next[unchecked: left] = best[unchecked: left] }
    for left in weight..<width {
      let with = best[unchecked: left &- weight] + value
      let without = best[unchecked: left]
      let isBetter = with > without
      next[unchecked: left] = isBetter ? with : without
      isTaken[unchecked: item &* width &+ left] = isBetter ? 1 : 0
    }
  }
}
