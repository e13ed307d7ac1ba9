internal import Tensors

/// The directions of a few samples in one thread's memory, leaf after leaf: [samples, count] each.
final class DirectionBlock {
  private let leaves: [ParameterLeaf]
  private let sampler: DirectionSampler
  private let groupSize: Int
  private let memory: [UnsafeMutableRawPointer]
  let context: EvaluationContext

  /// Memory for at most `capacity` samples, of which `groupSize` are made orthogonal to one another
  /// (0 for none).
  init(
    _ leaves: [ParameterLeaf], _ sampler: DirectionSampler, capacity: Int, groupSize: Int,
    _ context: EvaluationContext = .never
  ) {
    self.context = context
    self.leaves = leaves
    self.sampler = sampler
    self.groupSize = groupSize
    memory = leaves.map {
      .allocate(byteCount: capacity * $0.count * $0.theta.type.size, alignment: 64)
    }
  }

  deinit { for pointer in memory { pointer.deallocate() } }

  /// Draws the directions of samples that begin with a group.
  ///
  /// - Returns: For each group, the factors of the draws in the directions, a square matrix; see
  ///   ``SampleValues/coefficientsOfDraws(_:)``.
  func draw(_ samples: Range<Int>) throws -> [[Double]] {
    func draw<Scalar: TensorFloatingPoint>(
      _ leaf: ParameterLeaf, _ memory: UnsafeMutableRawPointer, _: Scalar.Type
    ) throws {
      try sampler.draw(
        leaf, samples: samples, counters: 0..<leaf.count,
        into: memory.assumingMemoryBound(to: Scalar.self))
    }
    for (leaf, memory) in zip(leaves, memory) {
      try inPrecision(of: leaf.theta.type) {
        try draw(leaf, memory, $0)
      } double: {
        try draw(leaf, memory, $0)
      }
    }
    guard groupSize > 0 else { return [] }
    var mixes: [[Double]] = []
    for start in stride(from: 0, to: samples.count, by: groupSize) {
      let rows = start..<Swift.min(start + groupSize, samples.count)
      let mix = try mix(rows)
      apply(mix, rows)
      mixes.append(mix)
    }
    return mixes
  }

  /// Writes θ + scale · z of one leaf for some rows: [rows, count].
  func perturb(
    leaf index: Int, rows: Range<Int>, scale: Double, into out: UnsafeMutableRawPointer
  ) {
    inPrecision(of: leaves[index].theta.type) { _ in
      perturb(index, rows, Float(scale), out.assumingMemoryBound(to: Float.self))
    } double: { _ in
      perturb(index, rows, scale, out.assumingMemoryBound(to: Double.self))
    }
  }

  private func perturb<Scalar: TensorFloatingPoint>(
    _ index: Int, _ rows: Range<Int>, _ scale: Scalar, _ out: UnsafeMutablePointer<Scalar>
  ) {
    let count = leaves[index].count
    let directions = memory[index].assumingMemoryBound(to: Scalar.self)
    leaves[index].theta.withElements { pointer in
      let theta = pointer.assumingMemoryBound(to: Scalar.self)
      for (position, row) in rows.enumerated() {
        let (z, x) = (directions + row * count, out + position * count)
        for j in 0..<count { x[j] = theta[j] + scale * z[j] }
      }
    }
  }

  // MARK: Groups

  /// √P L⁻¹ for the Gram matrix L Lᵀ of some rows, row-major with zeros above the diagonal: its
  /// product with the rows is orthogonal and has rows of length √P.
  private func mix(_ rows: Range<Int>) throws -> [Double] {
    let n = rows.count
    var gram = [Double](repeating: 0, count: n * n)
    var parameters = 0
    for (leaf, memory) in zip(leaves, memory) {
      parameters += leaf.count
      inPrecision(of: leaf.theta.type) { _ in
        addProducts(memory.assumingMemoryBound(to: Float.self), leaf.count, rows, &gram)
      } double: { _ in
        addProducts(memory.assumingMemoryBound(to: Double.self), leaf.count, rows, &gram)
      }
    }
    // The Cholesky factor, in place of the lower triangle.
    for i in 0..<n {
      for j in 0...i {
        var sum = gram[i * n + j]
        for k in 0..<j { sum -= gram[i * n + k] * gram[j * n + k] }
        if i == j {
          guard sum > 0 else {
            throw PerturbationError.unusableNoise(
              "the directions of a group are linearly dependent; expected at most as many as there "
                + "are parameters, \(parameters)")
          }
          gram[i * n + i] = sum.squareRoot()
        } else {
          gram[i * n + j] = sum / gram[j * n + j]
        }
      }
    }
    let length = Double(parameters).squareRoot()
    var inverse = [Double](repeating: 0, count: n * n)
    for column in 0..<n {
      for i in column..<n {
        var sum = i == column ? length : 0
        for k in column..<i { sum -= gram[i * n + k] * inverse[k * n + column] }
        inverse[i * n + column] = sum / gram[i * n + i]
      }
    }
    return inverse
  }

  private func addProducts<Scalar: TensorFloatingPoint>(
    _ z: UnsafePointer<Scalar>, _ count: Int, _ rows: Range<Int>, _ gram: inout [Double]
  ) {
    let n = rows.count
    for i in 0..<n {
      for j in 0...i {
        let (a, b) = (z + (rows.lowerBound + i) * count, z + (rows.lowerBound + j) * count)
        gram[i * n + j] += dotProduct(a, b, count)
      }
    }
  }

  /// Replaces rows by their product with a lower triangular matrix.
  private func apply(_ mix: [Double], _ rows: Range<Int>) {
    for (leaf, memory) in zip(leaves, memory) {
      inPrecision(of: leaf.theta.type) { _ in
        apply(mix, rows, memory.assumingMemoryBound(to: Float.self), leaf.count)
      } double: { _ in
        apply(mix, rows, memory.assumingMemoryBound(to: Double.self), leaf.count)
      }
    }
  }

  private func apply<Scalar: TensorFloatingPoint>(
    _ mix: [Double], _ rows: Range<Int>, _ z: UnsafeMutablePointer<Scalar>, _ count: Int
  ) {
    let n = rows.count
    let width = 1024
    withUnsafeTemporaryAllocation(of: Double.self, capacity: width) { sums in
      for columns in ZeroOrderPlan.cuts(0..<count, width) {
        // From the last row on, since a row takes part in those after it.
        for i in (0..<n).reversed() {
          for k in 0..<columns.count { sums[k] = 0 }
          for j in 0...i {
            let factor = mix[i * n + j]
            let source = z + (rows.lowerBound + j) * count + columns.lowerBound
            for k in 0..<columns.count { sums[k] += factor * source[k].asDouble }
          }
          let target = z + (rows.lowerBound + i) * count + columns.lowerBound
          for k in 0..<columns.count { target[k] = Scalar(nearest: sums[k]) }
        }
      }
    }
  }
}

/// Σ aₖ bₖ in eight fixed lanes.
func dotProduct<A: TensorFloatingPoint, B: TensorFloatingPoint>(
  _ a: UnsafePointer<A>, _ b: UnsafePointer<B>, _ count: Int
) -> Double {
  var lanes = SIMD8<Double>(repeating: 0)
  var k = 0
  while k + 8 <= count {
    var x = SIMD8<Double>(repeating: 0)
    var y = x
    for lane in 0..<8 {
      x[lane] = a[k + lane].asDouble
      y[lane] = b[k + lane].asDouble
    }
    lanes += x * y
    k += 8
  }
  var sum = lanes.sum()
  while k < count {
    sum += a[k].asDouble * b[k].asDouble
    k += 1
  }
  return sum
}
