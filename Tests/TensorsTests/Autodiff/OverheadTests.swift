import Tensors
import Testing

/// What small tensors cost. Each test checks its result; the figures, which mean something in a
/// release build only, are printed:
///
///     swift test -c release --filter OverheadTests
@Suite(.serialized) struct OverheadTests {
  private func report(_ name: String, _ count: Int, _ body: () -> Void) {
    let clock = ContinuousClock()
    let rounds = (0..<5).map { _ in clock.measure(body) / count }.sorted()
    print("\(name): \(rounds[2].nanoseconds) ns (least \(rounds[0].nanoseconds))")
  }

  @Test func elementwiseOperations() {
    #if DEBUG
      let steps = 100
    #else
      let steps = 100_000
    #endif
    let small: Tensor<Float> = [1, 2, 3]
    var y = small
    report("add, three elements", steps) {
      y = small
      for _ in 0..<steps { y = y + small }
    }
    #expect(y == small * Float(steps + 1))
    report("multiply by a number, three elements", steps) {
      y = small
      for _ in 0..<steps { y = y * 1.0 }
    }
    #expect(y == small)

    let length = 100
    func chain(_ x: Tensor<Float>) -> Tensor<Float> {
      var y = x
      for _ in 0..<length { y = y * x }
      return y
    }
    let one: Tensor<Float> = [1, 1, 1]
    report("multiply, recorded", steps) {
      for _ in 0..<steps / length {
        y = vjp(at: one, of: chain).value
      }
    }
    #expect(y == one)
    var gradients: Tensor<Float> = 0
    report("multiply, recorded and differentiated", steps) {
      for _ in 0..<steps / length { gradients = gradient(at: one) { chain($0).sum() } }
    }
    #expect(gradients == one * Float(length + 1))
    report("gradient of a sum of squares", steps) {
      for _ in 0..<steps { gradients = gradient(at: small) { square($0).sum() } }
    }
    #expect(gradients == small * 2)
  }

  /// The criterion of a map from distances: ½ Σ (‖xᵢ − xⱼ‖² − d²ᵢⱼ)².
  @Test func mapOfCities() {
    #if DEBUG
      let steps = 100
    #else
      let steps = 20_000
    #endif
    let truth = sample([36, 2], seed: 7, in: 0...1)
    let squares = pairwiseSquaredDistance(truth, truth)
    var x = sample([36, 2], seed: 8, in: -0.1...0.1)
    func criterion(_ x: Tensor<Double>) -> Tensor<Double> {
      let delta = cdist(x, x) ** 2 - squares
      return (delta ** 2).sum() / 2
    }
    let start = criterion(x).scalar
    // ∇ᵢ = Σⱼ 4 δᵢⱼ (xᵢ − xⱼ)
    let delta = pairwiseSquaredDistance(x, x) - squares
    let expected = 4 * (delta.sum(axis: 1, keepingAxes: true) * x - matmul(delta, x))
    #expect(agree(gradient(at: x, of: criterion), expected, 1e-12))
    report("gradient step of the map of 36 cities", steps) {
      for _ in 0..<steps { x -= 0.001 * gradient(at: x, of: criterion) }
    }
    #expect(criterion(x).scalar < 0.1 * start)
  }
}

extension Duration {
  fileprivate var nanoseconds: Int {
    Int(components.seconds) * 1_000_000_000 + Int(components.attoseconds / 1_000_000_000)
  }
}
