internal import Tensors

/// Sums of directions with coefficients: Σ dᵢ zᵢ, leaf by leaf and part by part of a leaf, for which
/// the directions are made again.
extension ZeroOrderCall {
  /// Sums for each leaf that is perturbed.
  struct Sums {
    /// scale · Σ dᵢ zᵢ, in the leaves' shapes and types.
    var values: [Value] = []
    /// The standard error of `values`, from the spread of independent groups of samples.
    var errors: [Value] = []
  }

  /// `scale` Σ dᵢ zᵢ for the coefficients dᵢ of the draws, with standard errors if wanted: of as
  /// many samples as are not absent, whose coefficients are zeros.
  func sums(
    _ point: Point, _ coefficients: [Double], scale: Double, absent: Int = 0,
    wantsErrors: Bool = false
  ) throws -> Sums {
    var result = Sums()
    for leaf in point.leaves {
      let (value, error) =
        leaf.theta.type == .double
        ? try sums(leaf, plan(point), coefficients, scale, absent, wantsErrors, Double.self)
        : try sums(leaf, plan(point), coefficients, scale, absent, wantsErrors, Float.self)
      result.values.append(value)
      if wantsErrors { result.errors.append(error) }
    }
    return result
  }

  private func sums<Scalar: TensorFloatingPoint>(
    _ leaf: ParameterLeaf, _ plan: ZeroOrderPlan, _ coefficients: [Double], _ scale: Double,
    _ absent: Int, _ wantsErrors: Bool, _ type: Scalar.Type
  ) throws -> (Value, Value) {
    var failure: (any Error)?
    var errors = Value.zeros([0], leaf.theta.type)
    let values = Value.dense(leaf.theta.shape, leaf.theta.type) { values in
      func run(_ errors: UnsafeMutablePointer<Scalar>?) {
        do {
          try addParts(
            leaf, plan, coefficients, scale, absent, values.assumingMemoryBound(to: Scalar.self),
            errors)
        } catch { failure = error }
      }
      guard wantsErrors else { return run(nil) }
      errors = .dense(leaf.theta.shape, leaf.theta.type) {
        run($0.assumingMemoryBound(to: Scalar.self))
      }
    }
    if let failure { throw failure }
    return (values, errors)
  }

  /// Elements of a leaf that are summed at a time.
  private static let partWidth = 2048
  /// Draws from which on it pays to use several threads.
  private static let fewDraws = 100_000

  private func addParts<Scalar: TensorFloatingPoint>(
    _ leaf: ParameterLeaf, _ plan: ZeroOrderPlan, _ coefficients: [Double], _ scale: Double,
    _ absent: Int, _ values: UnsafeMutablePointer<Scalar>, _ errors: UnsafeMutablePointer<Scalar>?
  ) throws {
    var width = Self.partWidth
    if case .custom = estimator.distribution.kind { width = leaf.count }
    let parts = ZeroOrderPlan.cuts(0..<leaf.count, width)
    let threads = leaf.count * plan.samples < Self.fewDraws ? 1 : Int.max
    // Parts are written to different places.
    nonisolated(unsafe) let values = values
    nonisolated(unsafe) let errors = errors
    try executor(threads: threads).run(blocks: parts.count) {
      PartialSums<Scalar>(
        width: Swift.min(width, leaf.count), groupSize: plan.groupSize, wantsSquares: errors != nil)
    } body: { part, partial in
      let counters = parts[part]
      try partial.add(leaf, counters, plan, coefficients, sampler)
      let n = Double(plan.samples - absent)
      let groups = Double((plan.samples - absent + plan.groupSize - 1) / plan.groupSize)
      for k in 0..<counters.count {
        let sum = partial.total[k]
        values[counters.lowerBound + k] = Scalar(nearest: sum * scale)
        if let errors {
          // The variance of group means, weighted by the groups' sizes, over the number of samples.
          let spread = Swift.max(0, partial.totalSquares[k] - sum * sum / n)
          let error = (spread / (groups - 1) * n).squareRoot() * Swift.abs(scale)
          errors[counters.lowerBound + k] = Scalar(nearest: groups > 1 ? error : .nan)
        }
      }
    } combine: { _, _ in
    }
  }

  /// ⟨zᵢ, uⱼ⟩ for each sample and some vectors over all parameters.
  func projections(_ point: Point, _ vectors: [[Double]]) throws -> [[Double]] {
    let plan = plan(point)
    let blocks = ZeroOrderPlan.cuts(0..<plan.samples, 16)
    var result = [[Double]](repeating: [], count: vectors.count)
    try executor().run(blocks: blocks.count) {
      ProjectionMemory(width: Self.partWidth, rows: 16)
    } body: { block, memory in
      let samples = blocks[block]
      var products = [[Double]](
        repeating: [Double](repeating: 0, count: samples.count), count: vectors.count)
      for leaf in point.leaves {
        for counters in ZeroOrderPlan.cuts(0..<leaf.count, Self.partWidth) {
          let start = leaf.offset + counters.lowerBound
          if leaf.theta.type == .double {
            try sampler.draw(leaf, samples: samples, counters: counters, into: memory.doubles)
          } else {
            try sampler.draw(leaf, samples: samples, counters: counters, into: memory.floats)
          }
          for (position, vector) in vectors.enumerated() {
            vector.withUnsafeBufferPointer { buffer in
              guard let u = buffer.baseAddress else { return }
              for row in 0..<samples.count {
                let offset = row * counters.count
                products[position][row] +=
                  leaf.theta.type == .double
                  ? dotProduct(memory.doubles + offset, u + start, counters.count)
                  : dotProduct(memory.floats + offset, u + start, counters.count)
              }
            }
          }
        }
      }
      return products
    } combine: { _, products in
      for position in vectors.indices { result[position] += products[position] }
    }
    return result
  }
}

/// One thread's memory for projections.
private final class ProjectionMemory {
  let doubles: UnsafeMutablePointer<Double>
  let floats: UnsafeMutablePointer<Float>

  init(width: Int, rows: Int) {
    doubles = .allocate(capacity: width * rows)
    floats = .allocate(capacity: width * rows)
  }

  deinit {
    doubles.deallocate()
    floats.deallocate()
  }
}

/// One thread's sums for a part of a leaf.
private final class PartialSums<Scalar: TensorFloatingPoint> {
  /// Σ dᵢ zᵢ.
  let total: UnsafeMutablePointer<Double>
  /// Σ t²/n over groups of n samples, t being the sum of a group.
  let totalSquares: UnsafeMutablePointer<Double>
  private let block: UnsafeMutablePointer<Double>
  private let blockSquares: UnsafeMutablePointer<Double>
  private let group: UnsafeMutablePointer<Double>
  private let draws: UnsafeMutablePointer<Scalar>
  private let rows: Int
  private let wantsSquares: Bool

  init(width: Int, groupSize: Int, wantsSquares: Bool) {
    // Whole groups, so that a group's sum needs no more than one piece.
    let most = Swift.max(1, 16_384 / Swift.max(width, 1))
    rows = (most + groupSize - 1) / groupSize * groupSize
    total = .allocate(capacity: width)
    totalSquares = .allocate(capacity: width)
    block = .allocate(capacity: width)
    blockSquares = .allocate(capacity: width)
    group = .allocate(capacity: width)
    draws = .allocate(capacity: rows * width)
    self.wantsSquares = wantsSquares
  }

  deinit {
    for pointer in [total, totalSquares, block, blockSquares, group] { pointer.deallocate() }
    draws.deallocate()
  }

  /// Sums over all samples: each block of samples by itself, then the blocks in order.
  func add(
    _ leaf: ParameterLeaf, _ counters: Range<Int>, _ plan: ZeroOrderPlan, _ coefficients: [Double],
    _ sampler: DirectionSampler
  ) throws {
    let width = counters.count
    total.update(repeating: 0, count: width)
    totalSquares.update(repeating: 0, count: width)
    for samples in ZeroOrderPlan.cuts(0..<plan.samples, plan.samplesPerSum) {
      block.update(repeating: 0, count: width)
      blockSquares.update(repeating: 0, count: width)
      for piece in ZeroOrderPlan.cuts(samples, rows) {
        try sampler.draw(leaf, samples: piece, counters: counters, into: draws)
        if wantsSquares {
          addWithSquares(piece, width, plan.groupSize, coefficients)
        } else {
          addWeighted(piece.lowerBound, 0..<piece.count, width, coefficients, to: block)
        }
      }
      for k in 0..<width { total[k] += block[k] }
      if wantsSquares { for k in 0..<width { totalSquares[k] += blockSquares[k] } }
    }
  }

  private func addWithSquares(
    _ piece: Range<Int>, _ width: Int, _ groupSize: Int, _ coefficients: [Double]
  ) {
    for rows in ZeroOrderPlan.cuts(0..<piece.count, groupSize) {
      group.update(repeating: 0, count: width)
      addWeighted(piece.lowerBound, rows, width, coefficients, to: group)
      let weight = 1 / Double(rows.count)
      for k in 0..<width {
        block[k] += group[k]
        blockSquares[k] += weight * group[k] * group[k]
      }
    }
  }

  /// Adds dᵢ zᵢ in the order of the samples, four at a time so that sums stay in registers.
  private func addWeighted(
    _ first: Int, _ rows: Range<Int>, _ width: Int, _ coefficients: [Double],
    to sums: UnsafeMutablePointer<Double>
  ) {
    var row = rows.lowerBound
    while row + 4 <= rows.upperBound {
      let z = draws + row * width
      let (z1, z2, z3) = (z + width, z + 2 * width, z + 3 * width)
      let d = coefficients[first + row]
      let d1 = coefficients[first + row + 1]
      let d2 = coefficients[first + row + 2]
      let d3 = coefficients[first + row + 3]
      for k in 0..<width {
        var sum = sums[k] + d * z[k].asDouble
        sum += d1 * z1[k].asDouble
        sum += d2 * z2[k].asDouble
        sum += d3 * z3[k].asDouble
        sums[k] = sum
      }
      row += 4
    }
    while row < rows.upperBound {
      let (z, d) = (draws + row * width, coefficients[first + row])
      for k in 0..<width { sums[k] += d * z[k].asDouble }
      row += 1
    }
  }
}
