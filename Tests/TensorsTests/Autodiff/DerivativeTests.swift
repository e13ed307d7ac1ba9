import Tensors
import Testing

/// Jacobians, Hessians and derivatives forwards, against closed forms.
struct DerivativeTests {
  let x = sample([4], seed: 61)
  let a = sample([3, 4], seed: 62)

  @Test func jacobianOfALinearMap() {
    #expect(agree(jacobian(at: x) { matmul(a, $0) }, a, 1e-15))
    #expect(jacobian(at: x) { $0 * $0 } == (2 * x).diagonalMatrix())
    #expect(jacobian(at: x) { $0.sum() } == Tensor.ones([4]))
  }

  @Test func jacobianOfSoftmax() {
    let y = x.softmax()
    let expected = y.diagonalMatrix() - outer(y, y)
    #expect(agree(jacobian(at: x) { $0.softmax() }, expected, 1e-14))
  }

  @Test func jacobianOfAMatrixHasTheShapesOfBoth() {
    let m = sample([2, 3], seed: 63)
    let j = jacobian(at: m) { $0.transposed() }
    #expect(j.shape == [3, 2, 2, 3])
    for i in 0..<2 { for k in 0..<3 { #expect(j[k, i, .ellipsis].sum() == j[k, i, i, k]) } }
  }

  @Test func jacobianOfTrees() {
    let input = ["m": a, "v": x]
    let blocks: [[String: Tensor<Double>]] = jacobian(at: input) { tree in
      let (m, v) = (tree["m", default: 0], tree["v", default: 0])
      return [matmul(m, v), v * v]
    }
    #expect(blocks.count == 2)
    #expect(blocks[0]["v"].map { agree($0, a, 1e-15) } == true)
    #expect(blocks[0]["m"]?.shape == [3, 3, 4])
    #expect(blocks[0]["m"]?[1] == Tensor.identity(3)[1].expandingAxis(1) * x)
    #expect(blocks[1]["v"] == (2 * x).diagonalMatrix())
    #expect(blocks[1]["m"] == Tensor.zeros([4, 3, 4]))
  }

  /// f = ½ xᵀ A x + exp(b·x): H = A + b bᵀ exp(b·x), for a symmetric A.
  @Test func hessianOfAKnownFunction() {
    let square = sample([4, 4], seed: 64)
    let symmetric = square + square.transposed()
    let b = sample([4], seed: 65)
    func f(_ x: Tensor<Double>) -> Tensor<Double> {
      0.5 * dot(x, matmul(symmetric, x)) + exp(dot(b, x))
    }
    let expected = symmetric + outer(b, b) * exp(dot(b, x))
    #expect(agree(hessian(at: x, of: f), expected, 1e-13))
    let direction = sample([4], seed: 66)
    let product = hessianVectorProduct(at: x, along: direction, of: f)
    #expect(agree(product, matmul(expected, direction), 1e-13))
    // Of each row of a batch, and differentiated once more.
    let batch = sample([3, 4], seed: 67)
    let mapped = vmap { hessian(at: $0, of: f) }(batch)
    for row in 0..<3 { #expect(agree(mapped[row], hessian(at: batch[row], of: f), 1e-13)) }
    let third = gradient(at: x) { hessian(at: $0, of: f).trace() }
    #expect(agree(third, exp(dot(b, x)) * dot(b, b) * b, 1e-12))
  }

  @Test func hessianOfATree() {
    let tree = ["u": x, "w": sample([2], seed: 68)]
    let blocks: [[String: Tensor<Double>]] = hessian(at: tree) { tree in
      tree["u", default: 0].sum() ** 2 * tree["w", default: 0].sum()
    }
    #expect(blocks.count == 2)
    let w = tree["w", default: 0].sum()
    #expect(blocks[0]["u"].map { agree($0, 2 * w * Tensor.ones([4, 4]), 1e-14) } == true)
    #expect(blocks[0]["w"].map { agree($0, 2 * x.sum() * Tensor.ones([4, 2]), 1e-14) } == true)
    #expect(blocks[1]["w"] == Tensor.zeros([2, 2]))
  }

  @Test func derivativeForwards() {
    let direction = sample([4], seed: 69)
    let (value, derivative) = jvp(at: x, along: direction) {
      ["y": matmul(a, sin($0)), "s": $0.sum()]
    }
    #expect(value["y"] == matmul(a, sin(x)))
    #expect(derivative["y"].map { agree($0, matmul(a, cos(x) * direction), 1e-14) } == true)
    #expect(derivative["s"].map { agree($0, direction.sum(), 1e-14) } == true)
    // Under a map, and inside a gradient.
    let directions = sample([3, 4], seed: 70)
    let mapped = vmap { direction in
      jvp(at: x, along: direction) { sin($0) }.derivative
    }(directions)
    #expect(agree(mapped, cos(x) * directions, 1e-14))
    let second = gradient(at: x) { x in jvp(at: x, along: direction) { sin($0) }.derivative.sum() }
    #expect(agree(second, -sin(x) * direction, 1e-14))
  }

  @Test func checkpointChangesNothingButTheCost() {
    let weights = [sample([4, 4], seed: 71), sample([4, 4], seed: 72)]
    nonisolated(unsafe) var calls = 0
    func layer(_ input: Tuple<Tensor<Double>, Tensor<Double>>) -> Tensor<Double> {
      calls += 1
      return tanh(matmul(input.elements.0, input.elements.1))
    }
    func network(_ weights: [Tensor<Double>], checkpointed: Bool) -> Tensor<Double> {
      var y = x
      for weight in weights {
        let input = Tuple(weight, y)
        y = checkpointed ? checkpoint(at: input, of: layer) : layer(input)
      }
      return square(y).sum()
    }
    let plain = gradient(at: weights) { network($0, checkpointed: false) }
    calls = 0
    let kept = gradient(at: weights) { network($0, checkpointed: true) }
    #expect(calls == 4)
    #expect(kept == plain)
    let curvature = gradient(at: weights) { weights in
      gradient(at: weights) { network($0, checkpointed: true) }.map { $0.sum() }.reduce(0, +)
    }
    let expected = gradient(at: weights) { weights in
      gradient(at: weights) { network($0, checkpointed: false) }.map { $0.sum() }.reduce(0, +)
    }
    #expect(zip(curvature, expected).allSatisfy { agree($0, $1, 1e-13) })
    let mapped = vmap { x in checkpoint(at: x) { exp($0) } }(a)
    #expect(mapped == exp(a))
  }

  struct Mixed: TreeStruct {
    var single: Tensor<Float>
    var double: Tensor<Double>
    var order: Tensor<Int32>
    var isPositive: Tensor<Bool>
    static var children: [Child<Mixed>] {
      [Child(\.single), Child(\.double), Child(\.order), Child(\.isPositive)]
    }

    init(_ x: Tensor<Double>) {
      single = exp(x).cast(to: Float.self)
      double = sin(x)
      order = x.argsort() + 2_000_000_000
      isPositive = (x .> 0)
    }

    /// Uses every leaf; large integers are exact in no `Float`.
    var total: Tensor<Double> {
      let order = (order - 2_000_000_000).cast(to: Double.self)
      return (single.cast(to: Double.self) * double * order).sum()
        + (double * isPositive.cast(to: Double.self)).sum()
    }
  }

  @Test func outputsOfMixedTypes() {
    func direct(_ x: Tensor<Double>) -> Mixed { Mixed(x) }
    func kept(_ x: Tensor<Double>) -> Mixed { checkpoint(at: x) { Mixed($0) } }
    func own(_ x: Tensor<Double>) -> Mixed {
      withPullback(at: x) { x in
        (
          Mixed(x),
          { g in
            #expect(g.order.shape == [4] && g.isPositive.shape == [4])
            return g.single.cast(to: Double.self) * exp(x) + g.double * cos(x)
          }
        )
      }
    }
    for f in [kept, own] {
      let (value, expected) = (f(x), direct(x))
      #expect(value.single == expected.single)
      #expect(value.double == expected.double)
      #expect(value.order == expected.order)
      #expect(value.isPositive == expected.isPositive)
      // The exponential's derivative passes through `Float` in one of the ways alone.
      #expect(
        agree(gradient(at: x) { f($0).total }, gradient(at: x) { direct($0).total }, 1e-6))
      #expect(agree(hessian(at: x) { f($0).total }, hessian(at: x) { direct($0).total }, 1e-6))
      let batch = sample([3, 4], seed: 73)
      let (mapped, apart) = (vmap(f)(batch), vmap(direct)(batch))
      #expect(mapped.single == apart.single)
      #expect(mapped.order == apart.order)
      #expect(mapped.isPositive == apart.isPositive)
      let slopes = vmap { x in gradient(at: x) { f($0).total } }(batch)
      let expectedSlopes = vmap { x in gradient(at: x) { direct($0).total } }(batch)
      #expect(agree(slopes, expectedSlopes, 1e-6))
    }
  }

  @Test func pullbackOfSeveralInputs() throws {
    let (value, pullback) = vjp(at: a, x) { matmul($0, $1) }
    #expect(value == matmul(a, x))
    let (ofMatrix, ofVector) = try pullback([1, 0, 2])
    #expect(ofMatrix == outer([1, 0, 2], x))
    #expect(agree(ofVector, a[0] + 2 * a[2], 1e-15))
  }

  @Test func constantFunctionsHaveZeroDerivatives() {
    #expect(jacobian(at: x) { _ in Tensor<Double>([1, 2]) } == Tensor.zeros([2, 4]))
    #expect(hessian(at: x) { $0.sum() } == Tensor.zeros([4, 4]))
    #expect(jvp(at: x, along: x) { _ in Tensor<Double>([1, 2]) }.derivative == [0, 0])
  }
}
