public import Solvers
public import Tensors

/// The expectation E[f(θ + σZ)] of a function by formula, without a sample: what ``Perturbed``
/// estimates, right to rounding or to a stated tolerance.
///
/// ```swift
/// let soft = try Exact(ArgMax(), sigma: 0.5, noise: .gumbel)
/// let theta: Tensor<Double> = [-0.6, 1.9, -0.2, 1.1, -1.0]
/// try soft(theta)                                     // softmax(theta / 0.5)
/// try gradient(at: theta) { try soft($0).norm() }
/// ```
///
/// | function | expectation | cost |
/// |---|---|---|
/// | `ArgMax`, `ArgMin` | softmax, or Pᵢ = ∫ p(xᵢ) Π_{j≠i} F(xⱼ) dt/σ with xⱼ = (t − θⱼ)/σ | O(d), O(d Q) |
/// | `Ranking` | Σ_{j≠i} G((θᵢ − θⱼ)/σ), G the distribution function of a difference of draws | O(d²) |
/// | `TopK` | ∫ (1 − F(xᵢ)) dHᵢ, Hᵢ that of the k-th largest of the others | O(d k Q) |
/// | `Sorting` | ∫ t dHₘ, Hₘ that of the m-th entry in order | O(d² Q) |
/// | `LogicalOr`, `LogicalAnd` | 1 − 2 Π F(−θⱼ/σ), and its mirror | O(d) |
///
/// Q is the number of nodes of a quadrature, some 70. Noise: normal, Gumbel, logistic, Laplace and
/// uniform, centred or not; its draws are independent over the entries. A solver of one's own takes
/// part by conforming to ``ExactSolver``. It computes in double precision and rounds to the input's.
public struct Exact: Sendable {
  /// The scale σ of the noise.
  public let sigma: Double
  /// The noise.
  public let noise: Noise
  /// How far elements of the value may be off, where it takes quadrature; in units of σ for sorted
  /// entries. ``errorBound(at:batched:)`` tells what was reached.
  public let tolerance: Double

  /// The tolerance where none is given: 1e-10.
  public static let defaultTolerance = 1e-10

  /// Whether the output optimises ⟨y, θ⟩, and which way.
  let sense: Sense?
  private let expectation: any ExactExpectation
  private let outputShape: @Sendable ([Int]) throws -> [Int]

  /// The expectation of a solver's output.
  ///
  /// - Parameters:
  ///   - solver: The function, which has to be an ``ExactSolver``.
  ///   - sigma: The scale σ of the noise, in units of the input.
  ///   - noise: The noise.
  ///   - tolerance: How far elements of the value may be off, where it takes quadrature.
  /// - Throws: ``PerturbationError`` for parameters out of range, for a solver that has no exact form,
  ///   and for noise under which it has none.
  public init(
    _ solver: some Solver, sigma: Double, noise: Noise = .normal,
    tolerance: Double = defaultTolerance
  ) throws(PerturbationError) {
    guard sigma > 0 && sigma.isFinite else { throw .invalidSigma(sigma) }
    guard tolerance > 0 else {
      throw .invalidParameter(
        name: "tolerance", value: "\(tolerance)", expected: "a positive number")
    }
    guard let exact = solver as? any ExactSolver else {
      throw .invalidParameter(
        name: "solver", value: "\(type(of: solver))",
        expected:
          "one with an exact expectation (argmax, argmin, ranking, sorting, top-k, logical or "
          + "and and, or a type that conforms to ExactSolver); estimate others with Perturbed")
    }
    expectation = try exact.expectation(under: noise)
    outputShape = { try exact.outputShape(forInput: $0) }
    sense = exact.sense
    self.sigma = sigma
    self.noise = noise
    self.tolerance = tolerance
  }

  /// E[f(θ + σZ)].
  ///
  /// The result can be differentiated twice, by any transform, and mapped.
  ///
  /// - Parameters:
  ///   - theta: θ.
  ///   - batched: Whether θ has a batch axis in front; the output has it then too.
  /// - Returns: The expectation, in the shape of the function's output.
  /// - Throws: ``PerturbationError`` for an input that is empty or not finite, `SolverError` for a shape
  ///   that the function does not take.
  public func callAsFunction<Scalar: TensorFloatingPoint>(
    _ theta: Tensor<Scalar>, batched: Bool = false
  ) throws -> Tensor<Scalar> {
    Tensor(try value(theta.value, batched: batched))
  }

  /// The expectation for one leaf.
  func value(_ theta: Value, batched: Bool) throws -> Value {
    let (rows, call) = try call(theta.shape, batched: batched)
    if !batched {
      return try apply(ExactNode(call: call, order: .value, isExample: true), [theta])
    }
    let output = try apply(ExactNode(call: call, order: .value), [theta.reshaped(rows)])
    return output.reshaped(call.shapes.output.inserting(rows[0], at: 0))
  }

  /// The largest estimated error of an element of the value at θ, rounding included.
  ///
  /// - Throws: As `callAsFunction`.
  public func errorBound<Scalar: TensorFloatingPoint>(
    at theta: Tensor<Scalar>, batched: Bool = false
  ) throws -> Double {
    let (rows, call) = try call(theta.shape, batched: batched)
    return try call.evaluated(theta.value.reshaped(rows), isExample: false).reduce(0) {
      // The value is rounded to the input's type at the end.
      let size = $1.value.reduce(0) { Swift.max($0, abs($1)) }
      let rounding = Scalar.self == Double.self ? 0 : size * Scalar.ulpOfOne.asDouble / 2
      return Swift.max($0, $1.errorBound + rounding)
    }
  }

  /// ∂/∂σ E[f(θ + σZ)].
  ///
  /// - Parameter theta: θ of one example.
  /// - Returns: The derivative, in the shape of the function's output.
  /// - Throws: As `callAsFunction`.
  public func sigmaDerivative<Scalar: TensorFloatingPoint>(
    at theta: Tensor<Scalar>
  ) throws -> Tensor<Scalar> {
    let (_, call) = try call(theta.shape, batched: false)
    let evaluated = try call.evaluated(theta.value, isExample: true)[0]
    return Tensor(
      shape: call.shapes.output, scalars: try evaluated.sigmaDerivative().map { Scalar($0) })
  }

  /// E max ⟨y, θ + σZ⟩ over the solutions y, or E min for a function that minimises.
  ///
  /// Its gradient is the expectation itself; less ⟨θ, y⟩ it is the Fenchel–Young loss of a solution y that
  /// is to be matched, up to a constant.
  ///
  /// - Parameters:
  ///   - theta: θ.
  ///   - batched: Whether θ has a batch axis in front.
  /// - Returns: A number, or one for each example.
  /// - Throws: ``PerturbationError`` where the function is no optimum (a sort, a logical or), and as
  ///   `callAsFunction`.
  /// - Complexity: that of the expectation; for top-k that of a sort.
  /// - SeeAlso: Berthet et al. 2020, arXiv:2002.08676, propositions 2.2 and 3.2.
  public func optimum<Scalar: TensorFloatingPoint>(
    _ theta: Tensor<Scalar>, batched: Bool = false
  ) throws -> Tensor<Scalar> {
    Tensor(try optimum(theta.value, batched: batched))
  }

  /// The expected optimum for one leaf.
  func optimum(_ theta: Value, batched: Bool) throws -> Value {
    let (rows, call) = try call(theta.shape, batched: batched)
    let output = try apply(ExactOptimumNode(call: call), [theta.reshaped(rows)])
    return output.reshaped(batched ? [rows[0]] : [])
  }

  /// A call for inputs of a shape, and the shape [rows, width] of all examples.
  private func call(_ shape: Shape, batched: Bool) throws -> (rows: Shape, call: ExactCall) {
    if shape.elementCount == 0 { throw PerturbationError.emptyInput }
    if batched && shape.rank == 0 {
      throw PerturbationError.inconsistentInput("a batched input needs a leading axis")
    }
    let rows = batched ? shape[0] : 1
    let example = batched ? Shape(shape.dropFirst()) : shape
    let call = ExactCall(
      expectation, sigma: sigma, tolerance: tolerance,
      shapes: (example, Shape(try outputShape(example.array))))
    return ([rows, shape.elementCount / rows], call)
  }
}
