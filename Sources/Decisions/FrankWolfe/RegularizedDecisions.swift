public import Perturbations
public import Solvers
public import Tensors

/// Decisions that a quadratic penalty makes continuous: the point μ of the convex hull of all decisions that
/// minimises ⟨ĉ, μ⟩ + λ/2 ‖μ‖², found by the Frank–Wolfe method with away steps.
///
/// Its derivative is that of a projection: with the directions V of the face on which μ lies, ∂μ/∂ĉ = −V Vᵀ/λ.
/// Where costs are maximised, μ maximises ⟨ĉ, μ⟩ − λ/2 ‖μ‖².
///
/// ```swift
/// let decide = try RegularizedDecisions(solver, lambda: 1)
/// let loss = square(try decide(model(x), batched: true) - w).mean()
/// ```
///
/// Computed in double precision.
///
/// - SeeAlso: Dalle, Baty, Bouvier and Parmentier 2022, "Learning with combinatorial optimization layers: a
///   probabilistic approach", arXiv:2207.13513; Niculae, Martins, Blondel and Cardie 2018, "SparseMAP",
///   arXiv:1802.04223, for the derivative.
public struct RegularizedDecisions<S: Solver>: Sendable {
  /// What decides.
  public let solver: S
  /// λ, in units of the costs.
  public let lambda: Double
  /// The most steps.
  public let steps: Int
  /// How little a step promises, in units of ‖μ‖², where an example is done.
  public let tolerance: Double
  private let sign: Double

  /// Decisions by a solver.
  ///
  /// - Parameters:
  ///   - solver: What decides.
  ///   - lambda: λ.
  ///   - steps: The most steps, each with one solve for each example.
  ///   - tolerance: How little a step promises, in units of ‖μ‖², where an example is done.
  /// - Throws: `PerturbationError` for parameters out of range, for a solver without a sense, and for one
  ///   that changes costs before it solves.
  public init(
    _ solver: S, lambda: Double = 1, steps: Int = 1000, tolerance: Double = 1e-6
  ) throws(PerturbationError) {
    try checkPositive(lambda, "lambda")
    try checkPositive(tolerance, "tolerance")
    if steps < 1 {
      throw .invalidParameter(name: "steps", value: "\(steps)", expected: "at least 1")
    }
    self.solver = solver
    self.lambda = lambda
    self.steps = steps
    self.tolerance = tolerance
    sign = try solver.sign(needsOptimum: true)
  }

  /// The regularised decisions.
  ///
  /// - Parameters:
  ///   - costs: ĉ.
  ///   - batched: Whether the first axis counts examples.
  /// - Returns: μ, in the shape of the costs. It can be differentiated once, not under `vmap`.
  /// - Throws: What the solver throws.
  /// - Complexity: Up to ``steps`` + 1 solves for each example.
  public func callAsFunction<Scalar: TensorFloatingPoint>(
    _ costs: Tensor<Scalar>, batched: Bool = false
  ) throws -> Tensor<Scalar> {
    try withPullback(at: costs, name: "RegularizedDecisions") { costs in
      let sets = try nearest(costs, batched: batched)
      return (
        tensor(sets.map(\.point), like: costs),
        { cotangent in
          let rows = Self.rows(cotangent, sets.count)
          let gradients = zip(sets, rows).map { set, row in
            set.projected(row).map { -sign / lambda * $0 }
          }
          return tensor(gradients, like: costs)
        }
      )
    }
  }

  /// For each example, the point nearest to θ = −ĉ/λ, or ĉ/λ where costs are maximised.
  func nearest<Scalar: TensorFloatingPoint>(
    _ costs: Tensor<Scalar>, batched: Bool
  ) throws -> [ActiveSet] {
    let exact = withoutGradient(costs).cast(to: Double.self)
    let batch = batched ? exact : exact.expandingAxis(0)
    let count = batch.shape[0]
    let width = batch.count / Swift.max(count, 1)
    let targets = batch.scalars.map { -sign / lambda * $0 }
    var sets = Self.rows(try solver.decide(batch, batched: true), count)
      .map { ActiveSet(vertex: $0) }
    var open = Array(sets.indices)
    for _ in 0..<steps where !open.isEmpty {
      var gradients = [Double](repeating: 0, count: open.count * width)
      gradients.withUnsafeMutableBufferPointer { gradients in
        targets.withUnsafeBufferPointer { targets in
          guard let gradient = gradients.baseAddress, let target = targets.baseAddress else {
            return
          }
          for (position, index) in open.enumerated() {
            sets[index].writeGradient(target + index * width, into: gradient + position * width)
          }
        }
      }
      // The solver finds the vertex that minimises ⟨gradient, ·⟩.
      let questions = Tensor<Double>(
        shape: batch.shape.replacing(0, with: open.count), scalars: gradients)
      let answers = try solver.decide(questions * Tensor(sign), batched: true)
      var stillOpen: [Int] = []
      answers.withScalars { answers in
        gradients.withUnsafeBufferPointer { gradients in
          guard let gradient = gradients.baseAddress, let vertex = answers.baseAddress else {
            return
          }
          for (position, index) in open.enumerated() {
            let start = position * width
            if sets[index].step(gradient + start, to: vertex + start, tolerance: tolerance) {
              stillOpen.append(index)
            }
          }
        }
      }
      open = stillOpen
    }
    return sets
  }

  private static func rows<Scalar: TensorFloatingPoint>(
    _ batch: Tensor<Scalar>, _ count: Int
  ) -> [[Double]] {
    let scalars = batch.scalars
    let width = count == 0 ? 0 : scalars.count / count
    return (0..<count).map { row in
      scalars[row * width..<(row + 1) * width].map(\.asDouble)
    }
  }
}

/// Rows of numbers as a tensor like another.
func tensor<Scalar: TensorFloatingPoint>(
  _ rows: [[Double]], like other: Tensor<Scalar>
) -> Tensor<Scalar> {
  Tensor(shape: other.shape, scalars: rows.flatMap { $0.map { Scalar(nearest: $0) } })
}

/// The Fenchel–Young loss of ``RegularizedDecisions`` against a known decision w.
///
///     L(ĉ; w) = λ/2 ‖w‖² − λ/2 ‖μ‖² + ⟨ĉ, w − μ⟩        where costs are minimised
///
/// with the gradient w − μ. Convex in ĉ, at least λ/2 ‖w − μ‖², and 0 only where μ is w.
///
/// - SeeAlso: Blondel, Martins and Niculae 2020, "Learning with Fenchel–Young losses", arXiv:1901.02324,
///   section 3; Dalle et al. 2022, arXiv:2207.13513.
public struct RegularizedFenchelYoungLoss<S: Solver>: Sendable {
  /// What gives μ.
  public let decisions: RegularizedDecisions<S>

  /// The loss that belongs to regularised decisions.
  public init(_ decisions: RegularizedDecisions<S>) { self.decisions = decisions }

  /// The loss.
  ///
  /// - Parameters:
  ///   - predicted: ĉ.
  ///   - decision: w, in the same shape.
  ///   - batched: Whether the first axis counts examples.
  /// - Returns: The loss, shape [] or [B].
  /// - Throws: `PerturbationError` for shapes that differ; what the solver throws.
  /// - Complexity: As for ``RegularizedDecisions``.
  public func callAsFunction<Scalar: TensorFloatingPoint>(
    _ predicted: Tensor<Scalar>, decision: Tensor<Scalar>, batched: Bool = false
  ) throws -> Tensor<Scalar> {
    try predicted.checkShape(of: decision, "decisions")
    let decision = withoutGradient(decision)
    let lambda = decisions.lambda
    let sign: Tensor<Scalar> = .number(try decisions.solver.sign())
    return try withPullback(at: predicted, name: "RegularizedFenchelYoungLoss") { predicted in
      let nearest = try decisions(predicted, batched: batched)
      let residual = sign * (decision - nearest)
      let penalties = square(decision) - square(nearest)
      let ones = Tensor<Scalar>.ones(like: decision)
      return (
        penalties.product(ones, batched: batched) * .number(lambda / 2)
          + predicted.product(residual, batched: batched),
        { cotangent in
          var factor = cotangent
          while factor.rank < residual.rank { factor = factor.expandingAxis(factor.rank) }
          return factor * residual
        }
      )
    }
  }
}
