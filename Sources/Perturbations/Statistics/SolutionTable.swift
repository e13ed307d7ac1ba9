internal import Tensors

/// Distinct outputs and how often each came, in the order of their first sample.
struct SolutionTable<Scalar: TensorFloatingPoint>: Sendable {
  private let width: Int
  /// [solution, width]
  private(set) var outputs: [Scalar] = []
  private(set) var counts: [Int] = []
  /// Solutions by hash.
  private var places: [UInt64: [Int]] = [:]

  init(width: Int) { self.width = width }

  mutating func add(_ output: UnsafePointer<Scalar>, count: Int) {
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
  private static func hash(_ output: UnsafePointer<Scalar>, _ width: Int) -> UInt64 {
    var hash: UInt64 = 0x9E37_79B9_7F4A_7C15
    for j in 0..<width {
      hash ^= (output[j] + 0).asDouble.bitPattern
      hash = (hash ^ (hash >> 32)) &* 0xD6E8_FEB8_6659_FD93
    }
    return hash ^ (hash >> 32)
  }
}
