import Tensors
import Testing

struct TransformTests {
  let x: Tensor<Double> = [0.5, -1.5, 2]

  @Test func gradientsNest() {
    let third = gradient(at: Tensor<Double>(0.7)) { x in
      gradient(at: x) { x in gradient(at: x) { exp(2 * $0) } }
    }
    #expect(agree(third, exp(Tensor(1.4)) * 8, 1e-12))
  }

  @Test func severalInputs() {
    let (a, b) = gradient(at: x, 2 * x) { ($0 * $0 * $1).sum() }
    #expect(a == 4 * x * x)
    #expect(b == x * x)
    let (value, (c, d)) = valueAndGradient(at: x, Tensor<Double>(3)) { ($0 * $1).sum() }
    #expect(value.scalar == 3)
    #expect(c == [3, 3, 3])
    #expect(d.scalar == 1)
  }

  @Test func valueComesWithTheGradientAndWhatIsBeside() {
    let result = valueAndGradient(at: x, auxiliary: { x in ((x * x).sum(), "beside") })
    #expect(result.value.scalar == 6.5)
    #expect(result.gradient == 2 * x)
    #expect(result.auxiliary == "beside")
  }

  @Test func pullbackRunsAnyNumberOfTimes() throws {
    let (value, pullback) = vjp(at: x) { [$0.sum(), ($0 * $0).sum()] }
    #expect(value.map(\.scalar) == [1, 6.5])
    #expect(try pullback([1, 0]) == [1, 1, 1])
    #expect(try pullback([0, 1]) == 2 * x)
    #expect(try pullback([2, -1]) == 2 - 2 * x)
  }

  @Test func pullbackRefusesAnotherStructure() {
    let (_, pullback) = vjp(at: x) { ["a": $0, "b": $0.sum()] }
    #expect(throws: TreeMismatch.self) { try pullback(["a": [1, 2], "b": 1]) }
  }

  @Test func integersHaveNoGradient() {
    struct Model: TreeStruct {
      var weight: Tensor<Double>
      var steps: Tensor<Int32>
      static var children: [Child<Model>] { [Child(\.weight), Child(\.steps)] }
    }
    let model = Model(weight: x, steps: [1, 2, 3])
    let gradient = gradient(at: model) { ($0.weight * $0.steps.cast(to: Double.self)).sum() }
    #expect(gradient.weight == [1, 2, 3])
    #expect(gradient.steps == [0, 0, 0])
  }

  @Test func constantsHaveGradientZero() {
    #expect(gradient(at: x) { _ in Tensor<Double>(3) } == [0, 0, 0])
    let hessian = gradient(at: x) { x in gradient(at: x) { $0.sum() }.sum() }
    #expect(hessian == [0, 0, 0])
    let ofRamp = gradient(at: x) { x in gradient(at: x) { relu($0).sum() }.sum() }
    #expect(ofRamp == [0, 0, 0])
    #expect(gradient(at: x) { withoutGradient($0).sum() } == [0, 0, 0])
    #expect(gradient(at: x) { ($0 * withoutGradient($0)).sum() } == x)
  }

  @Test func masksPassGradients() {
    let positive = gradient(at: x) { x in (x * (x .> 0).cast(to: Double.self)).sum() }
    #expect(positive == [1, 0, 1])
  }

  @Test func whatHasNoDerivativeSaysSo() async {
    let indices = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let x: Tensor<Double> = [1, 3, 2]
      _ = gradient(at: x) { (oneHot($0.argMax(), classes: 3, as: Double.self) * x).sum() }
    }
    #expect(says(indices, "only through argMax"))
    let rounding = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = gradient(at: [1.5, 2.5] as Tensor<Double>) { (2 * floor($0)).sum() }
    }
    #expect(says(rounding, "only through floor"))
    let comparison = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent])
    {
      _ = gradient(at: [1.5, 2.5] as Tensor<Double>) {
        select($0 .> 2, 1, 0 as Tensor<Double>).sum()
      }
    }
    #expect(says(comparison, "only through comparison (greater)"))
  }

  // MARK: - Transforms that have ended

  @Test func tensorsOfAnEndedGradientAreConstants() {
    let (_, _, kept) = valueAndGradient(at: x, auxiliary: { x in ((x * x).sum(), 3 * x) })
    #expect(kept.scalars == (3 * x).scalars)
    #expect(gradient(at: x) { (kept * $0).sum() } == 3 * x)
    #expect(gradient(at: x) { ($0 * kept).sum() } == 3 * x)
    #expect(vmap { $0 * kept.sum() }(x) == x * 3)
  }

  @Test func mappedTensorsMayNotBeKept() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var kept: [Tensor<Double>] = []
      let x: Tensor<Double> = [1, 2, 3]
      _ = vmap { x in
        kept.append(x)
        return x
      }(x)
      _ = vmap { $0 + kept[0] }(x)
    }
    #expect(says(result, "vmap: a tensor from inside a mapped function was kept and used outside"))
  }

  @Test func longTapesUnravel() {
    let count = 200_000
    let gradient = gradient(at: Tensor<Double>(1)) { x in
      var y = x
      for _ in 0..<count { y = y + x }
      return y
    }
    #expect(gradient.scalar == Double(count + 1))
  }

  // MARK: - Pullbacks of one's own

  @Test func ownPullbackReplacesTheDerivative() {
    let straightThrough = { (x: Tensor<Double>) in
      withPullback(at: x) { x in (round(x), { $0 * 1 }) }
    }
    #expect(straightThrough(x) == [0, -2, 2])
    #expect(gradient(at: x) { straightThrough($0).sum() } == [1, 1, 1])
    #expect(gradient(at: x) { (straightThrough($0) * $0).sum() } == straightThrough(x) + x)
  }

  @Test func ownPullbackHoldsForOuterGradientsToo() {
    // d/dx of 2 y(x) with y's derivative taken to be 1.
    let second = gradient(at: x) { x in
      gradient(at: x) { x in
        square(withPullback(at: x) { x in (round(x), { $0 * 1 }) }).sum()
      }.sum()
    }
    #expect(second == [2, 2, 2])
  }

  @Test func ownPullbackUnderMap() {
    let cube = { (x: Tensor<Double>) in
      withPullback(at: x) { x in (x * x * x, { $0 * 3 * square(x) }) }
    }
    let batch = sample([4, 3])
    #expect(agree(vmap { gradient(at: $0) { cube($0).sum() } }(batch), 3 * square(batch), 1e-14))
    #expect(agree(gradient(at: batch) { vmap(cube)($0).sum() }, 3 * square(batch), 1e-14))
    let curvature = vmap { gradient(at: $0) { gradient(at: $0) { cube($0).sum() }.sum() } }
    #expect(agree(curvature(batch), 6 * batch, 1e-13))
    let weights = sample([4, 3], seed: 5)
    let captured = vmap { (x: Tensor<Double>, w: Tensor<Double>) in
      gradient(at: x) { x in
        withPullback(at: x) { x in ((x * w).sum(), { $0 * w }) }
      }
    }
    #expect(captured(batch, weights) == weights)
  }

  @Test func ownPullbackOfATree() {
    let scaled = gradient(at: ["a": x, "b": 2 * x]) { tree in
      let out = withPullback(at: tree) { tree in
        (
          [tree["a", default: 0], tree["b", default: 0].sum()],
          { g in ["a": 10 * g[0], "b": g[1].broadcast(to: [3])] }
        )
      }
      return out[0].sum() + out[1]
    }
    #expect(scaled["a"] == [10, 10, 10])
    #expect(scaled["b"] == [1, 1, 1])
  }

  @Test func ownPullbackRefusesATensorThatIsNotItsInput() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let x: Tensor<Double> = [1, 2]
      _ = gradient(at: x) { outer in
        withPullback(at: outer * 2) { x in ((x * outer).sum(), { $0 * outer }) }
      }
    }
    #expect(says(result, "withPullback: the function uses a tensor that is being differentiated"))
  }

  @Test func errorsComeOut() {
    struct Refusal: Error {}
    #expect(throws: Refusal.self) {
      try gradient(at: x) { (_: Tensor<Double>) throws(Refusal) -> Tensor<Double> in
        throw Refusal()
      }
    }
    // The level is given back: what follows is not inside the transform.
    #expect(gradient(at: x) { $0.sum() } == [1, 1, 1])
    #expect(throws: Refusal.self) {
      try vmap { (_: Tensor<Double>) throws -> Tensor<Double> in throw Refusal() }(x)
    }
    #expect(vmap { $0 * 2 }(x) == 2 * x)
  }
}
