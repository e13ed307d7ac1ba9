import HiGHS
import Perturbations
import Testing

/// Models as perturbed functions.
@Suite(.enabled(if: HiGHSLibrary.isAvailable, "needs HiGHS"))
struct PerturbedModelTests {
  private func smoothing(_ samples: Int, threads: Int? = nil) -> Smoothing {
    Smoothing(samples: samples, sigma: 0.5, baseline: .leaveOneOut, threads: threads)
  }

  /// The corner of the simplex with the largest cost is an argmax.
  @Test func theSimplexIsAnArgMax() throws {
    var model = LinearModel()
    let x = model.variables(4)
    model.require(x.sum() == 1)
    let programme = try Perturbed<Tensor<Double>, Tensor<Double>>(
      HiGHSSolver(model, sense: .maximize), smoothing(500))
    let own = try Perturbed<Tensor<Double>, Tensor<Double>>(ArgMax(), smoothing(500))
    let theta = Tensor([0.1, 0.6, 0.5, -0.2])
    let cotangent = Tensor([1.0, -2, 0.5, 3])
    let key = RandomKey(7)
    func both(
      _ function: Perturbed<Tensor<Double>, Tensor<Double>>
    ) throws -> (Tensor<Double>, Tensor<Double>) {
      try valueAndGradient(at: theta) { try (function($0, key: key) * cotangent).sum() }
    }
    let (a, b) = (try both(programme), try both(own))
    #expect(abs(a.0.scalar - b.0.scalar) < 1e-9)
    #expect(zip(a.1.scalars, b.1.scalars).allSatisfy { abs($0 - $1) < 1e-9 })
  }

  /// Blocks start afresh, so that it does not matter which thread solves which.
  @Test(arguments: [2, 3]) func theBitsAreThoseOfOneThread(_ threads: Int) throws {
    let solver = try HiGHSSolver(HiGHSSolverTests.assignment(5), sense: .minimize)
    let theta = Tensor<Double>.linspace(0, 1, count: 25)
    func value(_ threads: Int) throws -> [Double] {
      let function = try Perturbed<Tensor<Double>, Tensor<Double>>(
        solver, smoothing(600, threads: threads))
      return try gradient(at: theta) {
        try (function($0, key: RandomKey(1)) * theta).sum()
      }.scalars
    }
    #expect(try value(threads) == value(1))
  }

  @Test func anErrorNamesTheSample() throws {
    var model = LinearModel()
    _ = model.variables(2)
    let solver = try HiGHSSolver(model, sense: .maximize)
    let function = try Perturbed<Tensor<Double>, Tensor<Double>>(solver, smoothing(10))
    do {
      _ = try function(Tensor([0.0, 0]), key: RandomKey(0))
      Issue.record("some sample has a positive cost")
    } catch {
      #expect("\(error)".contains("sample"))
      #expect("\(error)".contains("the objective improves without end"))
    }
  }
}
