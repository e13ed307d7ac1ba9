internal import CKernels
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
      base.makeWorkspace(sampler, samplesPerBlock: samplesPerBlock), sampler, isMultiplicative,
      samplesPerBlock)
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
  private var solutions: UnsafeMutablePointer<Scalar>
  private var capacity: Int
  private let inputs: UnsafeMutablePointer<Scalar>
  private var ones: [Int32] = []

  init(
    _ base: any BlockWorkspace<Scalar>, _ sampler: Sampler<Scalar>, _ isMultiplicative: Bool,
    _ samplesPerBlock: Int
  ) {
    self.base = base
    self.sampler = sampler
    self.isMultiplicative = isMultiplicative
    capacity = samplesPerBlock * sampler.width
    solutions = .allocate(capacity: capacity)
    inputs = .allocate(capacity: samplesPerBlock * sampler.width)
    input = ExampleLayout(
      shapes: sampler.leaves.map { $0.theta.shape.removing(0) },
      types: sampler.leaves.map(\.theta.type))
  }

  deinit {
    solutions.deallocate()
    inputs.deallocate()
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
      try base.evaluate(row: row, samples: samples, layout: &solution) {
        room(count * $0)
      }
    }
    let width = sampler.width
    try extend(solution, &layout)
    sampler.perturb(row: row, samples: samples, into: inputs)
    write(count, output(width + (isMultiplicative ? 0 : 1)))
  }

  func evaluateUnperturbed(
    row: Int, layout: inout ExampleLayout?, output: (Int) -> UnsafeMutablePointer<Scalar>
  ) throws {
    var solution = solutionLayout(layout)
    try base.evaluateUnperturbed(row: row, layout: &solution) { room($0) }
    try extend(solution, &layout)
    let width = sampler.width
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

  /// Memory for solutions. They may be longer than the inputs until the first of them are checked.
  private func room(_ count: Int) -> UnsafeMutablePointer<Scalar> {
    if count > capacity {
      solutions.deallocate()
      capacity = count
      solutions = .allocate(capacity: count)
    }
    return solutions
  }

  private func findOneHot(row: Int, samples: Range<Int>) throws {
    let (count, width) = (samples.count, sampler.width)
    if ones.count < count { ones = [Int32](repeating: 0, count: count) }
    try ones.withUnsafeMutableBufferPointer {
      guard let start = $0.baseAddress else { return }
      try base.evaluateOneHot(row: row, samples: samples, into: start)
    }
    solutions.update(repeating: 0, count: count * width)
    for i in 0..<count { solutions[i * width + Int(ones[i])] = 1 }
  }

  private func write(_ count: Int, _ out: UnsafeMutablePointer<Scalar>) {
    let width = sampler.width
    if Scalar.self == Float.self {
      let y = UnsafeRawPointer(solutions).assumingMemoryBound(to: Float.self)
      let x = UnsafeRawPointer(inputs).assumingMemoryBound(to: Float.self)
      let out = UnsafeMutableRawPointer(out).assumingMemoryBound(to: Float.self)
      isMultiplicative
        ? ck_products_f32(y, x, count * width, out) : ck_with_objective_f32(y, x, count, width, out)
    } else {
      let y = UnsafeRawPointer(solutions).assumingMemoryBound(to: Double.self)
      let x = UnsafeRawPointer(inputs).assumingMemoryBound(to: Double.self)
      let out = UnsafeMutableRawPointer(out).assumingMemoryBound(to: Double.self)
      isMultiplicative
        ? ck_products_f64(y, x, count * width, out) : ck_with_objective_f64(y, x, count, width, out)
    }
  }
}
