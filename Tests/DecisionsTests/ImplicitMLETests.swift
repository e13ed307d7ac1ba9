import Decisions
import Testing

@Suite struct ImplicitMLETests {
  /// With all noise the same way, a decision that costs decide wins at any noise: the gradient is dense.
  @Test func theShareFallsWhereGradientsAreDense() throws {
    let step = AdaptiveStep(alpha: 1, increment: 0.01)
    let decide = try AdaptiveImplicitMLE(
      smallPaths(), Smoothing(samples: 16, sigma: 0.5), step: step)
    for round in 0..<5 as Range<UInt64> {
      _ = try gradient(at: costs(1)) {
        try (decide($0, key: RandomKey(round), batched: true) * costs(2)).sum()
      }
    }
    #expect(step.alpha < 1)
    // PyEPO's share of all entries is never above 1.
    let peer = AdaptiveStep(alpha: 1, increment: 0.01, density: .ofAllEntries)
    let other = try AdaptiveImplicitMLE(
      smallPaths(), Smoothing(samples: 16, sigma: 0.5), step: peer)
    for round in 0..<5 as Range<UInt64> {
      _ = try gradient(at: costs(1)) {
        try (other($0, key: RandomKey(round), batched: true) * costs(2)).sum()
      }
    }
    #expect(abs(peer.alpha - 1.05) < 1e-12)
  }

  @Test func theShareRisesWhereGradientsAreZero() throws {
    let step = AdaptiveStep(alpha: 0, increment: 0.01)
    let decide = try AdaptiveImplicitMLE(
      smallPaths(), Smoothing(samples: 4, sigma: 1e-3), step: step)
    let slopes = try gradient(at: costs(1)) {
      try (decide($0, key: RandomKey(1), batched: true) * costs(2)).sum()
    }
    #expect(slopes == .zeros(like: slopes), "a share of 0 moves nothing")
    #expect(step.alpha == 0, "and tells nothing")
  }

  /// For a maximum: costs that go the other way give the decisions and the gradient of the minimum.
  @Test func maximisingMirrorsMinimising() throws {
    let pool = SolutionPool(try smallPaths()(costs(2, rows: 200), batchAxes: 1))
    let (least, most) = (pool.solver(.minimize), pool.solver(.maximize))
    let (x, g) = (costs(1), costs(3))
    func slopes(
      _ x: Tensor<Double>, _ decide: (Tensor<Double>) throws -> Tensor<Double>
    ) throws -> Tensor<Double> { try gradient(at: x) { try (decide($0) * g).sum() } }
    let pairs: [(Tensor<Double>, Tensor<Double>)] = [
      (
        try slopes(x) { try BlackBox(least, lambda: 2)($0, batched: true) },
        try slopes(-x) { try BlackBox(most, lambda: 2)($0, batched: true) }
      ),
      (
        try slopes(x) { try NegativeIdentity(least)($0, batched: true) },
        try slopes(-x) { try NegativeIdentity(most)($0, batched: true) }
      ),
      (
        try slopes(x) { try RegularizedDecisions(least)($0, batched: true) },
        try slopes(-x) { try RegularizedDecisions(most)($0, batched: true) }
      ),
    ]
    for (index, pair) in pairs.enumerated() {
      #expect(abs(pair.0 + pair.1).max().scalar < 1e-9, "\(index)")
      #expect(abs(pair.0).max().scalar > 0.01, "\(index)")
    }
  }

  /// One example, a batch of it, and the same under `vmap`.
  @Test func examplesAreTheSameAloneAndInABatch() throws {
    let decide = try BlackBox(smallPaths(), lambda: 2)
    let (x, g) = (costs(1), costs(3))
    let batch = try gradient(at: x) { try (decide($0, batched: true) * g).sum() }
    for row in 0..<4 {
      let one = try gradient(at: x[row]) { try (decide($0) * g[row]).sum() }
      #expect(one == batch[row])
    }
    let mapped = try vmap { (x: Tensor<Double>, g: Tensor<Double>) in
      try gradient(at: x) { try (decide($0) * g).sum() }
    }(x, g)
    #expect(mapped == batch)
  }
}
