import Perturbations
import Testing

/// Document 002: a linear layer 32 → 1 on 64 rows, 100 samples, σ = 0.01, 25 steps of Adam with
/// rate 0.01.
enum ZeroOrderDocument {
  /// Adam on the leaves of a tree, as much as the document needs.
  struct Adam {
    private var (first, second): ([Double], [Double])
    private var steps = 0.0

    init(_ model: some Tree) {
      first = model.flat.map { _ in 0 }
      second = first
    }

    mutating func step<Model: Tree>(_ model: inout Model, along gradient: Model) {
      steps += 1
      var updates: [Double] = []
      for (k, g) in gradient.flat.enumerated() {
        first[k] = 0.9 * first[k] + 0.1 * g
        second[k] = 0.999 * second[k] + 0.001 * g * g
        let (mean, square) = (first[k] / (1 - pow(0.9, steps)), second[k] / (1 - pow(0.999, steps)))
        updates.append(-0.01 * mean / (square.squareRoot() + 1e-8))
      }
      var next = 0
      model = model.withLeaves(
        model.leaves.map { leaf in
          let tensor = leaf.tensor(of: Float.self)
          defer { next += tensor.count }
          let update = updates[next..<next + tensor.count].map { Float($0) }
          return Leaf(tensor + Tensor(shape: tensor.shape, scalars: Array(update)))
        })
    }

    private func pow(_ base: Double, _ exponent: Double) -> Double {
      (0..<Int(exponent)).reduce(1) { product, _ in product * base }
    }
  }

  /// The losses before each step and after the last.
  static func losses<Model: Tree>(
    _ start: Model, steps: Int = 25,
    _ lossAndGradient: (Model, _ step: Int) throws -> (Tensor<Float>, Model)
  ) rethrows -> [Double] {
    var model = start
    var adam = Adam(model)
    var losses: [Double] = []
    for step in 0...steps {
      let (loss, gradient) = try lossAndGradient(model, step)
      losses.append(Double(loss.scalar))
      if step < steps { adam.step(&model, along: gradient) }
    }
    return losses
  }

  /// The document's second form: the model itself states how its gradient is estimated.
  struct Net: TreeStruct, ZeroOrderSampling {
    var linear: Linear<Float>
    var method: ZeroOrder.Method
    let samples = 100
    let sigma = 0.01
    static var children: [Child<Net>] { [Child(\.linear)] }

    func forward(_ batch: (x: Tensor<Float>, y: Tensor<Float>)) -> Tensor<Float> {
      meanSquares(linear(batch.x), batch.y)
    }

    func sample(_ draw: DirectionDraw) -> [Double] {
      let noise: [Float] = draw.key.normal(draw.count)
      return noise.map { Double($0) }
    }
  }
}

@Suite struct ZeroOrderDocumentTests {
  private let fixture = ZeroOrderFixture.shared
  private let key = RandomKey(0)

  private func exactLosses() -> [Double] {
    let (x, y) = fixture.data(Float.self)
    return ZeroOrderDocument.losses(fixture.model(Float.self)) { model, _ in
      let (value, gradient) = valueAndGradient(at: model) { meanSquares($0(x), y) }
      return (value, gradient)
    }
  }

  private func functionalLosses(_ method: ZeroOrder.Method) throws -> [Double] {
    let (x, y) = fixture.data(Float.self)
    let estimator = try ZeroOrder(method, samples: 100, sigma: 0.01)
    let loss = ZeroOrderFunction(estimator) {
      (model: Linear<Float>, x: Tensor<Float>, y: Tensor<Float>) in meanSquares(model(x), y)
    }
    return try ZeroOrderDocument.losses(fixture.model(Float.self)) { model, step in
      let (value, gradient) = try valueAndGradient(at: model) {
        try loss($0, x, y, key: key.child(UInt64(step)))
      }
      return (value, gradient)
    }
  }

  /// The right estimates follow the exact gradient's curve and do not rise.
  @Test(arguments: [ZeroOrder.Method.forward, .antithetic])
  func differencesFollowTheExactGradient(method: ZeroOrder.Method) throws {
    let (exact, found) = (exactLosses(), try functionalLosses(method))
    #expect(found[0] == exact[0])
    #expect(exact[25] < 0.7 * exact[0])
    let drop = exact[0] - exact[25]
    for (a, b) in zip(found, exact) { #expect(Swift.abs(a - b) < 0.25 * drop) }
    for (now, next) in zip(found, found.dropFirst()) { #expect(next < now) }
  }

  @Test func theNaiveMethodIsNoisier() throws {
    let exact = exactLosses()
    func distance(_ losses: [Double]) -> Double {
      zip(losses, exact).map { Swift.abs($0 - $1) }.max() ?? 0
    }
    let naive = try distance(functionalLosses(.naive))
    let forward = try distance(functionalLosses(.forward))
    #expect(naive > 3 * forward)
  }

  @Test(arguments: ZeroOrder.Method.allCases)
  func modulesDoTheSame(method: ZeroOrder.Method) throws {
    let (x, y) = fixture.data(Float.self)
    let functional = try functionalLosses(method)
    let start = ZeroOrderDocument.Net(linear: fixture.model(Float.self), method: method)
    let found = try ZeroOrderDocument.losses(start) { net, step in
      let (loss, gradient) = try net.lossAndGradient((x, y), key: key.child(UInt64(step)))
      return (loss, gradient)
    }
    #expect(found == functional)
    // And inside a gradient.
    let inside = try gradient(at: start) { try $0.loss((x, y), key: key) }
    let direct = try start.lossAndGradient((x, y), key: key).gradient
    #expect(inside.linear.weight == direct.linear.weight)
  }
}
