import Optimizers
import Tensors
import Testing

struct CityMap: Sendable {
  struct Known: Decodable {
    let start: [Double]
    let value: Double
    let gradient: [Double]
    let bfgsValue: Double
    let bfgsIterations: Int
    let descentValue: Double
    enum CodingKeys: String, CodingKey {
      case start, value, gradient
      case bfgsValue = "bfgs_value"
      case bfgsIterations = "bfgs_iterations"
      case descentValue = "descent_value"
    }
  }
  private struct Distances: Decodable { let distances: [[Double]] }

  let known: Known
  let start: Tensor<Double>
  private let squaredDistances: Tensor<Double>

  init() throws {
    known = try fixture("cities", as: Known.self)
    start = Tensor(known.start).reshaped([-1, 2])
    let rows = try fixture("city_distances_km", as: Distances.self).distances
    let distances = stack(rows.map { Tensor($0) })
    squaredDistances = square(distances / distances.norm())
  }

  func criterion(_ x: Tensor<Double>) -> Tensor<Double> {
    square(square(cdist(x, x)) - squaredDistances).sum() / 2
  }

  /// The same criterion without the detour over square roots.
  func directCriterion(_ x: Tensor<Double>) -> Tensor<Double> {
    square(pairwiseSquaredDistance(x, x) - squaredDistances).sum() / 2
  }
}

@Suite struct CityMapTests {
  let map: CityMap

  init() throws { map = try CityMap() }

  @Test func `value and gradient at the start, to 1e-10`() {
    let (value, gradient) = valueAndGradient(at: map.start, of: map.criterion)
    #expect(abs(value.scalar / map.known.value - 1) < 1e-10)
    let expected = Tensor(map.known.gradient).reshaped([-1, 2])
    #expect(((gradient - expected).norm() / expected.norm()).scalar < 1e-10)
  }

  @Test func `gradient descent ends at the known value, to 1e-3`() {
    let result = minimize(
      map.directCriterion, from: map.start, using: .sgd(learningRate: 0.1), stopping: .steps(4000))
    #expect(result.status == .reachedMaximumSteps)
    #expect(result.steps == 4000 && result.evaluations == 4001 && result.values.count == 4001)
    #expect(abs(result.value / map.known.descentValue - 1) < 1e-3)
  }

  @Test func `BFGS needs no more iterations than SciPy's`() {
    let result = minimize(
      map.directCriterion, from: map.start, using: .bfgs(),
      stopping: StoppingRules(gradientTolerance: 1e-9))
    #expect(result.status == .gradientWithinTolerance)
    #expect(result.steps <= map.known.bfgsIterations, "\(result.steps) iterations")
    #expect(abs(result.value / map.known.bfgsValue - 1) < 1e-3)
  }

  @Test func `L-BFGS ends at the same value`() {
    let result = minimize(
      map.directCriterion, from: map.start, using: .lbfgs(),
      stopping: StoppingRules(gradientTolerance: 1e-9))
    #expect(result.status == .gradientWithinTolerance)
    #expect(abs(result.value / map.known.bfgsValue - 1) < 1e-3)
  }

  @Test func `BFGS and L-BFGS in Float`() {
    let start = map.start.cast(to: Float.self)
    for minimizer in [BFGS() as any Minimizer, LBFGS()] {
      let result = run(minimizer, start)
      #expect(abs(result.value / map.known.bfgsValue - 1) < 1e-3)
    }
  }

  private func run(
    _ minimizer: some Minimizer, _ start: Tensor<Float>
  ) -> Minimization<Tensor<Float>> {
    minimize(
      { (x: Tensor<Float>) in map.directCriterion(x.cast(to: Double.self)).cast(to: Float.self) },
      from: start, using: minimizer, stopping: StoppingRules(gradientTolerance: 1e-8))
  }
}
