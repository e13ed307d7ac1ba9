public import Tensors

/// What a minimization ended with.
public struct Minimization<Parameters: Tree> {
  /// The last point at which the function's value was a finite number.
  public let parameters: Parameters
  /// The function's value there.
  public let value: Double
  /// The gradient there.
  public let gradient: Parameters
  /// Why the minimization ended. Not to converge is no error.
  public let status: MinimizationStatus
  /// The number of steps that were taken.
  public let steps: Int
  /// How often the function was evaluated.
  public let evaluations: Int
  /// The function's value at the start and after each step.
  public let values: [Double]
  /// The minimizer's state, to go on from.
  public let state: TransformState
}

extension Minimization: Sendable where Parameters: Sendable {}

/// What a progress report is told after each step.
public struct MinimizationProgress<Parameters: Tree> {
  /// The number of the step, from 1.
  public let step: Int
  /// The function's value after it.
  public let value: Double
  /// How often the function has been evaluated.
  public let evaluations: Int
  private let point: MinimizationPoint
  private let template: Parameters

  init(step: Int, evaluations: Int, point: MinimizationPoint, template: Parameters) {
    self.step = step
    self.evaluations = evaluations
    self.point = point
    self.template = template
    value = point.value
  }

  /// The size of the largest element of the gradient.
  public var gradientMaximum: Double { point.gradientMaximum }
  /// The parameters.
  public var parameters: Parameters { template.withLeaves(point.leaves) }
}

/// What a progress report asks for.
public enum ProgressDecision: Sendable {
  /// To go on.
  case proceed
  /// To end with ``MinimizationStatus/stoppedByCaller``.
  case stop
}

/// Looks for parameters at which a function is least.
///
/// ```swift
/// let result = minimize(rosenbrock, from: [-1.2, 1.0], using: .bfgs())
/// result.status      // "every element of the gradient is within the tolerance"
/// ```
///
/// - Parameters:
///   - function: Gives a tensor with one element; differentiated.
///   - start: The parameters to start from.
///   - minimizer: An ``Optimizer``, ``BFGS`` or ``LBFGS``.
///   - rules: When to stop.
///   - state: The state of an earlier minimization to go on from; nil begins anew.
///   - progress: Called after each step.
/// - Returns: The last point, why it is the last, and how it came about.
/// - Throws: What `function` throws.
public func minimize<Parameters: Tree, Scalar: TensorFloatingPoint, E: Error>(
  _ function: (Parameters) throws(E) -> Tensor<Scalar>, from start: Parameters,
  using minimizer: some Minimizer, stopping rules: StoppingRules = StoppingRules(),
  resuming state: TransformState? = nil,
  progress: ((MinimizationProgress<Parameters>) -> ProgressDecision)? = nil
) throws(E) -> Minimization<Parameters> {
  try minimize(
    valueAndGradient: { (parameters: Parameters) throws(E) in
      try valueAndGradient(at: parameters, of: function)
    }, from: start, using: minimizer, stopping: rules, resuming: state, progress: progress)
}

/// Looks for parameters at which a function is least, with a gradient that the function brings
/// itself, such as a zero-order estimate.
///
/// - Parameters:
///   - function: Gives a tensor with one element and a gradient of the parameters' structure.
///   - start: The parameters to start from.
///   - minimizer: An ``Optimizer``, ``BFGS`` or ``LBFGS``.
///   - rules: When to stop.
///   - state: The state of an earlier minimization to go on from; nil begins anew.
///   - progress: Called after each step.
/// - Returns: The last point, why it is the last, and how it came about.
/// - Throws: What `function` throws.
/// - Precondition: the gradient has the parameters' structure.
public func minimize<Parameters: Tree, Scalar: TensorFloatingPoint, E: Error>(
  valueAndGradient function: (Parameters) throws(E) -> (
    value: Tensor<Scalar>, gradient: Parameters
  ),
  from start: Parameters, using minimizer: some Minimizer,
  stopping rules: StoppingRules = StoppingRules(), resuming state: TransformState? = nil,
  progress: ((MinimizationProgress<Parameters>) -> ProgressDecision)? = nil
) throws(E) -> Minimization<Parameters> {
  var evaluations = 0
  func evaluate(_ leaves: [Leaf]) throws(E) -> MinimizationPoint {
    evaluations += 1
    let (value, gradient) = try function(start.withLeaves(leaves))
    require(
      value.count == 1, "minimize",
      "the function gives a tensor of shape \(value.shape), expected one number")
    let gradientLeaves = gradient.leaves
    require(
      gradientLeaves.elementsEqual(leaves) { $0.shape == $1.shape }, "minimize",
      "the gradient has other leaves than the parameters")
    return MinimizationPoint(
      leaves: leaves, value: value.scalar.asDouble, gradient: gradientLeaves,
      precision: Scalar.ulpOfOne.asDouble)
  }
  var state = state ?? minimizer.initialState(for: ParameterList(start))
  var point = try evaluate(start.leaves)
  var values = [point.value]
  var steps = 0
  var status: MinimizationStatus?
  if !point.value.isFinite { status = .valueNotFinite }
  while status == nil {
    if let tolerance = rules.gradientTolerance, point.gradientMaximum <= tolerance {
      status = .gradientWithinTolerance
      break
    }
    if steps >= rules.maximumSteps {
      status = .reachedMaximumSteps
      break
    }
    let previous = point
    guard try minimizer.advance(&point, state: &state, evaluate: evaluate) else {
      status = .foundNoBetterPoint
      break
    }
    steps += 1
    values.append(point.value)
    if !point.value.isFinite {
      status = .valueNotFinite
      point = previous
      break
    }
    if let progress,
      progress(.init(step: steps, evaluations: evaluations, point: point, template: start)) == .stop
    {
      status = .stoppedByCaller
    } else if let tolerance = rules.valueTolerance,
      abs(point.value - previous.value) <= tolerance * max(1, abs(previous.value))
    {
      status = .valueChangeWithinTolerance
    } else if let tolerance = rules.stepTolerance,
      largestChange(from: previous.leaves, to: point.leaves) <= tolerance
    {
      status = .stepWithinTolerance
    }
  }
  return Minimization(
    parameters: start.withLeaves(point.leaves), value: point.value,
    gradient: start.withLeaves(point.gradient), status: status ?? .reachedMaximumSteps,
    steps: steps, evaluations: evaluations, values: values, state: state)
}

private func largestChange(from a: [Leaf], to b: [Leaf]) -> Double {
  zip(a, b).reduce(0) { largest, pair in
    guard pair.0.isFloatingPoint else { return largest }
    return zip(pair.0.doubles, pair.1.doubles).reduce(largest) { max($0, abs($1.0 - $1.1)) }
  }
}
