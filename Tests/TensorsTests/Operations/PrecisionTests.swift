import Tensors
import Testing

/// Single precision where digits cancel, against double precision.
struct PrecisionTests {
  @Test func logSoftmaxOfLargeScores() {
    let x: Tensor<Float> = [10000, 9999, -1000]
    // −log(1 + e⁻¹)
    #expect(abs(x.logSoftmax()[0].scalar + 0.313_261_69) < 5e-8)
    #expect(abs(x.logSoftmax()[1].scalar + 1.313_261_69) < 2e-7)
    for shift in [0, 100, 1e4, -1e6] as [Float] {
      // Scores that are exact in `Float` at any of the shifts.
      let scores = round(16 * sample([5, 7], seed: 3, in: -4...4, as: Float.self)) / 16 + shift
      let expected = scores.cast(to: Double.self).logSoftmax()
      #expect(agree(scores.logSoftmax(), expected.cast(to: Float.self), 4e-7), "\(shift)")
      #expect(agree(scores.logSoftmax(axis: 0), scores.transposed().logSoftmax().transposed(), 0))
      #expect(vmap { $0.logSoftmax() }(scores) == scores.logSoftmax())
      let weights = sample([5, 7], seed: 4, as: Float.self)
      let slope = gradient(at: scores) { (weights * $0.logSoftmax()).sum() }
      let doubles = gradient(at: scores.cast(to: Double.self)) {
        (weights.cast(to: Double.self) * $0.logSoftmax()).sum()
      }
      #expect(agree(slope, doubles.cast(to: Float.self), 2e-6), "\(shift)")
    }
    #expect(Tensor<Float>([-.infinity, 0]).logSoftmax() == [-.infinity, 0])
    #expect(Tensor<Float>.zeros([2, 0]).logSoftmax().shape == [2, 0])
  }

  @Test func logSigmoidKeepsItsDigits() {
    // −e⁻ˣ for large x, x for small ones; the derivative is σ(−x).
    let x: Tensor<Float> = [30, 80, -30, -1e4]
    let expected: [Float] = [-9.357_623e-14, -1.804_851_4e-35, -30, -1e4]
    for (found, right) in zip(logSigmoid(x).scalars, expected) {
      #expect(abs(found / right - 1) < 3e-7)
    }
    let slopes = gradient(at: x) { logSigmoid($0).sum() }
    for (found, right) in zip(slopes.scalars, [9.357_623e-14, 1.804_851_4e-35, 1, 1] as [Float]) {
      #expect(abs(found / right - 1) < 3e-7)
    }
  }

  /// Points around (10⁶, −10⁶, …): neither distances nor their derivatives depend on the shift.
  @Test func distancesFarFromTheOrigin() {
    let shift: Tensor<Float> = [1e6, -1e6, 3e5]
    let x = sample([9, 3], seed: 5, as: Float.self) + shift
    let y = sample([6, 3], seed: 6, as: Float.self) + shift
    let weights = sample([9, 6], seed: 7, as: Float.self)
    for root in [false, true] {
      func distances<Scalar>(
        _ x: Tensor<Scalar>, _ y: Tensor<Scalar>
      ) -> Tensor<Scalar> where Scalar: TensorFloatingPoint {
        root ? cdist(x, y) : pairwiseSquaredDistance(x, y)
      }
      let wide = (x.cast(to: Double.self), y.cast(to: Double.self))
      #expect(
        agree(distances(x, y), distances(wide.0, wide.1).cast(to: Float.self), 5e-7))
      let (byX, byY) = gradient(at: x, y) { (weights * distances($0, $1)).sum() }
      let expected = gradient(at: wide.0, wide.1) {
        (weights.cast(to: Double.self) * distances($0, $1)).sum()
      }
      #expect(agree(byX, expected.0.cast(to: Float.self), 4e-6))
      #expect(agree(byY, expected.1.cast(to: Float.self), 4e-6))
      // The same under a map, and twice.
      let mapped = vmap { x in gradient(at: x) { (weights * distances($0, y)).sum() } }(
        stack([x, x + 1]))
      #expect(agree(mapped[0], byX, 1e-6))
      let direction = sample([9, 3], seed: 8, as: Float.self)
      let twice = hessianVectorProduct(at: x, along: direction) { x in
        (weights * distances(x, y)).sum()
      }
      let expectedTwice = hessianVectorProduct(
        at: wide.0, along: direction.cast(to: Double.self)
      ) { x in (weights.cast(to: Double.self) * distances(x, wide.1)).sum() }
      #expect(agree(twice, expectedTwice.cast(to: Float.self), 1e-5))
    }
  }
}
