import Tensors
import Testing

/// The battery itself: it must find what is wrong.
struct GradientCheckTests {
  static let x = sample([2, 3])

  @Test func acceptsARightDerivative() {
    let right = Example("square", Self.x) { x in
      withPullback(at: x) { x in (square(x), { $0 * x * 2 }) }
    }
    #expect(GradientCheck.problems(right).isEmpty)
  }

  @Test func findsAPullbackThatIgnoresItsCotangent() {
    let wrong = Example("square", Self.x) { x in
      withPullback(at: x) { x in (square(x), { _ in x * 2 }) }
    }
    #expect(GradientCheck.problems(wrong).contains { $0.contains("derivative in input 0:") })
  }

  @Test func findsAWrongFactor() {
    let wrong = Example("square", Self.x) { x in
      withPullback(at: x) { x in (square(x), { $0 * x * 2.001 }) }
    }
    #expect(GradientCheck.problems(wrong).contains { $0.contains("derivative in input 0:") })
  }

  @Test func findsAPullbackThatCannotBeDifferentiatedAgain() {
    let wrong = Example("square", Self.x) { x in
      withPullback(at: x) { x in (square(x), { $0 * withoutGradient(x) * 2 + 0 * x }) }
    }
    let problems = GradientCheck.problems(wrong)
    #expect(!problems.contains { $0.contains("square, derivative in input 0:") })
    #expect(problems.contains { $0.contains("second derivative in input 0") })
  }

  @Test func findsAFunctionThatMixesMappedEntries() {
    // The second term reads a neighbour's entry where the function is mapped by hand.
    let wrong = Example("mixing", Self.x) { x in
      x + Tensor(x.value.withoutTapes.isDense ? 0.0 : 1.0)
    }
    #expect(GradientCheck.problems(wrong).contains { $0.contains("mapped") })
  }
}
