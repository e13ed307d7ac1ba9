import Optimizers
import Tensors

/// How a minimizer failed on a problem.
struct OptimizerFailure: CustomStringConvertible {
  let problem: String
  let reason: String

  var description: String { "\(problem): \(reason)" }
}

/// Runs a minimizer on the quadratic, Rosenbrock's and the logistic problem, and tells what it did
/// not reach.
///
/// - Parameters:
///   - tolerance: How far above the least value it may end.
///   - minimizer: Makes the minimizer for a problem, with its number of steps.
/// - Returns: No failures where each problem was solved, values were finite, the start was left as
///   it was, and a second run gave the same bits.
func checkOptimizer<M: Minimizer>(
  tolerance: Double, _ minimizer: (Problem) -> (M, steps: Int)
) -> [OptimizerFailure] {
  [Problem.quadratic, .rosenbrock, .logistic].flatMap { problem -> [OptimizerFailure] in
    let (minimizer, steps) = minimizer(problem)
    let before = problem.start.map(\.scalars)
    let result = minimize(
      problem.loss, from: problem.start, using: minimizer, stopping: .steps(steps))
    let again = minimize(
      problem.loss, from: problem.start, using: minimizer, stopping: .steps(min(steps, 50)))
    var reasons: [String] = []
    if !(result.value <= problem.minimum + tolerance) {
      reasons.append("value \(result.value), expected \(problem.minimum) + \(tolerance)")
    }
    if result.value < problem.minimum - 1e-9 { reasons.append("a value below the least one") }
    if problem.loss(result.parameters).scalar != result.value {
      reasons.append("the value is not that of the parameters")
    }
    if before != problem.start.map(\.scalars) { reasons.append("the start has changed") }
    if !result.values.starts(with: again.values) {
      reasons.append("a second run gave other values")
    }
    return reasons.map { OptimizerFailure(problem: problem.name, reason: $0) }
  }
}
