import Tensors
import Testing

struct PrimitiveTests {
  @Test(arguments: Primitive.Kind.allCases)
  func derivatives(_ kind: Primitive.Kind) {
    for entry in PrimitiveExamples.cases(kind) {
      guard case .examples(let examples) = entry else { continue }
      #expect(!examples.isEmpty)
      for example in examples {
        let problems = GradientCheck.problems(example)
        #expect(problems.isEmpty, "\(problems.joined(separator: "\n"))")
      }
    }
  }

  /// What has no derivative gives the same under `vmap` as alone.
  @Test(arguments: Primitive.Kind.allCases)
  func mapsOfWhatHasNoDerivative(_ kind: Primitive.Kind) {
    for entry in PrimitiveExamples.cases(kind) {
      guard case .withoutDerivative(let primitive, let inputs) = entry else { continue }
      let function = PrimitiveExamples.applied(primitive)
      let once = function(inputs).packageValue
      for mask in 1..<(1 << inputs.count) {
        let mapped = inputs.indices.filter { mask >> $0 & 1 == 1 }
        let batch = mapped.map { position in
          let value = inputs[position].packageValue
          return Leaf(package: value.broadcast(to: value.shape.inserting(2, at: 0)))
        }
        let out = vmap { (leaves: [Leaf]) in
          var all = inputs
          for (position, leaf) in zip(mapped, leaves) { all[position] = leaf }
          return function(all)
        }(batch).packageValue
        let expected = once.broadcast(to: once.shape.inserting(2, at: 0))
        #expect(Leaf(package: out).isSame(as: Leaf(package: expected)), "\(primitive) \(mapped)")
      }
    }
  }

  /// The tape names each operation without a derivative where it alone connects input and result.
  @Test func whatHasNoDerivativeIsNotDifferentiated() {
    var count = 0
    for kind in Primitive.Kind.allCases {
      for entry in PrimitiveExamples.cases(kind) {
        guard case .withoutDerivative(let primitive, let inputs) = entry else { continue }
        count += 1
        // Beside a path that has one, it contributes nothing.
        guard inputs[0].elementType == .double else { continue }
        let x = inputs[0].tensor(of: Double.self)
        let gradient = gradient(at: x) { x in
          var all = inputs
          all[0] = Leaf(x)
          let out = PrimitiveExamples.applied(primitive)(all).packageValue.cast(.double)
          return x.sum() + Tensor<Double>(out).sum()
        }
        #expect(gradient == Tensor.ones(like: x), "\(primitive)")
      }
    }
    #expect(count == 19)
  }

  @Test func tiesShareTheCotangent() {
    let x: Tensor<Double> = [1, 2, 3]
    let y: Tensor<Double> = [1, 3, 2]
    #expect(gradient(at: x) { maximum($0, y).sum() } == [0.5, 0, 1])
    #expect(gradient(at: y) { minimum(x, $0).sum() } == [0.5, 0, 1])
    #expect(gradient(at: [2, 1, 2] as Tensor<Double>) { $0.max() } == [0.5, 0, 0.5])
    let third = 1.0 / 3
    let matrix: Tensor<Double> = [[2, 1], [1, 1]]
    let shares = gradient(at: matrix) { $0.min() }
    #expect(shares == Tensor(shape: [2, 2], scalars: [0, third, third, third]))
  }

  @Test func kinksHaveDerivativeZero() {
    let x: Tensor<Double> = [0, 0]
    #expect(gradient(at: x) { relu($0).sum() } == [0, 0])
    #expect(gradient(at: x) { abs($0).sum() } == [0, 0])
    #expect(gradient(at: x) { $0.norm() } == [0, 0])
    #expect(gradient(at: x) { gradient(at: $0) { $0.norm() }.sum() } == [0, 0])
  }

  @Test func zerosAmongFactors() {
    func product(_ x: Tensor<Double>) -> Tensor<Double> { x.product() }
    #expect(gradient(at: [2, 0, 3] as Tensor<Double>, of: product) == [0, 6, 0])
    #expect(gradient(at: [0, 5, 0] as Tensor<Double>, of: product) == [0, 0, 0])
    // ∂²/∂x₀∂x₂ of x₀ x₁ x₂ is x₁.
    let second = gradient(at: [0, 5, 0] as Tensor<Double>) { x in
      gradient(at: x, of: product)[0]
    }
    #expect(second == [0, 0, 5])
  }

  @Test func powersAtZero() {
    let base: Tensor<Double> = [0, 0, 0]
    let exponent: Tensor<Double> = [0, 1, 2]
    let (a, b) = gradient(at: base, exponent) { ($0 ** $1).sum() }
    #expect(a == [0, 1, 0])
    #expect(b == [0, 0, 0])
  }

  @Test func distanceOfAPointToItself() {
    let x = sample([3, 2])
    let gradient = gradient(at: x) { cdist($0, $0).sum() }
    #expect(gradient.scalars.allSatisfy { $0.isFinite })
    #expect(cdist(x, x).diagonal() == [0, 0, 0])
  }
}
