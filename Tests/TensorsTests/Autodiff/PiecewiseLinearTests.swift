import Tensors
import Testing

/// Functions whose derivative is constant piece by piece, and the next one zero: no error and no
/// zero but where it is due.
struct PiecewiseLinearTests {
  typealias Function = @Sendable (Tensor<Double>) -> Tensor<Double>

  struct Piecewise: Sendable, CustomTestStringConvertible {
    let name: String
    /// x ↦ w(x), constant piece by piece.
    let weight: Function

    init(_ name: String, _ weight: @escaping Function) {
      self.name = name
      self.weight = weight
    }

    var testDescription: String { name }
  }

  static let x: Tensor<Double> = [1.3, -0.7, 2.6, 0.4]

  static func number(_ x: Tensor<Bool>) -> Tensor<Double> { x.cast(to: Double.self) }
  static func number(_ x: Tensor<Int32>) -> Tensor<Double> { x.cast(to: Double.self) }

  static let functions: [Piecewise] = [
    Piecewise("mask") { number($0 .> 0) },
    Piecewise("sign") { sign($0) },
    Piecewise("floor") { floor($0) },
    Piecewise("ceil of a multiple") { ceil(3 * $0 + 0.1) },
    Piecewise("round of a square") { round(square($0)) },
    Piecewise("ranks") { number($0.argsort().argsort()) },
    Piecewise("ranks and one") { number($0.argsort().argsort() + 1) },
    Piecewise("argmax") { oneHot($0.argMax(), classes: 4, as: Double.self) },
    Piecewise("argmin of a product") { number(($0 * $0[.every(-1)]).argMin()) },
    Piecewise("integers") { number($0.cast(to: Int32.self)) },
    Piecewise("indices of top k") { concatenate([number($0.topK(2).indices), [1, 2]]) },
    Piecewise("conditions together") { number(($0 .> 0) .& ($0 .< 2)) },
    Piecewise("any") { number(($0 .> 2).any()) },
    Piecewise("count") { number(($0 .> 0).trueCount()) },
    Piecewise("two cuts") { floor($0) * number($0 .> 0) + sign(floor($0)) },
    Piecewise("cut twice") { floor(0.5 * floor($0) + 0.2) },
    Piecewise("a smooth function of a cut") { exp(sign($0)) },
    Piecewise("choice between constants") { select($0 .> 0, 2, -3 as Tensor<Double>) },
    Piecewise("comparison of elements") { number($0 .> $0[.every(-1)]) },
    Piecewise("scattered") { number($0.take($0.argsort()) .> 0.5) },
  ]

  /// Σ w(x) x
  private static func linear(_ piece: Piecewise) -> Function { { ($0 * piece.weight($0)).sum() } }

  /// Σ w(x) x², whose second derivatives are not zero.
  private static func quadratic(_ piece: Piecewise) -> Function {
    { (square($0) * piece.weight($0)).sum() }
  }

  /// Every way to the second derivatives of a function of [4], and the matrix each gives.
  private static func hessians(_ f: @escaping Function) -> [(String, Tensor<Double>)] {
    let unit = Tensor<Double>.identity(4)
    let rows = stack([x, x, x, x])
    return [
      ("hessian", hessian(at: x, of: f)),
      ("products", stack((0..<4).map { hessianVectorProduct(at: x, along: unit[$0], of: f) })),
      ("mapped products", vmap { hessianVectorProduct(at: x, along: $0, of: f) }(unit)),
      (
        "forward over reverse",
        stack((0..<4).map { jvp(at: x, along: unit[$0]) { gradient(at: $0, of: f) }.derivative })
      ),
      (
        "reverse over forward",
        stack(
          (0..<4).map { row in
            gradient(at: x) { jvp(at: $0, along: unit[row], of: f).derivative }
          })
      ),
      (
        "mapped forward over reverse",
        vmap { d in jvp(at: x, along: d) { gradient(at: $0, of: f) }.derivative }(unit)
      ),
      (
        "forward over forward",
        stack(
          (0..<4).map { row in
            jvp(at: x, along: unit[row]) { y in
              stack((0..<4).map { jvp(at: y, along: unit[$0], of: f).derivative })
            }.derivative
          })
      ),
      ("mapped hessian", vmap { hessian(at: $0, of: f) }(stack([x, x]))[1]),
      ("jacobian of gradient", jacobian(at: x) { gradient(at: $0, of: f) }),
      (
        "gradient of mapped gradients",
        gradient(at: rows) { (vmap { gradient(at: $0, of: f) }($0) * unit).sum() }
      ),
      (
        "gradient of the map's gradient",
        gradient(at: rows) { rows in (gradient(at: rows) { vmap(f)($0).sum() } * unit).sum() }
      ),
      ("checkpointed", hessian(at: x) { checkpoint(at: $0, of: f) }),
      (
        "checkpointed gradient",
        jacobian(at: x) { checkpoint(at: $0) { gradient(at: $0, of: f) } }
      ),
      (
        "mapped and checkpointed",
        vmap { hessian(at: $0) { checkpoint(at: $0, of: f) } }(stack([x, x]))[0]
      ),
      (
        "a pullback of one's own",
        hessian(at: x) { x in
          withPullback(at: x) { x in (f(x), { $0 * gradient(at: x, of: f) }) }
        }
      ),
      (
        "gradient inside a loop of one",
        hessian(at: x) { x in valueAndGradient(at: x, of: f).value }
      ),
    ]
  }

  @Test(arguments: functions) func secondDerivativesAreZero(_ piece: Piecewise) {
    let weight = piece.weight(Self.x).broadcast(to: [4])
    #expect(gradient(at: Self.x, of: Self.linear(piece)) == weight)
    for (mode, matrix) in Self.hessians(Self.linear(piece)) {
      #expect(matrix == Tensor.zeros([4, 4]), "\(piece.name), \(mode)")
    }
  }

  @Test(arguments: functions) func secondDerivativesOfSquaresAreNot(_ piece: Piecewise) {
    let expected = (2 * piece.weight(Self.x).broadcast(to: [4])).diagonalMatrix()
    for (mode, matrix) in Self.hessians(Self.quadratic(piece)) {
      #expect(agree(matrix, expected, 1e-15), "\(piece.name), \(mode)")
    }
  }

  @Test(arguments: functions) func thirdDerivativesAreZero(_ piece: Piecewise) {
    for f in [Self.linear(piece), Self.quadratic(piece)] {
      let third = jacobian(at: Self.x) { hessian(at: $0, of: f) }
      #expect(third == Tensor.zeros([4, 4, 4]), "\(piece.name)")
    }
  }

  /// The gradient written by hand, with its own cut in the pullback.
  @Test func ownPullbacksCutToo() {
    func ramp(_ x: Tensor<Double>) -> Tensor<Double> {
      withPullback(at: x) { x in (relu(x), { $0 * Self.number(x .> 0) }) }
    }
    #expect(hessian(at: Self.x) { ramp($0).sum() } == Tensor.zeros([4, 4]))
    let mapped = vmap { hessian(at: $0) { ramp($0).sum() } }(stack([Self.x, -Self.x]))
    #expect(mapped == Tensor.zeros([2, 4, 4]))
    let square = hessian(at: Self.x) { Tensors.square(ramp($0)).sum() }
    #expect(square == (2 * Self.number(Self.x .> 0)).diagonalMatrix())
  }

  /// d²/dx dy of Σ x y ⌊x⌋ is ⌊x⌋.
  @Test func otherInputsPass() {
    let y = sample([4], seed: 5)
    let mixed = gradient(at: Self.x, y) { x, y in
      gradient(at: x) { x in (x * y * floor(x)).sum() }.sum()
    }
    #expect(mixed.0 == [0, 0, 0, 0])
    #expect(mixed.1 == floor(Self.x))
    let blocks: [[Tensor<Double>]] = hessian(at: [Self.x, y]) { p in
      (p[0] * p[1] * floor(p[0])).sum()
    }
    #expect(blocks[0][0] == Tensor.zeros([4, 4]))
    #expect(blocks[0][1] == floor(Self.x).diagonalMatrix())
    #expect(blocks[1][0] == floor(Self.x).diagonalMatrix())
    #expect(blocks[1][1] == Tensor.zeros([4, 4]))
  }

  // MARK: - First derivatives that are cut off

  @Test(arguments: functions.indices) func firstDerivativesAreRefused(_ index: Int) async {
    let plain = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      [index] in
      let weight = PiecewiseLinearTests.functions[index].weight
      _ = gradient(at: PiecewiseLinearTests.x) { weight($0).sum() }
    }
    #expect(says(plain, "the result depends on the input only through"))
    let twice = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      [index] in
      let weight = PiecewiseLinearTests.functions[index].weight
      _ = hessian(at: PiecewiseLinearTests.x) { weight($0).sum() }
    }
    #expect(says(twice, "the result depends on the input only through"))
  }

  /// Of each, the derivative in x is that of a function that is constant piece by piece.
  static let refused: [@Sendable () -> Void] = [
    { _ = jvp(at: x, along: x) { floor($0) } },
    { _ = vmap { gradient(at: $0) { sign($0).sum() } }(stack([x, x])) },
    { _ = gradient(at: x) { checkpoint(at: $0) { floor($0) }.sum() } },
    // The inner gradient is ⌊x⌋, which the transform inside took for a constant.
    { _ = gradient(at: x) { x in gradient(at: x) { w in (w * floor(x)).sum() }.sum() } },
    {
      _ = gradient(at: x) { x in
        let ranks = number(x.argsort().argsort())
        return gradient(at: x) { ($0 * ranks).sum() }.sum()
      }
    },
    { _ = gradient(at: x) { x in gradient(at: floor(x)) { square($0).sum() }.sum() } },
    // The value, not the derivative.
    {
      _ = gradient(at: x) { x in
        valueAndGradient(at: x, auxiliary: { x in (x.sum(), floor(x)) }).gradient.sum()
          + floor(x).sum()
      }
    },
  ]

  @Test(arguments: refused.indices) func cutFunctionsAreRefused(_ index: Int) async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      [index] in
      PiecewiseLinearTests.refused[index]()
    }
    #expect(says(result, "the result depends on the input only through"))
  }
}
