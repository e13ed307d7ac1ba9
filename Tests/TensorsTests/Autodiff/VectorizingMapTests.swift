import Tensors
import Testing

struct VectorizingMapTests {
  let batch = sample([3, 4], seed: 81)

  @Test func seesOneExample() {
    let shapes = vmap { x in
      #expect(x.shape == [4])
      #expect(x.count == 4)
      return x.expandingAxis(0)
    }(batch)
    #expect(shapes.shape == [3, 1, 4])
  }

  @Test func mapsNest() {
    let products = vmap { x in vmap { y in dot(x, y) }(batch) }(batch)
    #expect(agree(products, matmul(batch, batch.transposed()), 1e-14))
    let outerMap = vmap { x in vmap { scalar in scalar * x }(x) }(batch)
    #expect(outerMap == batch.expandingAxis(2) * batch.expandingAxis(1))
  }

  @Test func resultsThatDoNotDependOnTheInputAreRepeated() {
    let out = vmap { _ in [Tensor<Double>(2), Tensor<Double>([1, 2])] }(batch)
    #expect(out[0] == [2, 2, 2])
    #expect(out[1] == [[1, 2], [1, 2], [1, 2]])
  }

  @Test func treesInAndOut() {
    let sums = vmap { (tree: [String: Tensor<Double>]) in
      ["sum": tree["a", default: 0].sum() + tree["b", default: 0]]
    }(["a": batch, "b": [1, 2, 3]])
    #expect(sums["sum"] == batch.sum(axis: 1) + [1, 2, 3])
  }

  @Test func twoInputs() {
    let dots = vmap { (x: Tensor<Double>, y: Tensor<Double>) in dot(x, y) }(batch, 2 * batch)
    #expect(agree(dots, 2 * square(batch).sum(axis: 1), 1e-14))
  }

  @Test func sequentialFormReadsElements() {
    let signs = vmap(sequential: true) { (x: Tensor<Double>) in
      x[0].scalar > 0 ? x : -x
    }(batch)
    #expect((signs[.all, 0] .> 0).all().scalar)
    #expect(
      gradient(at: batch) {
        vmap(sequential: true) { (x: Tensor<Double>) in square(x).sum() }($0).sum()
      } == 2 * batch)
  }

  @Test func mapScalarsWorksUnderMaps() {
    let halves = vmap { $0.mapScalars { ($0 / 2).rounded() } }(batch)
    #expect(halves == batch.mapScalars { ($0 / 2).rounded() })
    #expect(batch.mapScalars { $0 > 0 } == (batch .> 0))
    #expect(batch.mapScalars { Int32($0) } == batch.cast(to: Int32.self))
  }

  @Test func emptyBatch() {
    let empty = Tensor<Double>.zeros([0, 4])
    #expect(vmap { $0.sum() }(empty).shape == [0])
    #expect(vmap { $0.softmax() }(empty).shape == [0, 4])
  }

  // MARK: - Errors

  @Test func readingElementsNamesTheSequentialForm() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = vmap { (x: Tensor<Double>) in x[0].scalar > 0 ? x : -x }([[1, 2]])
    }
    #expect(says(result, "scalar: this tensor is mapped"))
    #expect(says(result, "`vmap(…, sequential: true)`"))
  }

  @Test func leadingAxesMustAgree() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let pair: [Tensor<Double>] = [[1, 2], [1, 2, 3]]
      _ = vmap { $0[0] + $0[1] }(pair)
    }
    #expect(says(result, "vmap: leading axes of 2 and 3 entries"))
  }
}
