import Optimizers
import Tensors
import Testing

/// The strong Wolfe conditions, seen from outside: the first step of BFGS is along the gradient.
@Suite struct LineSearchTests {
  /// Functions of one number that make a line search widen, narrow and turn back.
  static let functions: [(String, start: Double, @Sendable (Tensor<Double>) -> Tensor<Double>)] = [
    ("parabola, far too short a step", -1e4, { square($0) * 1e-4 }),
    ("parabola, far too long a step", -3, { square($0) * 1e4 }),
    ("fourth power", -2, { square(square($0)) }),
    ("Moré and Thuente's first", 0, { -$0 / (square($0) + 2) }),
    ("waves", -2, { square($0) * 0.1 + sin($0 * 5) * 0.3 }),
    ("a wall", -5, { exp($0) - $0 }),
  ]

  @Test(arguments: functions) func `an accepted step satisfies the conditions`(
    name: String, start: Double, function: @Sendable (Tensor<Double>) -> Tensor<Double>
  ) {
    for curvature in [0.9, 0.1] {
      let before = valueAndGradient(at: Tensor(start), of: function)
      let result = minimize(
        function, from: Tensor(start), using: BFGS(curvature: curvature), stopping: .steps(1))
      let after = valueAndGradient(at: result.parameters, of: function)
      // Along d = −g: φ′(0) = −g², φ′(α) = −g(α) g, and α = (x − x₀) / −g.
      let slope = -before.gradient.scalar * before.gradient.scalar
      let step = (result.parameters.scalar - start) / -before.gradient.scalar
      #expect(result.steps == 1)
      #expect(step > 0)
      #expect(after.value.scalar <= before.value.scalar + 1e-4 * step * slope)
      #expect(
        abs(after.gradient.scalar * before.gradient.scalar) <= curvature * abs(slope),
        "\(name): \(after.gradient.scalar) after \(before.gradient.scalar)")
    }
  }

  @Test func `a search that meets no number turns back`() {
    // √(1 − x²) is no number beyond 1, where the first step leads.
    let result = minimize(
      { (x: Tensor<Double>) in square(x - 0.9) * 40 - sqrt(1 - square(x)) * 0.1 },
      from: Tensor(-0.9), using: .bfgs())
    #expect(result.status == .gradientWithinTolerance)
    #expect(result.values.allSatisfy { $0.isFinite })
  }
}
