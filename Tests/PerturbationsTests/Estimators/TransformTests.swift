import Perturbations
import Testing

/// Every transform goes through a perturbed call, and gives what its estimators give.
@Suite struct PerturbedTransformTests {
  private struct Point: TreeStruct, Sendable {
    var position: Tensor<Double>
    var speed: Tensor<Double>?
    static var children: [Child<Point>] { [Child(\.position), Child(\.speed)] }
  }

  private let theta: Tensor<Double> = [0.3, -0.2, 0.5]
  private let g: Tensor<Double> = [1, 2, -1]
  private let key = RandomKey(4)

  private func softArgMax(_ noise: Noise = .gumbel) throws -> Perturbed<
    Tensor<Double>, Tensor<Double>
  > {
    try Perturbed(samples: 400, sigma: 0.5, noise: noise, baseline: .leaveOneOut) {
      (x: Tensor<Double>) in oneHot(x.argMax(), classes: 3, as: Double.self)
    }
  }

  private func agree(_ a: Tensor<Double>, _ b: Tensor<Double>) -> Bool {
    a.isClose(to: b, relative: 1e-9, absolute: 1e-9)
  }

  @Test func jacobianRowsArePullbacksAndColumnsAreTangents() throws {
    let f = try softArgMax()
    let matrix = try jacobian(at: theta) { try f($0, key: key) }
    #expect(matrix.shape == [3, 3])
    for entry in 0..<3 {
      let unit: Tensor<Double> = oneHot(Tensor(Int32(entry)), classes: 3, as: Double.self)
      let row = try f.gradientEstimate(at: theta, cotangent: unit, key: key).gradient
      #expect(agree(matrix[entry], row))
      let tangent = try jvp(at: theta, along: unit) { try f($0, key: key) }
      #expect(try tangent.value == (f(theta, key: key)))
      #expect(agree(matrix.transposed()[entry], tangent.derivative))
    }
  }

  @Test func hessiansAndTheirProducts() throws {
    for noise in [Noise.gumbel, .logistic, .logNormal] {
      let f = try softArgMax(noise)
      let matrix = try hessian(at: theta) { (try f($0, key: key) * g).sum() }
      let expected = try f.hessianEstimate(at: theta, cotangent: g, key: key)
      #expect(agree(matrix, expected.value))
      let product = try hessianVectorProduct(at: theta, along: [1, 0, 2]) {
        (try f($0, key: key) * g).sum()
      }
      #expect(agree(product, matmul(matrix, [1, 0, 2])))
    }
  }

  @Test func valuesComeWithWhatIsBesideThem() throws {
    let f = try softArgMax()
    let found = try valueAndGradient(
      at: theta,
      auxiliary: { x in
        let soft = try f(x, key: key)
        return ((soft * g).sum(), withoutGradient(soft))
      })
    #expect(try found.auxiliary == (f(theta, key: key)))
    #expect(found.value == (found.auxiliary * g).sum())
    #expect(
      agree(found.gradient, try f.gradientEstimate(at: theta, cotangent: g, key: key).gradient))
  }

  @Test func checkpointsChangeNothing() throws {
    let f = try softArgMax()
    let plain = try gradient(at: theta) { square(try f($0 * 2, key: key) - g).sum() }
    let again = try gradient(at: theta) { x in
      square(try checkpoint(at: x) { try f($0 * 2, key: key) } - g).sum()
    }
    #expect(plain == again)
  }

  /// Rows that a map sees share the key's noise.
  @Test func mapsOfEachTransform() throws {
    let f = try softArgMax()
    let rows = stack([theta, -theta])
    let values = try vmap { (x: Tensor<Double>) in try f(x, key: key) }(rows)
    let gradients = try vmap { (x: Tensor<Double>) in
      try gradient(at: x) { (try f($0, key: key) * g).sum() }
    }(rows)
    let products = try vmap { (x: Tensor<Double>) in
      try hessianVectorProduct(at: x, along: g) { (try f($0, key: key) * g).sum() }
    }(rows)
    for (row, x) in [theta, -theta].enumerated() {
      #expect(agree(values[row], try f(x, key: key)))
      #expect(
        agree(gradients[row], try f.gradientEstimate(at: x, cotangent: g, key: key).gradient))
      #expect(
        agree(
          products[row],
          try f.hessianProductEstimate(at: x, cotangent: g, direction: g, key: key).value))
    }
  }

  @Test func transformsOfTrees() throws {
    let f = try Perturbed(samples: 300, sigma: 0.5, baseline: .leaveOneOut) { (x: Point) in
      [sign(x.position * (x.speed ?? 1)).sum(), (x.speed ?? 0).sum()]
    }
    let point = Point(position: [0.3, -0.2], speed: [0.1, 0.4])
    func value(_ x: Point) throws -> Tensor<Double> {
      let parts = try f(x, key: key)
      return parts[0] + 2 * parts[1]
    }
    let blocks = try hessian(at: point) { try value($0) }
    let expected = try f.hessianEstimate(at: point, cotangent: [1, 2], key: key).value
    #expect(agree(blocks[0].position, expected[0..<2, 0..<2]))
    #expect(agree(try #require(blocks[0].speed), expected[0..<2, 2..<4]))
    #expect(agree(try #require(blocks[1].speed), expected[2..<4, 2..<4]))
    let direction = Point(position: [1, 0], speed: [0, 2])
    let product = try hessianVectorProduct(at: point, along: direction) { try value($0) }
    #expect(agree(product.position, matmul(expected, [1, 0, 0, 2])[0..<2]))
    let tangent = try jvp(at: point, along: direction) { try f($0, key: key) }.derivative
    let slope = try gradient(at: point) { try value($0) }
    #expect(
      agree(tangent[0] + 2 * tangent[1], slope.innerProduct(direction, as: Double.self)))
    // An absent part stays absent.
    let without = try gradient(at: Point(position: [0.3, -0.2])) { try value($0) }
    #expect(without.speed == nil)
  }

  /// One key, one noise: the difference of two calls is far less noisy than either.
  @Test func callsWithOneKeyShareTheirNoise() throws {
    let f = try softArgMax()
    let near = theta + 1e-3
    var (shared, separate) = (0.0, 0.0)
    for trial in 0..<40 {
      let key = RandomKey(UInt64(trial))
      let here = try f(theta, key: key)
      shared += square(try f(near * [1, 2, 1], key: key) - here).sum().scalar
      separate += square(try f(near * [1, 2, 1], key: key.child(1)) - here).sum().scalar
    }
    #expect(shared < separate / 2)
  }
}
