internal import Tensors

/// What the outputs are compared with in a derivative: b, its products with a cotangent, and the factor
/// of y − b.
struct BaselineValues: Sendable {
  /// b, [rows, strata, output width].
  let values: SampleOffsets
  /// Of weights that change their sign with z, for each row.
  let odd: [Double]
  /// Of weights that are the same at z and −z, for each row.
  let even: [Double]
  /// Whether b follows from the outputs of all samples.
  var followsTotals = false
}

/// ⟨g, y − b⟩ s: the derivative of ⟨g, ȳ⟩, times σ. With a linear model of slopes c,
/// (⟨g, y − b⟩ − ⟨c, s⟩) s + E[s²] c.
struct CotangentTerm<Scalar: TensorFloatingPoint>: Term {
  /// [rows, output width]
  let g: ArraySlice<Double>
  /// ⟨g, b⟩
  let offsets: SampleOffsets
  let width: Int
  var model: LinearControlVariate?

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func components(_ block: LoadedBlock<Scalar>, _ rows: Range<Int>, _ body: (Component) -> Void) {
    let weights = block.outputWeights(g, offsets, rows, slot: 0)
    if let model { model.subtract(block, rows, from: weights) }
    body(Component(rows: .scores, columns: 0..<width, weights: UnsafePointer(weights)))
    model?.components(block, rows, body)
  }
}

/// (y − b) ⟨s, u⟩: the derivative of ȳ along u, times σ.
struct TangentTerm<Scalar: TensorFloatingPoint>: Term {
  /// [rows, input width]
  let u: ArraySlice<Double>
  let baseline: SampleOffsets
  let width: Int

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func components(_ block: LoadedBlock<Scalar>, _ rows: Range<Int>, _ body: (Component) -> Void) {
    let weights = block.inputWeights(block.scores(), u, rows, slot: 0)
    body(
      Component(
        rows: .outputs, columns: 0..<width, weights: UnsafePointer(weights), shift: baseline))
  }
}

/// ⟨g, y − b⟩ (even (s ⟨s, u⟩ − s′ ∘ u) − odd s ∘ u): the Hessian of ⟨g, ȳ⟩ times u.
struct SecondCotangentTerm<Scalar: TensorFloatingPoint>: Term {
  /// [rows, output width]
  let g: ArraySlice<Double>
  /// [rows, input width]
  let u: ArraySlice<Double>
  /// ⟨g, b⟩
  let offsets: SampleOffsets
  let width: Int
  /// Factors of the second derivative in the location, and of the first.
  var even: [Double]?
  var odd: [Double]?

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func components(_ block: LoadedBlock<Scalar>, _ rows: Range<Int>, _ body: (Component) -> Void) {
    // Scores and their derivatives come from one draw.
    _ = block.noise()
    let scores = block.scores()
    let weights = block.outputWeights(g, offsets, rows, slot: 0)
    let along = block.inputWeights(scores, u, rows, slot: 1)
    for i in rows { along[i] *= weights[i] }
    let start = u.startIndex + block.row * width
    let direction = Array(u[start..<start + width])
    let scale = even?[block.row] ?? 1
    body(
      Component(
        rows: .scores, columns: 0..<width, weights: UnsafePointer(along), scale: scale))
    body(
      Component(
        rows: .scoreDerivatives, columns: 0..<width, weights: UnsafePointer(weights),
        scale: -scale, factors: direction))
    if let odd = odd?[block.row], odd != 0 {
      body(
        Component(
          rows: .scores, columns: 0..<width, weights: UnsafePointer(weights), scale: -odd,
          factors: direction))
    }
  }
}

/// (y − b) (⟨s, u⟩⟨s, v⟩ − ⟨s′ ∘ u, v⟩): the second derivative of ȳ along u and v, times σ².
struct SecondTangentTerm<Scalar: TensorFloatingPoint>: Term {
  /// [rows, input width]
  let u: ArraySlice<Double>
  let v: ArraySlice<Double>
  /// u ∘ v
  let uv: [Double]
  let baseline: SampleOffsets
  let width: Int

  init(u: ArraySlice<Double>, v: ArraySlice<Double>, baseline: SampleOffsets, width: Int) {
    self.u = u
    self.v = v
    uv = zip(u, v).map { $0 * $1 }
    self.baseline = baseline
    self.width = width
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func components(_ block: LoadedBlock<Scalar>, _ rows: Range<Int>, _ body: (Component) -> Void) {
    _ = block.noise()
    let scores = block.scores()
    let weights = block.inputWeights(scores, u, rows, slot: 0)
    let others = block.inputWeights(scores, v, rows, slot: 1)
    let curvatures = block.inputWeights(block.scoreDerivatives(), uv[...], rows, slot: 2)
    for i in rows { weights[i] = weights[i] * others[i] - curvatures[i] }
    body(
      Component(
        rows: .outputs, columns: 0..<width, weights: UnsafePointer(weights), shift: baseline))
  }
}

/// ⟨g, y − b⟩ (even (s sᵀ − diag s′) − odd diag s), some lines of the upper triangle one after the
/// other: the Hessian of ⟨g, ȳ⟩.
struct HessianTerm<Scalar: TensorFloatingPoint>: Term {
  /// [rows, output width]
  let g: ArraySlice<Double>
  /// ⟨g, b⟩
  let offsets: SampleOffsets
  let inputWidth: Int
  let lines: Range<Int>
  let even: [Double]
  let odd: [Double]

  var width: Int { lines.reduce(0) { $0 + inputWidth - $1 } }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func components(_ block: LoadedBlock<Scalar>, _ rows: Range<Int>, _ body: (Component) -> Void) {
    _ = block.noise()
    let scores = block.scores()
    let weights = block.outputWeights(g, offsets, rows, slot: 0)
    let (even, odd) = (even[block.row], odd[block.row])
    let own = block.weights(1)
    var target = 0
    for k in lines {
      for i in rows { own[i] = weights[i] * scores[i * inputWidth + k].asDouble }
      body(
        Component(
          rows: .scores, columns: k..<inputWidth, target: target, weights: UnsafePointer(own),
          scale: even))
      body(
        Component(
          rows: .scoreDerivatives, columns: k..<k + 1, target: target,
          weights: UnsafePointer(weights), scale: -even))
      if odd != 0 {
        body(
          Component(
            rows: .scores, columns: k..<k + 1, target: target, weights: UnsafePointer(weights),
            scale: -odd))
      }
      target += inputWidth - k
    }
  }
}

/// ⟨g, y − b⟩ (even (⟨z, s⟩ − d) − odd drift ⟨1, s⟩): the derivative of ⟨g, ȳ⟩ in σ.
///
/// z·s − d is the same at z and −z, while the drift of a multiplicative perturbation is multiplied by
/// s, which is not: each has its own factor.
struct SigmaTerm<Scalar: TensorFloatingPoint>: Term {
  /// [rows, output width]
  let g: ArraySlice<Double>
  /// ⟨g, b⟩
  let offsets: SampleOffsets
  let inputWidth: Int
  let noise: Noise
  let drift: Double
  let even: [Double]
  let odd: [Double]

  var width: Int { 1 }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func components(_ block: LoadedBlock<Scalar>, _ rows: Range<Int>, _ body: (Component) -> Void) {
    let z = block.noise()
    let scores = block.scores()
    let weights = block.outputWeights(g, offsets, rows, slot: 0)
    let (even, odd) = (even[block.row], odd[block.row] * drift)
    for i in rows {
      var (products, total) = (-Double(inputWidth), 0.0)
      for k in i * inputWidth..<(i + 1) * inputWidth {
        let score = scores[k].asDouble
        products += (z[k].asDouble - noise.offset) * noise.scale * score
        total += score
      }
      weights[i] *= even * products - odd * total
    }
    body(Component(rows: .ones, columns: 0..<1, weights: UnsafePointer(weights)))
  }
}
