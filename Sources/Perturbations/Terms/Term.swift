internal import Tensors

/// What is added up for each sample of a call: numbers tᵢ of sample i, written once, and accumulated as
/// a sum or as moments.
protocol Term<Scalar>: Sendable {
  associatedtype Scalar: TensorFloatingPoint

  /// The numbers of a sample.
  var width: Int { get }

  /// What the term is made of, for some samples of a loaded block.
  ///
  /// - Parameters:
  ///   - block: The block.
  ///   - rows: The samples, counted from the block's first.
  ///   - body: Called with one component after the other; the memory of each is its own until `body`
  ///     returns.
  func components(
    _ block: LoadedBlock<Scalar>, _ rows: Range<Int>, _ body: (Component) -> Void)

  /// sums[k] += Σᵢ tᵢₖ over a loaded block.
  func add(_ block: LoadedBlock<Scalar>, to sums: UnsafeMutablePointer<Double>) throws

  /// Adds the block's moments to none.
  func add(_ block: LoadedBlock<Scalar>, to moments: inout Moments) throws
}

/// Part of a term: tᵢₖ = scale · wᵢ (rᵢₖ − shiftₖ) factorₖ for the columns k of rows r.
struct Component {
  enum Rows {
    /// 1, one column.
    case ones
    /// 1 in every column.
    case constants
    /// y
    case outputs
    /// s(z)
    case scores
    /// s′(z)
    case scoreDerivatives
  }

  let rows: Rows
  /// Columns of the rows, and the first number of the term that they belong to.
  var columns: Range<Int>
  var target = 0
  /// wᵢ at i; nil for 1.
  var weights: UnsafePointer<Double>?
  var scale = 1.0
  /// What is subtracted from the rows.
  var shift: SampleOffsets?
  /// By column of the rows.
  var factors: [Double]?
}

/// Numbers that differ from row to row of a batch, and between the strata of a row: sample i belongs to
/// stratum i mod `strata`.
struct SampleOffsets: Sendable {
  let strata: Int
  let width: Int
  /// [rows, strata, width]; empty for zeros.
  let values: [Double]

  /// Zeros.
  init(zerosOf width: Int) { self.init(strata: 1, width: width, values: []) }

  init(strata: Int, width: Int, values: [Double]) {
    self.strata = strata
    self.width = width
    self.values = values
  }

  var isZero: Bool { values.isEmpty }

  func value(row: Int, sample: Int, column: Int) -> Double {
    isZero ? 0 : values[(row * strata + sample % strata) * width + column]
  }

  /// ⟨g, b⟩ for each row of g, [rows, width].
  func products(_ g: ArraySlice<Double>) -> SampleOffsets {
    if isZero { return SampleOffsets(zerosOf: 1) }
    let products = (0..<values.count / Swift.max(width, 1)).map { place in
      let row = place / strata
      return (0..<width).reduce(0.0) {
        $0 + g[g.startIndex + row * width + $1] * values[place * width + $1]
      }
    }
    return SampleOffsets(strata: strata, width: 1, values: products)
  }
}

extension Term {
  func add(_ block: LoadedBlock<Scalar>, to sums: UnsafeMutablePointer<Double>) throws {
    components(block, 0..<block.count) { block.add($0, to: sums + $0.target) }
  }

  func add(_ block: LoadedBlock<Scalar>, to moments: inout Moments) throws {
    let width = width
    try moments.add(samples: block.samples, unit: block.unit) {
      try add(block, to: $0)
    } terms: { rows, terms in
      terms.update(repeating: 0, count: rows.count * width)
      components(block, rows) { block.write($0, rows, to: terms + $0.target, stride: width) }
    }
  }
}

extension LoadedBlock {
  /// sums[k] += Σᵢ tᵢₖ over the block.
  func add(_ component: Component, to sums: UnsafeMutablePointer<Double>) {
    let width = component.columns.count
    if component.shift?.isZero ?? true, component.factors == nil, component.scale == 1 {
      return addRows(component, to: sums)
    }
    withUnsafeTemporaryAllocation(of: Double.self, capacity: width) { own in
      guard let start = own.baseAddress else { return }
      own.update(repeating: 0)
      addRows(component, to: start)
      if let shift = component.shift, !shift.isZero {
        subtract(shift, component, from: start)
      }
      for k in 0..<width {
        let factor = component.factors.map { $0[component.columns.lowerBound + k] } ?? 1
        sums[k] += component.scale * factor * own[k]
      }
    }
  }

  /// sums[k] += Σᵢ wᵢ rᵢₖ
  private func addRows(_ component: Component, to sums: UnsafeMutablePointer<Double>) {
    let weights = component.weights ?? ones()
    switch component.rows {
    case .ones: sums[0] += RowSums<Scalar>.total(weights, rows: count)
    case .constants:
      let total = RowSums<Scalar>.total(weights, rows: count)
      for k in 0..<component.columns.count { sums[k] += total }
    case .outputs: addOutputs(weights: weights, to: sums)
    case .scores where component.columns == 0..<inputWidth: addScores(weights: weights, to: sums)
    case .scores: add(scores(), inputWidth, columns: component.columns, weights, to: sums)
    case .scoreDerivatives:
      add(scoreDerivatives(), inputWidth, columns: component.columns, weights, to: sums)
    }
  }

  private func subtract(
    _ shift: SampleOffsets, _ component: Component, from sums: UnsafeMutablePointer<Double>
  ) {
    let weights = component.weights ?? ones()
    for stratum in 0..<shift.strata {
      let total: Double
      if shift.strata == 1 {
        total = RowSums<Scalar>.total(weights, rows: count)
      } else {
        let first = (stratum - samples.lowerBound % shift.strata + shift.strata) % shift.strata
        total = stride(from: first, to: count, by: shift.strata).reduce(0) { $0 + weights[$1] }
      }
      let start = (row * shift.strata + stratum) * shift.width + component.columns.lowerBound
      for k in 0..<component.columns.count { sums[k] -= total * shift.values[start + k] }
    }
  }

  /// terms[i · stride + k] += tᵢₖ for some samples, counted from the first of them.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func write(
    _ component: Component, _ rows: Range<Int>, to terms: UnsafeMutablePointer<Double>, stride: Int
  ) {
    let columns = component.columns
    let (source, width): (UnsafePointer<Scalar>?, Int) =
      switch component.rows {
      case .ones, .constants: (nil, 1)
      case .outputs: (outputRows(), outputWidth)
      case .scores: (scores(), inputWidth)
      case .scoreDerivatives: (scoreDerivatives(), inputWidth)
      }
    for i in rows {
      let weight = component.scale * (component.weights?[i] ?? 1)
      let target = terms + (i - rows.lowerBound) * stride
      guard let source else {
        for k in 0..<columns.count {
          target[k] += weight * (component.factors?[columns.lowerBound + k] ?? 1)
        }
        continue
      }
      let row = source + i * width + columns.lowerBound
      if component.shift?.isZero ?? true, component.factors == nil {
        for k in 0..<columns.count { target[k] += weight * row[k].asDouble }
        continue
      }
      for k in 0..<columns.count {
        let column = columns.lowerBound + k
        let shift =
          component.shift?.value(row: self.row, sample: samples.lowerBound + i, column: column) ?? 0
        let factor = component.factors?[column] ?? 1
        target[k] += weight * (row[k].asDouble - shift) * factor
      }
    }
  }

  /// Weights of 1, and of 0 for samples without an output.
  private func ones() -> UnsafePointer<Double> {
    let ones = weights(3)
    ones.update(repeating: 1, count: count)
    clearAbsent(ones)
    return UnsafePointer(ones)
  }
}

extension LoadedBlock {
  /// w[i] = ⟨g, yᵢ⟩ − offset for some samples, with the row's part of `g` [rows, output width].
  func outputWeights(
    _ g: ArraySlice<Double>, _ offsets: SampleOffsets, _ rows: Range<Int>, slot: Int
  ) -> UnsafeMutablePointer<Double> {
    let weights = weights(slot)
    g.withUnsafeBufferPointer { g in
      guard let all = g.baseAddress else { return }
      let start = all + row * outputWidth
      let offset = offsets.strata == 1 && !offsets.isZero ? offsets.values[row] : 0
      if isIndex {
        weightsOfIndex(start, offset: offset, rows, into: weights)
      } else {
        RowSums<Scalar>.dot(
          outputRows() + rows.lowerBound * outputWidth, start, offset: offset, rows: rows.count,
          width: outputWidth, into: weights + rows.lowerBound)
      }
    }
    if offsets.strata > 1 {
      for i in rows {
        weights[i] -= offsets.value(row: row, sample: samples.lowerBound + i, column: 0)
      }
    }
    clearAbsent(weights)
    return weights
  }

  /// w[i] = ⟨rᵢ, u⟩ for rows [samples, input width], with the row's part of `u` [rows, input width].
  func inputWeights(
    _ values: UnsafePointer<Scalar>, _ u: ArraySlice<Double>, _ rows: Range<Int>, slot: Int
  ) -> UnsafeMutablePointer<Double> {
    let weights = weights(slot)
    u.withUnsafeBufferPointer { u in
      guard let all = u.baseAddress else { return }
      RowSums<Scalar>.dot(
        values + rows.lowerBound * inputWidth, all + row * inputWidth, offset: 0, rows: rows.count,
        width: inputWidth, into: weights + rows.lowerBound)
    }
    clearAbsent(weights)
    return weights
  }
}
