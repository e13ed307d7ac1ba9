internal import Synchronization
internal import Tensors

/// The samples of a call at one θ: what passes over them evaluate, and what evaluations have left.
final class SampleSource<Scalar: TensorFloatingPoint>: @unchecked Sendable {
  let evaluator: any BlockEvaluator<Scalar>
  let sampler: Sampler<Scalar>
  let plan: SamplePlan
  let rows: Int
  /// The output of the function for one example.
  let functionLayout: ExampleLayout
  /// What is made of it, and counts as the output.
  let transform: OutputTransform
  let layout: ExampleLayout
  let form: OutputForm
  /// Outputs that the first pass leaves for others; nil where they are evaluated again.
  let kept: KeptOutputs<Scalar>?
  /// Whether later passes may follow from the sums of the first one, as where these tell a baseline.
  let mayFollowTotals: Bool
  /// Outputs of the first samples of row 0, from finding out the output's shape.
  let probe: Probe?
  /// θ as the kernels that find an answer while they draw take it: negated for the smallest entry.
  let origin: (theta: Value, sigma: Scalar)?
  private let idle = Mutex<[LoadedBlock<Scalar>]>([])

  struct Probe {
    let samples: Int
    let outputs: [Scalar]
    let absent: [Int]
  }

  init(
    evaluator: any BlockEvaluator<Scalar>, sampler: Sampler<Scalar>, plan: SamplePlan, rows: Int,
    functionLayout: ExampleLayout, transform: OutputTransform, form: OutputForm,
    kept: KeptOutputs<Scalar>?, mayFollowTotals: Bool, probe: Probe?
  ) {
    self.evaluator = evaluator
    self.sampler = sampler
    self.plan = plan
    self.rows = rows
    self.functionLayout = functionLayout
    self.transform = transform
    layout = transform.layout(functionLayout)
    self.form = form
    self.kept = kept
    self.mayFollowTotals = mayFollowTotals
    self.probe = probe
    let theta = sampler.origins.first
    switch form {
    case .index(ofLargest: false):
      origin = theta.map { ($0.mapped { (x: Scalar) in -x }, -sampler.sigma) }
    case .index, .vote: origin = theta.map { ($0, sampler.sigma) }
    case .dense, .bits: origin = nil
    }
  }

  var inputWidth: Int { sampler.width }
  var outputWidth: Int { layout.width }
  var isIndex: Bool { form.isIndex }
  /// How many answers an output is one of, where it is found while the noise is drawn; 0 elsewhere.
  var answers: Int {
    switch form {
    case .index: inputWidth
    case .vote: 2
    case .dense, .bits: 0
    }
  }

  /// Samples that depend on one another follow each other in units of so many, or 1.
  var unit: Int { sampler.sampling.unit(width: sampler.width) ?? 1 }

  /// A block's memory, which stays for later passes.
  func takeBlock() throws -> LoadedBlock<Scalar> {
    try idle.withLock { $0.popLast() } ?? LoadedBlock(self)
  }

  func giveBack(_ block: LoadedBlock<Scalar>) { idle.withLock { $0.append(block) } }

  /// f(θ) for each row.
  func unperturbed() throws -> [Double] {
    let block = try takeBlock()
    defer { giveBack(block) }
    return try TraceContext.evaluating(for: TraceContext.current) {
      var result: [Double] = []
      for row in 0..<rows { result += try block.unperturbed(row: row) }
      return result
    }
  }
}

/// What is made of a function's output y at an input x before it counts as the output of a sample.
enum OutputTransform: Sendable {
  case identity
  /// y ∘ x.
  case timesInput
  /// ⟨y, x⟩.
  case objective

  /// The layout of what is made of outputs of a layout.
  func layout(_ output: ExampleLayout) -> ExampleLayout {
    switch self {
    case .identity, .timesInput: output
    case .objective: ExampleLayout(shapes: [[1]], types: [output.types[0]])
    }
  }
}
