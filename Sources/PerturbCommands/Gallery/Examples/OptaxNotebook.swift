internal import Perturbations

/// Document 001, optax's notebook on perturbed optimizers, worked through with its keys.
///
/// optax's defaults are spelled out: `make_perturbed_fun` subtracts the baseline f(θ), and its noise
/// is Gumbel where none is given, as for the trees.
package struct OptaxNotebook {
  /// One number or array that the document prints.
  package struct Item: Sendable {
    package let name: String
    package let computed: [Float]
    package let printed: [Float]
    /// How far the two may be apart.
    package let tolerance: Float
    /// How many decimals the document rounds to; nil where it prints all digits.
    let decimals: Int?

    /// Ours with as many digits as the document prints.
    var rounded: [Float] {
      guard let decimals else { return computed }
      let power = (0..<decimals).reduce(Float(1)) { product, _ in product * 10 }
      return computed.map { ($0 * power).rounded() / power }
    }

    /// The largest distance of two elements; infinite where their numbers differ.
    package var difference: Float {
      computed.count == printed.count
        ? zip(computed, printed).map { abs($0 - $1) }.max() ?? 0 : .infinity
    }
  }

  private typealias TreeOfThree = Tuple<Tensor<Float>, [String: Tensor<Float>], Tensor<Float>>

  package private(set) var items: [Item] = []
  /// Losses along both descents, for figures.
  package private(set) var oneHotLosses: [Float] = []
  package private(set) var rankingLosses: [Float] = []

  /// Half a unit of the last of so many printed decimals, or 1e-6, whichever is larger.
  private static func rounding(_ decimals: Int) -> Float {
    max(1e-6, (0..<decimals).reduce(0.500_01) { product, _ in product / 10 })
  }

  private mutating func note(
    _ name: String, _ computed: [Float], _ printed: [Float], tolerance: Float = 1e-6,
    decimals: Int? = nil
  ) {
    items.append(
      Item(
        name: name, computed: computed, printed: printed,
        tolerance: decimals.map(Self.rounding) ?? tolerance, decimals: decimals))
  }

  package init() throws {
    try oneHotVectors()
    try rankings()
    try trees()
  }

  // MARK: Argmax one-hot

  private mutating func oneHotVectors() throws {
    let values: Tensor<Float> = [-0.6, 1.9, -0.2, 1.1, -1.0]
    let argMaxOneHot: @Sendable (Tensor<Float>) -> Tensor<Float> = {
      oneHot($0.argMax(), classes: 5)
    }
    note("initial values", values.scalars, [-0.6, 1.9, -0.2, 1.1, -1], tolerance: 0)
    note("one-hot", argMaxOneHot(values).scalars, [0, 1, 0, 0, 0], tolerance: 0)

    let perturbed = try Perturbed(
      samples: 100, sigma: 0.5, noise: .gumbel, baseline: .point, argMaxOneHot)
    var keys = RandomKey(1).split()
    let soft = try perturbed(values, key: keys.0)
    note("perturbed argmax", soft.scalars, [0.02, 0.87, 0.01, 0.099_999_99, 0])
    let softmax = (values / 0.5).softmax()
    note(
      "softmax", softmax.scalars,
      [0.005_492_93, 0.815_223_4, 0.012_224_75, 0.164_590_78, 0.002_468_13])
    note(
      "norm of softmax", [softmax.norm().scalar], [0.832], decimals: 3)
    note(
      "norm of the difference", [(soft - softmax).norm().scalar], [0.0860],
      decimals: 4)

    let target: Tensor<Float> = Tensor([2, 3, 4, 5, 6]) / 20
    func loss(_ x: Tensor<Float>, _ key: RandomKey) throws -> Tensor<Float> {
      square(target - (try perturbed(x, key: key))).sum()
    }
    note("loss", [try loss(values, keys.1).scalar], [0.7062], decimals: 4)
    let slope = try gradient(at: values) { try loss($0, keys.1) }
    note(
      "gradient", slope.scalars,
      [-0.098_531_57, 0.108_747_27, -0.117_430_14, -0.178_781_06, 0.167_921_42])

    var x = values
    for _ in 0..<200 {
      keys = keys.1.split()
      let (value, slope) = try valueAndGradient(at: x) { try loss($0, keys.1) }
      oneHotLosses.append(value.scalar)
      x -= 0.5 * slope
    }
    keys = keys.1.split()
    note(
      "initial perturbed one-hot", try perturbed(values, key: keys.0).scalars,
      [0.01, 0.83, 0.01, 0.149_999_99, 0])
    note(
      "values after 200 steps", x.scalars,
      [-0.110_977_38, 0.101_034_89, 0.287_536_68, 0.374_799_1, 0.477_368_12], tolerance: 1e-4)
    note("one-hot after 200 steps", argMaxOneHot(x).scalars, [0, 0, 0, 0, 1], tolerance: 0)
    note(
      "perturbed one-hot after 200 steps", try perturbed(x, key: keys.1).scalars,
      [0.08, 0.179_999_99, 0.21, 0.269_999_98, 0.26], tolerance: 1e-4)
    note("target", target.scalars, [0.1, 0.15, 0.2, 0.25, 0.3])
  }

  // MARK: Ranking

  private mutating func rankings() throws {
    let ranking: @Sendable (Tensor<Float>) -> Tensor<Float> = {
      $0.argsort().argsort().cast(to: Float.self)
    }
    let key = RandomKey(0)
    let values: Tensor<Float> = key.normal([6])
    note(
      "random values", values.scalars,
      [1.622_642_2, 2.025_264_7, -0.433_594_44, -0.078_617_35, 0.176_090_9, -0.972_089_23])
    note("ranking", ranking(values).scalars, [4, 5, 1, 2, 3, 0], tolerance: 0)

    let perturbed = try Perturbed(
      samples: 100, sigma: 0.2, noise: .gumbel, baseline: .point, ranking)
    var keys = key.split()
    note(
      "perturbed ranks", try perturbed(values, key: keys.0).scalars,
      [4.11, 4.89, 1.17, 2.02, 2.76, 0.05])
    let target = Tensor<Float>([0, 1, 2, 3, 4, 5])
    func loss(_ x: Tensor<Float>, _ key: RandomKey) throws -> Tensor<Float> {
      square(target - (try perturbed(x, key: key))).sum()
    }
    note(
      "ranking loss", [try loss(values, keys.1).scalar], [59.774_796], tolerance: 59.774_796e-6)
    let slope = try gradient(at: values) { try loss($0, keys.1) }
    note(
      "ranking gradient", slope.scalars,
      [-1.486_623_8, -1.724_826_5, 2.797_776_7, -0.134_545_85, -1.968_878_6, -1.802_648_8],
      tolerance: 1e-5)

    var x = values
    for _ in 0..<20 {
      keys = keys.1.split()
      let (value, slope) = try valueAndGradient(at: x) { try loss($0, keys.1) }
      rankingLosses.append(value.scalar)
      x -= 0.1 * slope
    }
    keys = keys.1.split()
    note(
      "initial perturbed ranks", try perturbed(values, key: keys.0).scalars,
      [4.089_999_7, 4.91, 1.1, 1.99, 2.84, 0.07])
    note(
      "values after 20 steps", x.scalars,
      [-1.903_736_5, 1.759_716_2, -0.877_719_3, 0.092_955_82, 3.374_949_2, 1.405_563_8],
      tolerance: 1e-4)
    note("target ranks", ranking([0, 1, 2, 3, 4, 5]).scalars, target.scalars, tolerance: 0)
    note("ranks after 20 steps", ranking(x).scalars, [0, 4, 1, 2, 5, 3], tolerance: 0)
    note(
      "perturbed ranks after 20 steps", try perturbed(x, key: keys.1).scalars,
      [0.02, 3.86, 0.989_999_95, 1.99, 5, 3.139_999_9], tolerance: 1e-4)
  }

  // MARK: Trees

  private mutating func trees() throws {
    let tree = TreeOfThree(
      [0.1, 0.4, 0.5], ["k1": [0.1, 0.2], "k2": [0.1, 0.1]], [0.4, 0.3, 0.2, 0.1])
    let argMaxTree: @Sendable (TreeOfThree) -> TreeOfThree = { tree in
      func one(_ x: Tensor<Float>) -> Tensor<Float> { oneHot(x.argMax(), classes: x.count) }
      let (first, middle, last) = tree.elements
      return TreeOfThree(one(first), middle.mapValues(one), one(last))
    }
    func scalars(_ tree: TreeOfThree) -> [Float] {
      tree.leaves.flatMap { $0.tensor(of: Float.self).scalars }
    }
    note("tree argmax", scalars(argMaxTree(tree)), [0, 0, 1, 0, 1, 1, 0, 1, 0, 0, 0], tolerance: 0)

    // The document sets sigma = 1.0 and then passes SIGMA, which is still 0.2.
    let perturbed = try Perturbed(
      samples: 100, sigma: 0.2, noise: .gumbel, baseline: .point, argMaxTree)
    let key = RandomKey(0)
    note(
      "perturbed tree argmax", scalars(try perturbed(tree, key: key)),
      [0.07, 0.35, 0.58, 0.399_999_98, 0.599_999_96, 0.5, 0.5, 0.59, 0.24, 0.09, 0.08])
    func loss(_ x: TreeOfThree) throws -> Tensor<Float> {
      let soft = try perturbed(x, key: key)
      return zip(argMaxTree(x).leaves, soft.leaves).reduce(0) { sum, pair in
        sum + square(pair.0.tensor(of: Float.self) - pair.1.tensor(of: Float.self)).sum() / 4
      }
    }
    note("tree loss", [try loss(tree).scalar], [0.341], decimals: 3)
    let slope = try gradient(at: tree) { try loss($0) }
    note(
      "tree gradient", scalars(slope),
      [
        0.278_168_86, 0.342_923_52, -0.527_383_1, 0.309_875_88, -0.394_558_85, -0.354_755_04,
        1.020_279_5, 0.090_847_7, 0.212_522_92, 0.233_113_02, 0.305_245_4,
      ], tolerance: 2e-6)
    let moved = tree.adding(slope, scaledBy: -0.1)
    note("tree loss after a step", [try loss(moved).scalar], [0.210], decimals: 3)
  }
}
