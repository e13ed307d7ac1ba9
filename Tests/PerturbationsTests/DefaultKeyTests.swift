import Perturbations
import Testing

/// What a call without a key does.
@Suite struct DefaultKeyTests {
  private let theta: Tensor<Double> = [0.3, -0.2, 0.5]
  private typealias Function = Perturbed<Tensor<Double>, Tensor<Double>>
  private let soft: Function
  private let maximum: PerturbedMaximum<Tensor<Double>, Double>
  private let estimator: ZeroOrder

  init() throws {
    let smoothing = Smoothing(samples: 50, sigma: 0.5)
    soft = try Perturbed(Ranking(), smoothing)
    maximum = try PerturbedMaximum(solving: ArgMax(), smoothing)
    estimator = try ZeroOrder(.antithetic, smoothing)
  }

  @Test func stepsOfATrainingDiffer() throws {
    let gradients = try RandomKey.withDefault(RandomKey(1)) {
      try (0..<3).map { _ in try gradient(at: theta) { try soft($0).norm() } }
    }
    #expect(Set(gradients.map(\.scalars)).count == 3)
    let explicit = try (0..<3).map { step in
      try gradient(at: theta) { try soft($0, key: RandomKey(1).child(step)).norm() }
    }
    #expect(gradients == explicit)
  }

  @Test func withoutAKeyEveryCallThrows() throws {
    let loss = FenchelYoungLoss(maximum)
    let with = try PerturbedWith(samples: 10, sigma: 1) {
      (x: Tensor<Double>, y: Tensor<Double>) in x * y
    }
    let ones: Tensor<Double> = [1, 1, 1]
    @Sendable func f(_ x: Tensor<Double>) -> Tensor<Double> { square(x).sum() }
    let calls: [() throws -> Void] = [
      { _ = try soft(theta) },
      { _ = try gradient(at: theta) { try soft($0).norm() } },
      { _ = try vmap { (x: Tensor<Double>) throws in try soft(x) }(stack([theta, ones])) },
      { _ = try soft.estimate(at: theta) },
      { _ = try soft.estimate(at: theta, untilStandardError: 0.1) },
      { _ = try soft.gradientEstimate(at: theta, cotangent: ones) },
      { _ = try soft.gradientEstimate(at: theta) { $0 } },
      { _ = try soft.hessianEstimate(at: theta, cotangent: ones) },
      { _ = try soft.hessianProductEstimate(at: theta, cotangent: ones, direction: ones) },
      { _ = try soft.sigmaDerivative(at: theta, cotangent: ones) },
      { _ = try soft.solutions(at: theta) },
      { _ = try soft.diagnose(at: theta) },
      { _ = try maximum(theta) },
      { _ = try loss(theta, target: ones) },
      { _ = try with(theta, ones) },
      { _ = try estimator.value(at: theta) { f($0) } },
      { _ = try estimator.gradient(at: theta) { f($0) } },
      { _ = try estimator.valueAndGradient(at: theta) { f($0) } },
      { _ = try estimator.estimate(at: theta) { f($0) } },
    ]
    for (position, call) in calls.enumerated() {
      #expect(throws: MissingKey.noDefault, "call \(position)") { try call() }
      // Each takes one key, whatever it computes.
      try RandomKey.withDefault(RandomKey(7)) {
        try call()
        #expect(try RandomKey.resolve(nil) == RandomKey(7).child(1), "call \(position)")
      }
    }
  }

  /// Value, derivatives and standard errors of one call have the same noise.
  @Test func oneCallHasOneKey() throws {
    let key = RandomKey(5)
    let ones: Tensor<Double> = [1, 2, 3]
    try RandomKey.withDefault(key) {
      let (value, pullback) = try vjp(at: theta) { try soft($0) }
      #expect(try value == soft(theta, key: key.child(0)))
      let expected = try vjp(at: theta) { try soft($0, key: key.child(0)) }.pullback(ones)
      #expect(try pullback(ones) == expected)
      #expect(try pullback(ones) == expected)
      let estimate = try soft.gradientEstimate(at: theta) { $0 }
      #expect(try estimate.value == soft(theta, key: key.child(1)))
      // A line search is given a key: it sees one function.
      let line = try RandomKey.resolve(nil)
      let values = try (0..<3).map { _ in try soft(theta, key: line) }
      #expect(values[0] == values[1] && values[1] == values[2])
    }
  }

  @Test func mapsShareTheKeyOfTheCall() throws {
    let batch = stack([theta, theta])
    let rows = try RandomKey.withDefault(RandomKey(5)) {
      try vmap { (x: Tensor<Double>) throws in try soft(x) }(batch)
    }
    #expect(try rows[0] == soft(theta, key: RandomKey(5).child(0)))
    #expect(rows[0] == rows[1])
  }

  /// Whichever thread evaluates a sample, a call inside it without a key says so.
  @Test(arguments: [1, 4]) func samplesGiveKeys(_ threads: Int) throws {
    let soft = soft
    let outer = try Function(samples: 64, sigma: 0.1, sequential: true, threads: threads) {
      try soft($0)
    }
    do {
      _ = try RandomKey.withDefault(RandomKey(1)) { try outer(theta) }
      Issue.record("no error")
    } catch PerturbationError.functionFailed(let sample, _, let error) {
      #expect(sample == 0)
      #expect(error as? MissingKey == .insideSample)
    }
    let own = try Function(samples: 64, sigma: 0.1, sequential: true, threads: threads) { x in
      try RandomKey.withDefault(RandomKey(9)) { try soft(x) }
    }
    let explicit = try Function(samples: 64, sigma: 0.1, sequential: true) { x in
      try soft(x, key: RandomKey(9).child(0))
    }
    #expect(try own(theta, key: RandomKey(1)) == explicit(theta, key: RandomKey(1)))
  }
}
