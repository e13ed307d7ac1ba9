internal import Tensors

/// y: the outputs themselves.
struct OutputTerm<Scalar: TensorFloatingPoint>: Term {
  let width: Int

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func components(_ block: LoadedBlock<Scalar>, _ rows: Range<Int>, _ body: (Component) -> Void) {
    body(Component(rows: .outputs, columns: 0..<width))
  }

  func add(_ block: LoadedBlock<Scalar>, to sums: UnsafeMutablePointer<Double>) throws {
    // Absent outputs are zeros.
    try block.addOutputs(to: sums)
  }

  func add(_ block: LoadedBlock<Scalar>, to moments: inout Moments) throws {
    if block.isIndex, moments.layout.scramblings == 0, block.unit == 1 {
      try moments.add(samples: block.count, oneHotCounts: block.addOutputs)
      return
    }
    try moments.add(samples: block.samples, unit: block.unit, sum: block.addOutputs) {
      rows, terms in
      RowSums<Scalar>.widen(
        block.outputRows() + rows.lowerBound * width, count: rows.count * width, into: terms)
    }
  }
}

/// y, by the sample's stratum i mod R: what leaving out a scrambling takes.
struct StratifiedOutputTerm<Scalar: TensorFloatingPoint>: Term {
  let strata: Int
  let outputWidth: Int
  var width: Int { strata * outputWidth }

  func components(_ block: LoadedBlock<Scalar>, _ rows: Range<Int>, _ body: (Component) -> Void) {
    block.stratified(.outputs, width: outputWidth, strata: strata, rows, body)
  }
}

/// s, by the sample's stratum i mod R: what another baseline takes.
struct ScoreTerm<Scalar: TensorFloatingPoint>: Term {
  let strata: Int
  let inputWidth: Int
  var width: Int { strata * inputWidth }

  func components(_ block: LoadedBlock<Scalar>, _ rows: Range<Int>, _ body: (Component) -> Void) {
    block.stratified(.scores, width: inputWidth, strata: strata, rows, body)
  }
}

extension LoadedBlock {
  /// A component for each stratum: the rows of its samples.
  fileprivate func stratified(
    _ kind: Component.Rows, width: Int, strata: Int, _ rows: Range<Int>,
    _ body: (Component) -> Void
  ) {
    for stratum in 0..<strata {
      let weights = weights(0)
      for i in rows { weights[i] = (samples.lowerBound + i) % strata == stratum ? 1 : 0 }
      clearAbsent(weights)
      body(
        Component(
          rows: kind, columns: 0..<width, target: stratum * width,
          weights: UnsafePointer(weights)))
    }
  }
}

/// ⟨y, x⟩ at the perturbed input x: the objective of what the function optimises; Σ y where outputs
/// are y ∘ x already.
struct ObjectiveTerm<Scalar: TensorFloatingPoint>: Term {
  let isMultiplied: Bool
  var width: Int { 1 }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func components(_ block: LoadedBlock<Scalar>, _ rows: Range<Int>, _ body: (Component) -> Void) {
    let weights = block.weights(0)
    let first = rows.lowerBound * block.outputWidth
    if isMultiplied {
      let y = block.outputRows() + first
      for i in 0..<rows.count {
        var sum = 0.0
        for j in 0..<block.outputWidth { sum += y[i * block.outputWidth + j].asDouble }
        weights[rows.lowerBound + i] = sum
      }
    } else {
      RowSums<Scalar>.dot(
        block.outputRows() + first, block.inputs() + first, rows: rows.count,
        width: block.inputWidth, into: weights + rows.lowerBound)
    }
    block.clearAbsent(weights)
    body(Component(rows: .ones, columns: 0..<1, weights: UnsafePointer(weights)))
  }
}

/// 1 where the output differs from f(θ).
struct ChangedTerm<Scalar: TensorFloatingPoint>: Term {
  /// f(θ), [rows, output width].
  let unperturbed: [Double]
  var width: Int { 1 }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func components(_ block: LoadedBlock<Scalar>, _ rows: Range<Int>, _ body: (Component) -> Void) {
    let (weights, width) = (block.weights(0), block.outputWidth)
    let y = block.outputRows()
    for i in rows {
      let isSame = (0..<width).allSatisfy {
        y[i * width + $0].asDouble == unperturbed[block.row * width + $0]
      }
      weights[i] = isSame ? 0 : 1
    }
    block.clearAbsent(weights)
    body(Component(rows: .ones, columns: 0..<1, weights: UnsafePointer(weights)))
  }
}
