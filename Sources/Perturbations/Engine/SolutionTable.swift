/// Distinct outputs and how often each came, in the order of their first sample.
struct SolutionTable: Sendable {
  private let width: Int
  /// [solution, width]
  private(set) var outputs: [Double] = []
  private(set) var counts: [Int] = []
  /// Solutions by hash.
  private var places: [UInt64: [Int]] = [:]

  init(width: Int) { self.width = width }

  /// In the place of samples that somebody else adds up: so many, of zeros.
  init(width: Int, unknown count: Int) {
    self.init(width: width)
    let zeros = [Double](repeating: 0, count: Swift.max(width, 1))
    zeros.withUnsafeBufferPointer { if let start = $0.baseAddress { add(start, count: count) } }
  }

  mutating func removeAll() {
    outputs.removeAll(keepingCapacity: true)
    counts.removeAll(keepingCapacity: true)
    places.removeAll(keepingCapacity: true)
  }

  /// Adds `count` samples with an output of `width` numbers.
  mutating func add(_ output: UnsafePointer<Double>, count: Int) {
    let hash = Self.hash(output, width)
    for place in places[hash, default: []] {
      let start = place * width
      if (0..<width).allSatisfy({ outputs[start + $0] == output[$0] }) {
        counts[place] += count
        return
      }
    }
    places[hash, default: []].append(counts.count)
    outputs.append(contentsOf: UnsafeBufferPointer(start: output, count: width))
    counts.append(count)
  }

  /// Adds the solutions of later samples.
  mutating func merge(_ other: SolutionTable) {
    other.outputs.withUnsafeBufferPointer { outputs in
      for (place, count) in other.counts.enumerated() {
        if let start = outputs.baseAddress { add(start + place * width, count: count) }
      }
    }
  }

  /// Of the values, so that 0 and −0 have one hash; the same in every process.
  private static func hash(_ output: UnsafePointer<Double>, _ width: Int) -> UInt64 {
    var hash: UInt64 = 0x9E37_79B9_7F4A_7C15
    for j in 0..<width {
      hash ^= (output[j] + 0).bitPattern
      hash = (hash ^ (hash >> 32)) &* 0xD6E8_FEB8_6659_FD93
    }
    return hash ^ (hash >> 32)
  }
}

extension SolutionTable {
  func encode(to writer: inout ByteWriter) {
    writer.write(counts.count)
    for count in counts { writer.write(count) }
    writer.write(outputs)
  }

  /// The solutions of so many samples.
  init(decoding reader: inout ByteReader, width: Int, samples: Int) throws(PassPartError) {
    self.init(width: width)
    var counts: [Int] = []
    var left = samples
    for _ in 0..<(try reader.count()) {
      let count = try reader.integer()
      guard count > 0, count <= left else { throw .damaged }
      left -= count
      counts.append(count)
    }
    let outputs = try reader.doubles()
    // What is not a number is no solution, and equal to none, so that each would be one of its own.
    guard left == 0, outputs.count == counts.count * width, outputs.allSatisfy(\.isFinite) else {
      throw .damaged
    }
    outputs.withUnsafeBufferPointer { outputs in
      for (place, count) in counts.enumerated() {
        if let start = outputs.baseAddress { add(start + place * width, count: count) }
      }
    }
  }
}
