/// Working memory of ``Ranking`` for one thread.
public struct RankScratch: Sendable {
  /// Keys and positions, and where a pass of the radix sort puts them; empty for short vectors.
  fileprivate var keys: ContiguousArray<UInt64>
  fileprivate var otherKeys: ContiguousArray<UInt64>
  fileprivate var positions: ContiguousArray<Int32>
  fileprivate var otherPositions: ContiguousArray<Int32>
  /// For each digit, where the next entry with each value of that digit goes.
  fileprivate var places: ContiguousArray<Int32>
  /// The order of the entries of each input of a block.
  var order: [Int32] = []

  init(count: Int) {
    let sorted = count > longestCounted ? count : 0
    keys = .init(repeating: 0, count: sorted)
    otherKeys = keys
    positions = .init(repeating: 0, count: sorted)
    otherPositions = positions
    places = .init(repeating: 0, count: sorted > 0 ? 8 * 256 : 0)
  }
}

/// The longest vector whose ranks are counted pair by pair; the radix sort overtakes about here.
private let longestCounted = 144

/// A scalar with the vector operations that counting ranks needs.
///
/// They stand in requirements because the generic forms of the SIMD operators are not lowered to
/// vector instructions in a generic function, not even a specialised one (measured 150 times slower).
protocol RankScalar: BinaryFloatingPoint, BitwiseCopyable {
  /// As many entries as are ranked at a time.
  associatedtype Lanes
  /// One counter for each of the lanes.
  associatedtype Counts: SIMD

  /// The number of lanes.
  static var lanes: Int { get }
  /// The entries from `start` on, with the other sign if `negated`.
  static func load(_ input: Span<Self>, from start: Int, negated: Bool) -> Lanes
  /// Adds 1 where the lane is above `value`.
  static func count(_ counts: inout Counts, where block: Lanes, above value: Self)
  /// Adds 1 where the lane is `value` or above.
  static func count(_ counts: inout Counts, where block: Lanes, atLeast value: Self)
  /// Adds 1 where the lane is above `value`, or is equal to it and comes after `lane`.
  static func count(
    _ counts: inout Counts, where block: Lanes, above value: Self, orTiedAfter lane: Int)
  /// Writes the counters into the entries from `start` on.
  static func write(_ counts: Counts, into output: inout MutableSpan<Self>, from start: Int)
}

extension Float: RankScalar {
  static var lanes: Int { 16 }

  @inline(__always)
  static func load(_ input: Span<Float>, from start: Int, negated: Bool) -> SIMD16<Float> {
    let block = input.bytes.unsafeLoadUnaligned(
      fromUncheckedByteOffset: start * MemoryLayout<Float>.stride, as: SIMD16<Float>.self)
    return negated ? 0 - block : block
  }

  @inline(__always)
  static func count(_ counts: inout SIMD16<Int32>, where block: SIMD16<Float>, above value: Float) {
    counts.replace(with: counts &+ 1, where: block .> value)
  }

  @inline(__always)
  static func count(
    _ counts: inout SIMD16<Int32>, where block: SIMD16<Float>, atLeast value: Float
  ) {
    counts.replace(with: counts &+ 1, where: block .>= value)
  }

  @inline(__always)
  static func count(
    _ counts: inout SIMD16<Int32>, where block: SIMD16<Float>, above value: Float,
    orTiedAfter lane: Int
  ) {
    let position = SIMD16<Float>(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)
    var later = SIMD16<Int32>()
    later.replace(with: 1, where: position .> Float(lane))
    counts.replace(with: counts &+ 1, where: block .> value)
    counts.replace(with: counts &+ later, where: block .== value)
  }

  @inline(__always)
  static func write(
    _ counts: SIMD16<Int32>, into output: inout MutableSpan<Float>, from start: Int
  ) {
    for lane in 0..<16 { output[unchecked: start + lane] = Float(counts[lane]) }
  }
}

extension Double: RankScalar {
  static var lanes: Int { 8 }

  @inline(__always)
  static func load(_ input: Span<Double>, from start: Int, negated: Bool) -> SIMD8<Double> {
    let block = input.bytes.unsafeLoadUnaligned(
      fromUncheckedByteOffset: start * MemoryLayout<Double>.stride, as: SIMD8<Double>.self)
    return negated ? 0 - block : block
  }

  @inline(__always)
  static func count(_ counts: inout SIMD8<Int64>, where block: SIMD8<Double>, above value: Double) {
    counts.replace(with: counts &+ 1, where: block .> value)
  }

  @inline(__always)
  static func count(
    _ counts: inout SIMD8<Int64>, where block: SIMD8<Double>, atLeast value: Double
  ) {
    counts.replace(with: counts &+ 1, where: block .>= value)
  }

  @inline(__always)
  static func count(
    _ counts: inout SIMD8<Int64>, where block: SIMD8<Double>, above value: Double,
    orTiedAfter lane: Int
  ) {
    let position = SIMD8<Double>(0, 1, 2, 3, 4, 5, 6, 7)
    var later = SIMD8<Int64>()
    later.replace(with: 1, where: position .> Double(lane))
    counts.replace(with: counts &+ 1, where: block .> value)
    counts.replace(with: counts &+ later, where: block .== value)
  }

  @inline(__always)
  static func write(
    _ counts: SIMD8<Int64>, into output: inout MutableSpan<Double>, from start: Int
  ) {
    for lane in 0..<8 { output[unchecked: start + lane] = Double(counts[lane]) }
  }
}

/// Writes the stable rank of each entry. Descending ranks are the ascending ones of −x.
@inline(__always)
func writeRanks<Scalar: RankScalar>(
  _ input: Span<Scalar>, into output: inout MutableSpan<Scalar>, scratch: inout RankScratch,
  descending: Bool, solver: String
) throws(SolverError) {
  let count = input.count
  try checkCounts(solver: solver, input: count, output: output.count, expectedOutput: count)
  let longest = Int(min(Int64(2) << Scalar.significandBitCount, Int64(Int32.max)))
  guard count <= longest else {
    throw .badParameter(
      name: "\(solver)'s number of entries", value: "\(count)",
      expected: "at most \(longest) in this precision")
  }
  var isNumber = true
  for i in 0..<count {
    let value = input[unchecked: i]
    isNumber = isNumber && value == value
  }
  guard isNumber else { throw notANumber(input, solver: solver) }
  if count > longestCounted {
    guard scratch.keys.count >= count else {
      programmerError(
        "\(solver): scratch made for \(scratch.keys.count) entries, used for \(count)")
    }
    radixRanks(
      input, into: &output, descending: descending, keys: &scratch.keys,
      otherKeys: &scratch.otherKeys, positions: &scratch.positions,
      otherPositions: &scratch.otherPositions, places: &scratch.places)
  } else if count >= Scalar.lanes {
    countedRanks(input, into: &output, descending: descending)
  } else {
    for i in 0..<count {
      let value = input[unchecked: i]
      var rank = 0
      for j in 0..<count {
        let other = input[unchecked: j]
        let before = descending ? other > value : other < value
        rank += before || (j < i && other == value) ? 1 : 0
      }
      output[unchecked: i] = Scalar(rank)
    }
  }
}

/// rank(i) = #{j : x_j < x_i} + #{j < i : x_j = x_i}, for as many i at a time as there are lanes.
///
/// The last block of lanes overlaps the one before it where the lanes do not divide the length.
@inline(__always)
private func countedRanks<Scalar: RankScalar>(
  _ input: Span<Scalar>, into output: inout MutableSpan<Scalar>, descending: Bool
) {
  let count = input.count
  let width = Scalar.lanes
  var start = 0
  while true {
    let block = Scalar.load(input, from: start, negated: descending)
    var ranks = Scalar.Counts()
    for j in 0..<start {
      let value = input[unchecked: j]
      Scalar.count(&ranks, where: block, atLeast: descending ? -value : value)
    }
    for j in start..<(start + width) {
      let value = input[unchecked: j]
      Scalar.count(
        &ranks, where: block, above: descending ? -value : value, orTiedAfter: j - start)
    }
    for j in (start + width)..<count {
      let value = input[unchecked: j]
      Scalar.count(&ranks, where: block, above: descending ? -value : value)
    }
    Scalar.write(ranks, into: &output, from: start)
    if start + width == count { return }
    start = min(start + width, count - width)
  }
}

/// Ranks by a stable radix sort, least significant byte first, of keys that order like the numbers.
@inline(__always)
private func radixRanks<Scalar: BinaryFloatingPoint>(
  _ input: Span<Scalar>, into output: inout MutableSpan<Scalar>, descending: Bool,
  keys keyMemory: inout ContiguousArray<UInt64>,
  otherKeys otherKeyMemory: inout ContiguousArray<UInt64>,
  positions positionMemory: inout ContiguousArray<Int32>,
  otherPositions otherPositionMemory: inout ContiguousArray<Int32>,
  places placeMemory: inout ContiguousArray<Int32>
) {
  let count = input.count
  let digits = MemoryLayout<Scalar>.size
  var keys = keyMemory.mutableSpan
  var otherKeys = otherKeyMemory.mutableSpan
  var positions = positionMemory.mutableSpan
  var otherPositions = otherPositionMemory.mutableSpan
  var places = placeMemory.mutableSpan
  for i in 0..<(digits * 256) { places[unchecked: i] = 0 }
  for i in 0..<count {
    let key = orderedKey(input[unchecked: i], descending: descending)
    keys[unchecked: i] = key
    positions[unchecked: i] = Int32(truncatingIfNeeded: i)
    for digit in 0..<digits {
      places[unchecked: digit * 256 + Int((key >> UInt64(8 * digit)) & 255)] += 1
    }
  }
  var swapped = false
  for digit in 0..<digits {
    // A digit that is the same everywhere moves nothing: the rule for most bytes of small integers.
    let first = swapped ? otherKeys[unchecked: 0] : keys[unchecked: 0]
    let base = digit * 256
    if places[unchecked: base + Int((first >> UInt64(8 * digit)) & 255)] == count { continue }
    var next: Int32 = 0
    for value in 0..<256 {
      let here = places[unchecked: base + value]
      places[unchecked: base + value] = next
      next += here
    }
    if swapped {
      pass(
        count: count, digit: digit, from: otherKeys, otherPositions, to: &keys, &positions,
        places: &places)
    } else {
      pass(
        count: count, digit: digit, from: keys, positions, to: &otherKeys, &otherPositions,
        places: &places)
    }
    swapped.toggle()
  }
  for rank in 0..<count {
    let position = swapped ? otherPositions[unchecked: rank] : positions[unchecked: rank]
    output[unchecked: Int(position)] = Scalar(rank)
  }
}

@inline(__always)
private func pass(
  count: Int, digit: Int, from keys: borrowing MutableSpan<UInt64>,
  _ positions: borrowing MutableSpan<Int32>, to newKeys: inout MutableSpan<UInt64>,
  _ newPositions: inout MutableSpan<Int32>, places: inout MutableSpan<Int32>
) {
  for i in 0..<count {
    let key = keys[unchecked: i]
    let bucket = digit * 256 + Int((key >> UInt64(8 * digit)) & 255)
    let place = Int(places[unchecked: bucket])
    places[unchecked: bucket] += 1
    newKeys[unchecked: place] = key
    newPositions[unchecked: place] = positions[unchecked: i]
  }
}

/// An unsigned number that orders like `value` (or against it): the bit pattern with the sign bit
/// turned for positive numbers and all bits for negative ones. −0 becomes 0 first.
@inline(__always)
private func orderedKey<Scalar: BinaryFloatingPoint>(_ value: Scalar, descending: Bool) -> UInt64 {
  if MemoryLayout<Scalar>.size == 4 {
    let pattern = (Float(value) + 0).bitPattern
    let key = pattern ^ (pattern >> 31 == 1 ? 0xFFFF_FFFF : 0x8000_0000)
    return UInt64(descending ? ~key : key)
  }
  let pattern = (Double(value) + 0).bitPattern
  let key = pattern ^ (pattern >> 63 == 1 ? UInt64.max : 1 << 63)
  return descending ? ~key : key
}
