internal import Tensors

/// Evaluates solutions y of a linear objective together with the objective's value ⟨y, x⟩ at the
/// perturbed input x: outputs are y and ⟨y, x⟩ for additive noise, y ∘ x for multiplicative.
///
/// The mean of the second is the perturbed maximum; that of y, or of y ∘ x divided by θ, is its
/// gradient.
struct MaximumEvaluator<Scalar: TensorFloatingPoint>: BlockEvaluator {
  let base: any BlockEvaluator<Scalar>
  let isMultiplicative: Bool

  func knownOutput(for input: ExampleLayout) throws -> ExampleLayout? {
    try base.knownOutput(for: input).map { try Self.extended($0, input, isMultiplicative) }
  }

  func makeWorkspace(
    _ sampler: Sampler<Scalar>, samplesPerBlock: Int
  ) -> any BlockWorkspace<Scalar> {
    MaximumWorkspace(
      base.makeWorkspace(sampler, samplesPerBlock: samplesPerBlock), sampler, isMultiplicative)
  }

  /// The layout with the objective's value, for solutions of the input's shapes.
  static func extended(
    _ solution: ExampleLayout, _ input: ExampleLayout, _ isMultiplicative: Bool
  ) throws(PerturbationError) -> ExampleLayout {
    guard solution.shapes == input.shapes else {
      throw .inconsistentInput(
        "the function gave \(solution), expected the shape of its input, "
          + "\(input.shapes.map(\.description).joined(separator: ", ")): ⟨y, θ⟩ is what it optimises"
      )
    }
    if isMultiplicative { return solution }
    return ExampleLayout(
      shapes: solution.shapes + [[1]], types: solution.types + [Scalar.elementType])
  }
}

private final class MaximumWorkspace<Scalar: TensorFloatingPoint>: BlockWorkspace {
  private let base: any BlockWorkspace<Scalar>
  private let sampler: Sampler<Scalar>
  private let isMultiplicative: Bool
  private let input: ExampleLayout
  private var solutions: [Scalar] = []
  private var inputs: [Scalar] = []
  private var ones: [Int32] = []

  init(_ base: any BlockWorkspace<Scalar>, _ sampler: Sampler<Scalar>, _ isMultiplicative: Bool) {
    self.base = base
    self.sampler = sampler
    self.isMultiplicative = isMultiplicative
    input = ExampleLayout(
      shapes: sampler.leaves.map { $0.theta.shape.removing(0) },
      types: sampler.leaves.map(\.theta.type))
  }

  func evaluate(
    row: Int, samples: Range<Int>, layout: inout ExampleLayout?,
    output: (Int) -> UnsafeMutablePointer<Scalar>
  ) throws {
    let count = samples.count
    var solution = solutionLayout(layout)
    if base.isOneHot {
      try findOneHot(row: row, samples: samples)
    } else {
      try collect(&solution) { layout, memory in
        try base.evaluate(row: row, samples: samples, layout: &layout) { width in
          memory(count * width)
        }
      }
    }
    let width = sampler.width
    try extend(solution, &layout)
    if inputs.count < count * width { inputs = [Scalar](repeating: 0, count: count * width) }
    inputs.withUnsafeMutableBufferPointer {
      if let start = $0.baseAddress { sampler.perturb(row: row, samples: samples, into: start) }
    }
    write(count, output(width + (isMultiplicative ? 0 : 1)))
  }

  func evaluateUnperturbed(
    row: Int, layout: inout ExampleLayout?, output: (Int) -> UnsafeMutablePointer<Scalar>
  ) throws {
    var solution = solutionLayout(layout)
    try collect(&solution) { layout, memory in
      try base.evaluateUnperturbed(row: row, layout: &layout) { memory($0) }
    }
    try extend(solution, &layout)
    let width = sampler.width
    if inputs.count < width { inputs = [Scalar](repeating: 0, count: width) }
    var start = 0
    for leaf in sampler.leaves {
      leaf.theta.withElements { pointer in
        let theta = pointer.assumingMemoryBound(to: Scalar.self) + row * leaf.count
        for j in 0..<leaf.count { inputs[start + j] = theta[j] }
      }
      start += leaf.count
    }
    write(1, output(width + (isMultiplicative ? 0 : 1)))
  }

  /// The layout of the solutions alone.
  private func solutionLayout(_ layout: ExampleLayout?) -> ExampleLayout? {
    guard var layout, !isMultiplicative else { return layout }
    layout.shapes.removeLast()
    layout.types.removeLast()
    return layout
  }

  private func extend(_ solution: ExampleLayout?, _ layout: inout ExampleLayout?) throws {
    guard layout == nil, let solution else { return }
    layout = try MaximumEvaluator<Scalar>.extended(solution, input, isMultiplicative)
  }

  /// Lets the function write its solutions into memory of this workspace.
  private func collect(
    _ layout: inout ExampleLayout?,
    _ evaluate: (inout ExampleLayout?, (Int) -> UnsafeMutablePointer<Scalar>) throws -> Void
  ) throws {
    var memory: UnsafeMutablePointer<Scalar>?
    var total = 0
    defer { memory?.deallocate() }
    try evaluate(&layout) { count in
      let allocated = UnsafeMutablePointer<Scalar>.allocate(capacity: Swift.max(count, 1))
      memory = allocated
      total = count
      return allocated
    }
    solutions = Array(UnsafeBufferPointer(start: memory, count: total))
  }

  private func findOneHot(row: Int, samples: Range<Int>) throws {
    let (count, width) = (samples.count, sampler.width)
    if ones.count < count { ones = [Int32](repeating: 0, count: count) }
    try ones.withUnsafeMutableBufferPointer {
      guard let start = $0.baseAddress else { return }
      try base.evaluateOneHot(row: row, samples: samples, into: start)
    }
    solutions = [Scalar](repeating: 0, count: count * width)
    for i in 0..<count { solutions[i * width + Int(ones[i])] = 1 }
  }

  private func write(_ count: Int, _ out: UnsafeMutablePointer<Scalar>) {
    let width = sampler.width
    if isMultiplicative {
      for i in 0..<count * width { out[i] = solutions[i] * inputs[i] }
      return
    }
    for i in 0..<count {
      var sum = 0.0
      let row = out + i * (width + 1)
      for j in 0..<width {
        let y = solutions[i * width + j]
        row[j] = y
        sum += y.asDouble * inputs[i * width + j].asDouble
      }
      row[width] = Scalar(nearest: sum)
    }
  }
}
