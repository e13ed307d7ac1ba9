import Foundation
import Perturbations
import Programs
import Testing

@Suite(.enabled(if: CompiledProgram.compiler != nil, "needs a C compiler"))
struct PerturbedProgramTests {
  private let key = RandomKey(5)
  private let theta: Tensor<Double> = [0.25, -0.5, 0.125]

  private func program(
    _ mode: String = "sum", jobs: Int, onFailure: ExternalProgram.FailurePolicy = .stop
  ) throws -> ExternalProgram {
    try ExternalProgram(
      CompiledProgram.worker, arguments: [mode], jobs: jobs, retries: 0, onFailure: onFailure)
  }

  @Test(arguments: [1, 2, 3])
  func valueAndGradientAreThoseOfAFunction(jobs: Int) throws {
    let program = try program(jobs: jobs)
    let external = try Perturbed<Tensor<Double>, Tensor<Double>>(program, samples: 5000, sigma: 0.5)
    let inside = try Perturbed<Tensor<Double>, Tensor<Double>>(samples: 5000, sigma: 0.5) {
      (x: [Double]) in [x.reduce(0, +)]
    }
    let (a, slopeA) = try valueAndGradient(at: theta) { try external($0, key: key).sum() }
    let (b, slopeB) = try valueAndGradient(at: theta) { try inside($0, key: key).sum() }
    // A program's blocks are smaller, so that sums are taken in another order.
    #expect(abs(a.scalar - b.scalar) < 1e-12)
    #expect(zip(slopeA.scalars, slopeB.scalars).allSatisfy { abs($0 - $1) < 1e-12 })
  }

  @Test func singlePrecisionArrivesExactly() throws {
    let program = try program("echo", jobs: 2)
    let external = try Perturbed(program, samples: 300, sigma: 0.5)
    let inside = try Perturbed(samples: 300, sigma: 0.5) { (x: [Float]) in x }
    let theta: Tensor<Float> = [0.1, 0.2]
    #expect(try external(theta, key: key).scalars == inside(theta, key: key).scalars)
  }

  @Test func batchesHaveTheirRows() throws {
    let program = try program(jobs: 2)
    let external = try Perturbed<Tensor<Double>, Tensor<Double>>(program, samples: 200, sigma: 0.5)
    let inside = try Perturbed<Tensor<Double>, Tensor<Double>>(samples: 200, sigma: 0.5) {
      (x: [Double]) in [x.reduce(0, +)]
    }
    let batch = Tensor<Double>(shape: [2, 3], scalars: [0.5, 1, 2, -1, -2, -3])
    let found = try external(batch, key: key, batched: true).scalars
    let expected = try inside(batch, key: key, batched: true).scalars
    #expect(found.count == 2)
    #expect(zip(found, expected).allSatisfy { abs($0 - $1) < 1e-12 })
  }

  @Test func aFailureNamesTheSample() throws {
    let program = try program("exit", jobs: 1)
    let smooth = try Perturbed<Tensor<Double>, Tensor<Double>>(program, samples: 500, sigma: 0.5)
    let error = #expect(throws: ProgramError.self) { try smooth(theta, key: key) }
    guard case .sampleFailed(let failure) = try #require(error) else { return }
    #expect(failure.key == key)
    // The first input above 0.5 of those that the sampler draws.
    let draws = (0..<500).map { i -> [Double] in
      let z: [Double] = key.child(UInt64(i)).child(0).normal(3)
      return zip(theta.scalars, z).map { $0 + 0.5 * $1 }
    }
    let first = try #require(draws.firstIndex { $0[0] > 0.5 })
    #expect(failure.sample == first)
    #expect(failure.input == draws[first])
  }

  /// The derivative of the mean over the samples with an output: their mean is what is subtracted,
  /// whatever the baseline, with n/(n − 1) for having been found from them.
  @Test(arguments: [Baseline.none, .point])
  func skippedSamplesHaveNoPart(baseline: Baseline) throws {
    let program = try program("exit", jobs: 2, onFailure: .skip)
    let smooth = try Perturbed<Tensor<Double>, Tensor<Double>>(
      program, samples: 400, sigma: 0.5, baseline: baseline)
    let (value, slope) = try valueAndGradient(at: theta) { try smooth($0, key: key).sum() }
    var samples: [(y: Double, z: [Double])] = []
    for i in 0..<400 {
      let z: [Double] = key.child(UInt64(i)).child(0).normal(3)
      let x = zip(theta.scalars, z).map { $0 + 0.5 * $1 }
      if x[0] <= 0.5 { samples.append((x.reduce(0, +), z)) }
    }
    let n = Double(samples.count)
    #expect(program.statistics.skipped == 400 - samples.count)
    #expect(n < 400 && n > 200)
    let mean = samples.reduce(0) { $0 + $1.y } / n
    #expect(abs(value.scalar - mean) < 1e-12)
    for k in 0..<3 {
      let sum = samples.reduce(0) { $0 + ($1.y - mean) * $1.z[k] / 0.5 }
      #expect(abs(slope.scalars[k] - sum / (n - 1)) < 1e-10)
    }
    #expect(throws: PerturbationError.self) { try smooth.estimate(at: theta, key: key) }
  }

  @Test(arguments: ZeroOrder.Method.allCases)
  func zeroOrderEstimatesAreThoseOfAFunction(method: ZeroOrder.Method) throws {
    let estimator = try ZeroOrder(method, samples: 100, sigma: 0.1)
    let inside = try estimator.valueAndGradient(at: theta, key: key) { $0.sum() }
    for jobs in [1, 3] {
      let program = try program(jobs: jobs)
      let outside = try estimator.valueAndGradient(at: theta, key: key, of: program)
      #expect(outside.value.scalar == inside.value.scalar)
      for (a, b) in zip(outside.gradient.scalars, inside.gradient.scalars) {
        #expect(abs(a - b) < 1e-9)
      }
      #expect(program.statistics.evaluations == estimator.evaluations)
    }
    // Inside gradients of other things.
    let program = try program(jobs: 2)
    let slope = try gradient(at: theta) {
      try estimator.value(at: $0, key: key, of: program) * 2 + square($0).sum()
    }
    for (k, x) in theta.scalars.enumerated() {
      #expect(abs(slope.scalars[k] - 2 * inside.gradient.scalars[k] - 2 * x) < 1e-9)
    }
  }

  @Test(arguments: ZeroOrder.Method.allCases)
  func zeroOrderEstimatesSkipSamples(method: ZeroOrder.Method) throws {
    let estimator = try ZeroOrder(method, samples: 300, sigma: 0.25)
    let program = try program("exit", jobs: 2, onFailure: .skip)
    let estimate = try estimator.estimate(at: theta, key: key, of: program)
    var samples: [(y: Double, z: [Double])] = []
    for i in 0..<300 {
      let z: [Double] = key.child(UInt64(i)).child(0).normal(3)
      let (up, down) = (theta.scalars[0] + 0.25 * z[0], theta.scalars[0] - 0.25 * z[0])
      if up > 0.5 || method == .antithetic && down > 0.5 { continue }
      samples.append((z.reduce(0, +) * 0.25, z))
    }
    let m = Double(samples.count)
    let center = method == .antithetic ? 0 : samples.reduce(0) { $0 + $1.y } / m
    let factor = method == .antithetic ? 1 : m / (m - 1)
    let terms = samples.map { y, z in z.map { (y - center) * factor / 0.25 * $0 } }
    #expect(estimate.skipped == 300 - samples.count)
    #expect(estimate.skipped > 10)
    for k in 0..<3 {
      let sum = terms.reduce(0) { $0 + $1[k] }
      #expect(abs(estimate.gradient.scalars[k] - sum / m) < 1e-9)
      let squares = terms.reduce(0) { $0 + $1[k] * $1[k] } - sum * sum / m
      let error = (squares / (m - 1) / m).squareRoot()
      #expect(abs(estimate.standardError.scalars[k] / error - 1) < 1e-9)
    }
  }
}
