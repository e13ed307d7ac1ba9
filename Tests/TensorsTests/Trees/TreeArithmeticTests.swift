import Tensors
import Testing

/// A tree with everything that a tree can have.
private struct Model: TreeStruct {
  var weight: Tensor<Float>
  var parts: [Tensor<Double>]
  var table: [String: Tensor<Float>]
  var extra: Tensor<Float>?
  var count: Tensor<Int32>
  var mask: Tensor<Bool>
  static var children: [Child<Model>] {
    [
      Child(\.weight), Child(\.parts), Child(\.table), Child(\.extra), Child(\.count),
      Child(\.mask),
    ]
  }
}

extension Model {
  /// What a gradient has where nothing can be differentiated.
  fileprivate var zeroingIntegers: Model {
    var result = self
    result.count = zeros(like: count)
    result.mask = zeros(like: mask)
    return result
  }
}

private func model(_ x: Float, extra: Tensor<Float>? = nil) -> Model {
  Model(
    weight: Tensor(shape: [2, 2], scalars: [x, 2, 3, 4]),
    parts: [Tensor([Double(x)]), Tensor(0.5)],
    table: ["b": Tensor([2 * x]), "a": Tensor([1, x])], extra: extra, count: [7],
    mask: [true, false])
}

@Suite struct TreeArithmeticTests {
  @Test func `sums, differences and multiples, leaf by leaf`() {
    let (a, b) = (model(2), model(-1))
    let sum = a.adding(b)
    #expect(sum.weight == [[1, 4], [6, 8]])
    #expect(sum.parts[0] == [1])
    #expect(sum.parts[1] == 1)
    #expect(sum.table["a"] == [2, 1] as Tensor<Float>)
    #expect(sum.table["b"] == [2] as Tensor<Float>)
    #expect(a.subtracting(b).table["a"] == [0, 3] as Tensor<Float>)
    #expect(a.scaled(by: -0.5).weight == [[-1, -1], [-1.5, -2]])
    #expect(a.scaled(by: Tensor<Float>(3)).parts[0] == [6])
    #expect(a.adding(b, scaledBy: 0.5).weight == [[1.5, 3], [4.5, 6]])
    #expect(a.adding(b, scaledBy: Tensor<Double>(0.5)).parts[1] == 0.75)
    // What has no derivative stays as it is in the first tree.
    #expect(sum.count == [7])
    #expect(sum.mask == [true, false])
    #expect(a.scaled(by: 3).count == [7])
  }

  @Test func `inner product and norm over all leaves`() {
    let (a, b) = (model(2), model(-1))
    // weight −2 + 4 + 9 + 16, parts −2 + ¼, table a 1 − 2, b 4 · −2
    #expect(a.innerProduct(b).scalar == 16.25)
    #expect(a.globalSquaredNorm().scalar == 58.25)
    #expect(a.globalNorm().scalar == 58.25.squareRoot())
    #expect(a.globalNorm(as: Float.self).scalar == Float(58.25).squareRoot())
    #expect(([] as [Tensor<Float>]).globalNorm().scalar == 0)
    // weight 2 + 2 + 3 + 4, parts 2 + ½, table a 1 + 2, b 4
    #expect(a.globalSum().scalar == 20.5)
    #expect(a.parameterCount == 9)
    // The place of the call decides the type.
    let loss: Tensor<Float> = a.weight.sum() + a.globalSquaredNorm() + a.globalSum()
    #expect(loss.scalar == 11 + 58.25 + 20.5)
    let product: Tensor<Float> = a.innerProduct(b)
    #expect(product.scalar == 16.25)
  }

  @Test func `derivatives of arithmetic`() {
    let (a, b) = (model(2), model(-1))
    let g = gradient(at: a) { $0.innerProduct(b) }
    #expect(g.weight == b.weight)
    #expect(g.parts == b.parts)
    #expect(g.table == b.table)
    #expect(g.count == [0])
    #expect(g.mask == [false, false])
    let norm = gradient(at: a) { $0.globalNorm() }
    #expect(norm.isClose(to: zeros(like: a).adding(a, scaledBy: 1 / 58.25.squareRoot())))
    // The norm's derivative at 0 is 0.
    #expect(gradient(at: zeros(like: a)) { $0.globalNorm() }.globalNorm().scalar == 0)
    let slope = gradient(at: Tensor<Double>(0.5)) { s in
      a.adding(b, scaledBy: s).globalSquaredNorm(as: Double.self)
    }
    // d/ds ‖a + s b‖² = 2 ⟨a, b⟩ + 2 s ‖b‖²
    let expected = 2 * a.innerProduct(b).scalar + b.globalSquaredNorm().scalar
    #expect(abs(slope.scalar - expected) < 1e-12 * abs(expected))
    let scaled = gradient(at: Tensor<Float>(2)) {
      a.scaled(by: $0).globalSquaredNorm(as: Float.self)
    }
    #expect(scaled.scalar == 4 * 58.25)
    // Derivatives of derivatives.
    let second = gradient(at: a) { x in
      gradient(at: x) { $0.globalSquaredNorm() }.innerProduct(b)
    }
    #expect(second.isClose(to: g.scaled(by: 2)))
  }

  @Test func `arithmetic under a map`() {
    let batch: [Tensor<Float>] = [[[1, 2], [3, 4]], [5, 6]]
    let norms = vmap { (x: [Tensor<Float>]) in x.globalSquaredNorm(as: Float.self) }(batch)
    #expect(norms == [30, 61])
    let sums = vmap { (x: [Tensor<Float>]) in x.adding(x, scaledBy: 2) }(batch)
    #expect(sums[0] == [[3, 6], [9, 12]])
    #expect(sums[1] == [15, 18])
  }

  @Test func `functions of leaves and of pairs of leaves`() {
    let a = model(2)
    let mapped = a.mapLeaves(of: Float.self) { $0.sum() }
    #expect(mapped.weight == 11)
    #expect(mapped.table["a"] == Tensor<Float>(3))
    #expect(mapped.parts == a.parts)
    #expect(mapped.count == a.count)
    #expect(a.mapLeaves(of: Int32.self) { $0 + 1 }.count == [8])
    let zipped = a.zipLeaves(with: mapped, of: Float.self) { $0 / $1 }
    #expect(zipped.table["a"] == Tensor<Float>([1 / 3, 2 / 3]))
    struct Failure: Error {}
    #expect(throws: Failure.self) {
      _ = try a.mapLeaves(of: Float.self) { (x) throws(Failure) in throw Failure() }
    }
  }

  @Test func `functions of floating-point leaves of any type`() {
    let (a, b) = (model(2), model(-1))
    let smaller = a.mapLeaves { 0.5 * $0 }
    #expect(smaller.weight == [[1, 1], [1.5, 2]])
    #expect(smaller.parts == [[1], 0.25])
    #expect(smaller.count == a.count && smaller.mask == a.mask)
    #expect(a.mapLeaves { $0.sum() }.weight == 11)
    let mean = a.zipLeaves(with: b) { ($0 + $1) / 2 }
    #expect(mean.isClose(to: a.adding(b).scaled(by: 0.5), relative: 0, absolute: 0))
    // The result is rounded once: 0.1 is not a `Float`.
    let third: [Tensor<Float>] = [[1 / 3]]
    #expect(third.mapLeaves { 0.1 * $0 }[0].scalar == Float(0.1 * Double(Float(1) / 3)))
    let slope = gradient(at: a) { x in
      x.mapLeaves { square($0) }.zipLeaves(with: b) { $0 * $1 }.globalSum()
    }
    // 2 x b, leaf by leaf
    #expect(slope.isClose(to: a.zipLeaves(with: b) { 2 * $0 * $1 }.zeroingIntegers))
    struct Failure: Error {}
    #expect(throws: Failure.self) {
      _ = try a.mapLeaves { (x) throws(Failure) in throw Failure() }
    }
  }

  @Test func `zeros, ones and random numbers in the same shapes`() throws {
    let a = model(2, extra: [1, 2, 3])
    #expect(zeros(like: a).innerProduct(ones(like: a)).scalar == 0)
    #expect(ones(like: a).globalSquaredNorm().scalar == 12)
    #expect(ones(like: a).mask == [true, true])
    #expect(zeros(like: a).mask == [false, false])
    try zeros(like: a).checkStructure(a)
    let key = RandomKey(3)
    let drawn = random(like: a, key: key)
    try drawn.checkStructure(a)
    // Seven leaves with values before `count`: weight, two parts, table a and b, extra.
    let keys = key.split(8)
    #expect(drawn.weight == keys[0].normal([2, 2]))
    #expect(drawn.parts[1] == keys[2].normal([], as: Double.self))
    #expect(drawn.table["a"] == keys[3].normal([2]) as Tensor<Float>)
    #expect(drawn.extra == keys[5].normal([3]) as Tensor<Float>)
    #expect(drawn.count == a.count)
    #expect(drawn.mask == a.mask)
    #expect(random(like: a, key: key, from: .gumbel).weight == keys[0].gumbel([2, 2]))
  }

  @Test func `closeness within tolerances`() {
    let a = model(2)
    #expect(a.isClose(to: a, relative: 0, absolute: 0))
    #expect(a.isClose(to: model(2.000_001)))
    #expect(!a.isClose(to: model(2.001)))
    #expect(a.isClose(to: model(2.001), relative: 1e-3))
    #expect(a.isClose(to: model(2.001), relative: 0, absolute: 2.1e-3))
    #expect(!a.isClose(to: model(2, extra: [1])))
    var other = a
    other.count = [8]
    #expect(!a.isClose(to: other))
    other = a
    other.mask = [true, true]
    #expect(!a.isClose(to: other))
    let odd = Tensor<Double>([1, .infinity, -.infinity, 0])
    #expect([odd].isClose(to: [odd]))
    #expect(![odd].isClose(to: [Tensor<Double>([1, -.infinity, -.infinity, 0])]))
    #expect(![Tensor<Double>(1)].isClose(to: [Tensor<Double>(.infinity)]))
    #expect(![Tensor<Double>(.nan)].isClose(to: [Tensor<Double>(.nan)]))
    #expect(!Tensor<Double>([1]).isClose(to: Tensor<Double>([.infinity])))
    #expect(!Tensor<Double>([.infinity]).isClose(to: Tensor<Double>([1])))
    #expect(!Tensor<Double>([.nan]).isClose(to: Tensor<Double>([1])))
    #expect(!Tensor<Double>([1]).isClose(to: Tensor<Double>([.nan])))
  }

  @Test func `differences of structure are named`() {
    let a: [String: [Tensor<Float>]] = ["x": [[1, 2], 3], "y": [4]]
    func difference(_ b: [String: [Tensor<Float>]]) -> String? {
      do throws(TreeMismatch) {
        try a.checkStructure(b, "adding")
        return nil
      } catch { return error.description }
    }
    #expect(difference(a) == nil)
    #expect(
      difference(["x": [[1, 2, 3], 3], "y": [4]])?.contains("[\"x\"][0]") == true)
    #expect(difference(["x": [[1, 2], 3]])?.contains("[\"y\"][0]") == true)
  }

  @Test(.enabled(if: canTestExits)) func `trees that differ stop arithmetic by name`() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let a: [Tensor<Float>] = [[1, 2], [3]]
      _ = a.adding([[1, 2], [3, 4]])
    }
    let message = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(message.contains("adding") && message.contains("[1]"), "\(message)")
  }

  @Test func `a readable description`() {
    let weight: Tensor<Float> = [[1, 2.5]]
    let tree = Tuple(["w": weight], Tensor<Int32>(7), Tensor<Bool>([true]))
    #expect(
      tree.treeDescription == """
        .0["w"]: float [1, 2]
          [[1.  2.5]]
        .1: int32 []
          7
        .2: bool [1]
          [True]
        """)
    #expect(Tensor<Double>(1).treeDescription == "the root: double []\n  1.0")
    _ = vmap { (x: [Tensor<Float>]) in
      #expect(x.treeDescription == "[0]: float [2]\n  (mapped)")
      return x[0]
    }([[[1, 2]]])
  }
}

private let canTestExits: Bool = {
  #if os(Linux) || os(macOS) || os(Windows)
    true
  #else
    false
  #endif
}()
