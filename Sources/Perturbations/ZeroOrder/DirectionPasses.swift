internal import Tensors

/// Σ dᵢ zᵢ over all samples, part by part of the parameters, for which the directions are made again:
/// each part is a segment.
struct DirectionSumsPass: Pass {
  /// Elements of a leaf that are summed at a time.
  private static let partWidth = 2048

  struct Part {
    let leaf: ParameterLeaf
    let counters: Range<Int>
  }

  let parts: [Part]
  let sampler: DirectionSampler
  let plan: ZeroOrderPlan
  /// dᵢ
  let coefficients: [Double]
  /// Whether standard errors are wanted beside the sums.
  let findsErrors: Bool
  private let width: Int

  init(
    _ point: ParameterPoint, _ sampler: DirectionSampler, _ plan: ZeroOrderPlan,
    coefficients: [Double], findsErrors: Bool
  ) {
    let isCustom = if case .custom = sampler.distribution.kind { true } else { false }
    parts = point.leaves.flatMap { leaf in
      // A distribution of one's own draws a leaf at a time.
      ZeroOrderPlan.cuts(0..<leaf.count, isCustom ? leaf.count : Self.partWidth).map {
        Part(leaf: leaf, counters: $0)
      }
    }
    width = parts.map(\.counters.count).max() ?? 0
    self.sampler = sampler
    self.plan = plan
    self.coefficients = coefficients
    self.findsErrors = findsErrors
  }

  var segments: Int { parts.count }
  var blocks: Int { (plan.samples - 1) / plan.samplesPerSum + 1 }
  var samples: Int { plan.samples }
  var samplesPerBlock: Int { plan.samplesPerSum }

  /// The coefficients are made of the values of all samples.
  var followsTotals: Bool { true }

  var layout: PartialSums.Layout {
    findsErrors
      ? PartialSums.Layout(moments: [Moments.Layout(width: width)])
      : PartialSums.Layout(sums: width)
  }

  func makeWorker(_ context: EvaluationContext) -> DirectionRows {
    DirectionRows(width: width, groupSize: plan.groupSize, most: plan.samplesPerSum)
  }

  func reduce(
    segment: Int, block: Int, _ rows: DirectionRows, into sums: inout PartialSums
  ) throws {
    let first = block * plan.samplesPerSum
    let samples = first..<Swift.min(first + plan.samplesPerSum, plan.samples)
    let part = parts[segment]
    sums.samples = samples.count
    sums.present = samples.count
    func add<Scalar: TensorFloatingPoint>(_: Scalar.Type) throws {
      if findsErrors {
        try addMoments(part, samples, rows.memory(of: Scalar.self), rows, &sums.moments[0])
      } else {
        try sums.sums.withUnsafeMutableBufferPointer {
          guard let start = $0.baseAddress else { return }
          try addSums(part, samples, rows.memory(of: Scalar.self), rows, to: start)
        }
      }
    }
    try inPrecision(of: part.leaf.theta.type, single: add, double: add)
  }

  private func addSums<Scalar: TensorFloatingPoint>(
    _ part: Part, _ samples: Range<Int>, _ draws: UnsafeMutablePointer<Scalar>,
    _ rows: DirectionRows, to sums: UnsafeMutablePointer<Double>
  ) throws {
    for piece in ZeroOrderPlan.cuts(samples, rows.count) {
      try sampler.draw(part.leaf, samples: piece, counters: part.counters, into: draws)
      coefficients.withUnsafeBufferPointer {
        guard let start = $0.baseAddress else { return }
        RowSums<Scalar>.add(
          draws, weights: start + piece.lowerBound, stride: part.counters.count, rows: piece.count,
          width: part.counters.count, lanes: rows.lanes, to: sums)
      }
    }
  }

  private func addMoments<Scalar: TensorFloatingPoint>(
    _ part: Part, _ samples: Range<Int>, _ draws: UnsafeMutablePointer<Scalar>,
    _ rows: DirectionRows, _ moments: inout Moments
  ) throws {
    var failure: (any Error)?
    try moments.add(samples: samples, unit: plan.groupSize) {
      try addSums(part, samples, draws, rows, to: $0)
    } terms: { range, terms in
      terms.update(repeating: 0, count: range.count * width)
      do {
        for piece in ZeroOrderPlan.cuts(range, rows.count) {
          let own = samples.lowerBound + piece.lowerBound..<samples.lowerBound + piece.upperBound
          try sampler.draw(part.leaf, samples: own, counters: part.counters, into: draws)
          for (row, sample) in own.enumerated() {
            let target = terms + (piece.lowerBound - range.lowerBound + row) * width
            RowSums<Scalar>.widen(
              draws + row * part.counters.count, count: part.counters.count, into: target)
            for k in 0..<part.counters.count { target[k] *= coefficients[sample] }
          }
        }
      } catch { failure = error }
    }
    if let failure { throw failure }
  }
}

/// ⟨zᵢ, uⱼ⟩ for each sample i and some vectors uⱼ over all parameters, collected as values,
/// [samples, vectors].
struct ProjectionPass: Pass {
  private static let partWidth = 2048
  private static let rows = 16

  let point: ParameterPoint
  let sampler: DirectionSampler
  let samples: Int
  let vectors: [ArraySlice<Double>]

  var segments: Int { 1 }
  var blocks: Int { (samples - 1) / Self.rows + 1 }
  var samplesPerBlock: Int { Self.rows }
  var layout: PartialSums.Layout { PartialSums.Layout(values: vectors.count) }

  func makeWorker(_ context: EvaluationContext) -> DirectionRows {
    DirectionRows(width: Self.partWidth, groupSize: 1, most: Self.rows)
  }

  func reduce(
    segment: Int, block: Int, _ rows: DirectionRows, into sums: inout PartialSums
  ) throws {
    let own = block * Self.rows..<Swift.min((block + 1) * Self.rows, samples)
    var products = [Double](repeating: 0, count: own.count * vectors.count)
    func add<Scalar: TensorFloatingPoint>(
      _ leaf: ParameterLeaf, _ counters: Range<Int>, _: Scalar.Type
    ) throws {
      let draws = rows.memory(of: Scalar.self)
      try sampler.draw(leaf, samples: own, counters: counters, into: draws)
      for (position, vector) in vectors.enumerated() {
        vector.withUnsafeBufferPointer { buffer in
          guard let u = buffer.baseAddress else { return }
          for row in 0..<own.count {
            products[row * vectors.count + position] += dotProduct(
              draws + row * counters.count, u + leaf.offset + counters.lowerBound, counters.count)
          }
        }
      }
    }
    for leaf in point.leaves {
      for counters in ZeroOrderPlan.cuts(0..<leaf.count, Self.partWidth) {
        try inPrecision(of: leaf.theta.type) {
          try add(leaf, counters, $0)
        } double: {
          try add(leaf, counters, $0)
        }
      }
    }
    sums.values += products
    sums.samples = own.count
    sums.present = own.count
  }
}

/// One thread's memory for the directions of a few samples, in whole groups.
final class DirectionRows {
  /// Samples at a time.
  let count: Int
  /// Memory for eight sums of each column.
  let lanes: UnsafeMutablePointer<Double>
  private let draws: UnsafeMutableRawPointer

  init(width: Int, groupSize: Int, most: Int) {
    let wanted = Swift.min(Swift.max(1, 32_768 / Swift.max(width, 1)), most)
    count = (wanted + groupSize - 1) / groupSize * groupSize
    lanes = .allocate(capacity: RowSums<Double>.laneCount(width: width))
    draws = .allocate(
      byteCount: Swift.max(count * width, 1) * MemoryLayout<Double>.size, alignment: 64)
  }

  deinit {
    lanes.deallocate()
    draws.deallocate()
  }

  func memory<Scalar>(of type: Scalar.Type) -> UnsafeMutablePointer<Scalar> {
    draws.assumingMemoryBound(to: Scalar.self)
  }
}
