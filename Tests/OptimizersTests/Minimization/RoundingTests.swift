import Optimizers
import Tensors
import Testing

/// Minimization in `Float` down to where values are all rounding error.
@Suite struct RoundingTests {
  /// Σᵢ (2 + 2i − eⁱˣ − eⁱʸ)², i = 1 … 10: 124.362 at x = y = 0.2578 (J. J. Moré, B. S. Garbow,
  /// K. E. Hillstrom, "Testing unconstrained optimization software", 1981, problem 6).
  static func jennrichSampson(_ p: Tensor<Float>) -> Tensor<Float> {
    let i = Tensor<Float>.arange(1, 11)
    return square(2 + 2 * i - exp(i * p[0]) - exp(i * p[1])).sum()
  }

  /// A narrow valley on top of a constant that leaves its last digits alone.
  static func raisedRosenbrock(_ p: Tensor<Float>) -> Tensor<Float> {
    1000 + square(1 - p[0]) + 100 * square(p[1] - square(p[0]))
  }

  /// Starts and the value there.
  static let problems: [(String, @Sendable (Tensor<Float>) -> Tensor<Float>, Double)] = [
    ("Jennrich–Sampson", jennrichSampson, 124.36218),
    ("Rosenbrock on a hill", raisedRosenbrock, 1000),
  ]

  @Test(arguments: problems) func `ends with a status before the step limit`(
    name: String, loss: @Sendable (Tensor<Float>) -> Tensor<Float>, least: Double
  ) {
    func check<M: Minimizer>(_ minimizer: M, _ start: Tensor<Float>) {
      // A gradient of 0 is out of reach.
      let result = minimize(
        loss, from: start, using: minimizer,
        stopping: StoppingRules(maximumSteps: 5000, gradientTolerance: 0))
      #expect(result.status != .reachedMaximumSteps, "\(name) from \(start): \(result.steps)")
      // Eight rounding errors of a sum of ten squares.
      #expect(result.value <= least * (1 + 8e-6), "\(name) from \(start): \(result.value)")
    }
    for start in [[0.3, 0.4], [0.25, 0.3], [0.1, 0.35], [0.2, 0.2]] as [Tensor<Float>] {
      check(LBFGS(), start)
      check(LBFGS(memory: 3), start)
      check(BFGS(), start)
    }
  }
}
