import Foundation
import Perturbations
import Testing

/// Zero-order values inside `gradient`, `vjp` and `vmap`.
@Suite struct ZeroOrderTransformTests {
  private let function = Quadratic()
  private let key = RandomKey(11)

  @Test func beforeExactParts() throws {
    let estimator = try ZeroOrder(.forward, samples: 20, sigma: 0.1)
    let (function, key) = (function, key)
    let estimate = try estimator.valueAndGradient(at: Quadratic.start, key: key) { function($0) }
    let (value, found) = try valueAndGradient(at: Quadratic.start) { x in
      3 * (try estimator.value(at: x, key: key) { function($0) }) + square(function.vector(x)).sum()
    }
    let start = function.vector(Quadratic.start).scalars
    #expect(
      Swift.abs(value.scalar - 3 * estimate.value.scalar - start.map { $0 * $0 }.reduce(0, +))
        < 1e-12)
    for (k, (a, b)) in zip(found.flat, estimate.gradient.flat).enumerated() {
      #expect(Swift.abs(a - 3 * b - 2 * start[k]) < 1e-12)
    }
  }

  @Test func functionsWithArguments() throws {
    let fixture = ZeroOrderFixture.shared
    let (x, y) = fixture.data(Float.self)
    let estimator = try ZeroOrder(samples: 10, sigma: 0.01)
    let key = key
    let loss = ZeroOrderFunction(estimator) {
      (model: Linear<Float>, x: Tensor<Float>, y: Tensor<Float>) in meanSquares(model(x), y)
    }
    let found = try gradient(at: fixture.model(Float.self)) { try loss($0, x, y, key: key) }
    let direct = try estimator.gradient(at: fixture.model(Float.self), key: key) {
      meanSquares($0(x), y)
    }
    #expect(found.weight == direct.weight && found.bias == direct.bias)
    let plain = ZeroOrderFunction(estimator) { (x: Tensor<Double>) in square(x).sum() }
    #expect(try plain([1, 2], key: key).scalar == 5)
  }

  /// The value alone does not evaluate the samples.
  @Test func theValueTakesOneEvaluation() throws {
    let calls = Calls()
    let estimator = try ZeroOrder(samples: 50, sigma: 0.1, sequential: true)
    let count: @Sendable (Tensor<Double>) -> Tensor<Double> = { x in
      calls.add()
      return x.sum()
    }
    _ = try estimator.value(at: Tensor<Double>([1, 2]), key: RandomKey(0), of: count)
    #expect(calls.take() == 1)
    _ = try gradient(at: Tensor<Double>([1, 2])) {
      try estimator.value(at: $0, key: RandomKey(0), of: count)
    }
    #expect(calls.take() == 101)
    _ = try estimator.gradient(at: Tensor<Double>([1, 2]), key: RandomKey(0), of: count)
    #expect(calls.take() == 101)
    _ = try estimator.estimate(at: Tensor<Double>([1, 2]), key: RandomKey(0), of: count)
    #expect(calls.take() == estimator.evaluations)
  }

  @Test func cotangentsArriveScaled() throws {
    let estimator = try ZeroOrder(samples: 10, sigma: 0.1)
    let key = key
    let x: Tensor<Double> = [1, -2, 0.5]
    let f: @Sendable (Tensor<Double>) -> Tensor<Double> = { square($0).sum() }
    let once = try estimator.gradient(at: x, key: key, of: f)
    let found = try gradient(at: x) { exp(try estimator.value(at: $0, key: key, of: f) * 0.1) }
    let factor = 0.1 * exp(f(x) * 0.1).scalar
    for (a, b) in zip(found.scalars, once.scalars) { #expect(Swift.abs(a - factor * b) < 1e-12) }
  }

  /// The second derivative estimates the smoothed function's: here the quadratic's matrix.
  @Test(arguments: ZeroOrder.Method.allCases)
  func secondDerivative(method: ZeroOrder.Method) throws {
    let estimator = try ZeroOrder(method, samples: 2000, sigma: 1)
    let function = function
    let u: [String: Tensor<Double>] = ["a": [[1, 0, 2], [-1, 0.5, 0]], "b": [1, -2]]
    let expected = matmul(function.matrix, function.vector(u)).scalars
    var (sums, squares) = ([Double](repeating: 0, count: 8), [Double](repeating: 0, count: 8))
    let trials = 30
    for trial in 0..<trials {
      let key = key.child(UInt64(trial))
      let product = try gradient(at: Quadratic.start) { x in
        let g = try gradient(at: x) { try estimator.value(at: $0, key: key) { function($0) } }
        return dot(function.vector(g), function.vector(u))
      }
      for (k, element) in product.flat.enumerated() {
        sums[k] += element / Double(trials)
        squares[k] += element * element / Double(trials)
      }
    }
    let errors = zip(sums, squares).map { (($1 - $0 * $0) / Double(trials - 1)).squareRoot() }
    #expect(largestDeviation(sums, expected, errors) < 4.5)
    let largest = expected.map { Swift.abs($0) }.max() ?? 0
    #expect((errors.max() ?? 1) < (method == .naive ? 0.5 : 0.1) * largest)
  }

  /// Both orders of a second derivative: the Jacobian of the gradient is symmetric on one key.
  @Test func hessianIsSymmetric() throws {
    let estimator = try ZeroOrder(.forward, samples: 10, sigma: 0.5)
    let key = key
    let x: Tensor<Double> = [0.3, -1, 2]
    func product(_ u: Tensor<Double>) throws -> Tensor<Double> {
      try gradient(at: x) { x in
        let g = try estimator.valueAndGradient(at: x, key: key) { exp($0 * 0.5).sum() }.gradient
        return dot(g, u)
      }
    }
    let rows = try [product([1, 0, 0]), product([0, 1, 0]), product([0, 0, 1])]
    for i in 0..<3 {
      for j in 0..<3 {
        #expect(Swift.abs(rows[i][j].scalar - rows[j][i].scalar) < 1e-12)
      }
    }
    #expect(Swift.abs(rows[0][1].scalar) > 1e-6)
  }

  @Test func secondDerivativesThatDoNotExistSaySo() throws {
    let key = key
    func second(_ estimator: ZeroOrder) throws -> Tensor<Double> {
      try gradient(at: Tensor<Double>([1, 2])) { x in
        try gradient(at: x) { try estimator.value(at: $0, key: key) { square($0).sum() } }.sum()
      }
    }
    for distribution in [DirectionDistribution.rademacher, .sphere, .orthogonal, .laplace] {
      let estimator = try ZeroOrder(samples: 4, sigma: 0.1, distribution: distribution)
      #expect(throws: PerturbationError.self) { try second(estimator) }
    }
    let ranks = try ZeroOrder(samples: 4, sigma: 0.1, shaping: .centeredRanks)
    #expect(throws: PerturbationError.self) { try second(ranks) }
    let normal = try ZeroOrder(samples: 4, sigma: 0.1)
    #expect(throws: PerturbationError.self) {
      try gradient(at: Tensor<Double>([1, 2])) { x in
        try gradient(at: x) { x in
          try gradient(at: x) { try normal.value(at: $0, key: key) { square($0).sum() } }.sum()
        }.sum()
      }
    }
  }

  @Test func mapped() throws {
    let estimator = try ZeroOrder(.forward, samples: 10, sigma: 0.2)
    let key = key
    let f: @Sendable (Tensor<Double>) -> Tensor<Double> = { exp($0).sum() }
    let batch: Tensor<Double> = [[1, 2], [0.5, -1], [0, 0]]
    let values = try vmap { (x: Tensor<Double>) throws in
      try estimator.value(at: x, key: key, of: f)
    }(batch)
    let gradients = try gradient(at: batch) { batch in
      try vmap { (x: Tensor<Double>) throws in try estimator.value(at: x, key: key, of: f) }(batch)
        .sum()
    }
    let inner = try vmap { (x: Tensor<Double>) throws in
      try gradient(at: x) { try estimator.value(at: $0, key: key, of: f) }
    }(batch)
    for row in 0..<3 {
      let (value, gradient) = try estimator.valueAndGradient(at: batch[row], key: key, of: f)
      #expect(values[row] == value)
      #expect(gradients[row] == gradient)
      #expect(inner[row] == gradient)
    }
  }

  @Test func keysByDefault() throws {
    let estimator = try ZeroOrder(samples: 4, sigma: 0.1)
    let x: Tensor<Double> = [1, 2]
    let f: @Sendable (Tensor<Double>) -> Tensor<Double> = { exp($0).sum() }
    let explicit = try estimator.gradient(at: x, key: RandomKey(9).child(0), of: f)
    let drawn = try RandomKey.withDefault(RandomKey(9)) {
      [try estimator.gradient(at: x, of: f), try estimator.gradient(at: x, of: f)]
    }
    #expect(drawn[0] == explicit)
    #expect(drawn[1] != explicit)
  }

  @Test func gradientsInsideTheFunction() throws {
    // The loss after one step of gradient descent, as a function of the start: an inner loop.
    let estimator = try ZeroOrder(
      .antithetic, samples: 3, sigma: 0.1, distribution: .orthogonal)
    let found = try estimator.gradient(at: Tensor<Double>([1, -2, 0.5]), key: key) { start in
      let step = gradient(at: start) { square($0).sum() }
      return square(start - 0.25 * step).sum()
    }
    // start − ½ start: ¼ |start|².
    for (a, b) in zip(found.scalars, [0.5, -1, 0.25]) { #expect(Swift.abs(a - b) < 1e-12) }
  }

  @Test func capturedTensorsThatAreDifferentiatedStopTheProgram() async {
    await #expect(processExitsWith: .failure) {
      let estimator = try ZeroOrder(samples: 4, sigma: 0.1)
      _ = try gradient(at: Tensor<Double>([1, 2])) { scale in
        try estimator.value(at: Tensor<Double>([3, 4]), key: RandomKey(0)) { ($0 * scale).sum() }
      }
    }
  }
}

/// Counts calls from any thread.
final class Calls: @unchecked Sendable {
  private let lock = NSLock()
  private var count = 0

  func add() { lock.withLock { count += 1 } }

  func take() -> Int {
    lock.withLock {
      defer { count = 0 }
      return count
    }
  }
}
