import Tensors
import Testing

struct TensorTests {
  @Test func literals() {
    let scalar: Tensor<Float> = 2
    #expect(scalar.shape == [])
    #expect(scalar.scalar == 2)
    let matrix: Tensor<Double> = [[1, 2, 3], [4, 5, 6]]
    #expect(matrix.shape == [2, 3])
    #expect(matrix.scalars == [1, 2, 3, 4, 5, 6])
    let empty: Tensor<Int32> = []
    #expect(empty.shape == [0])
    let truth: Tensor<Bool> = [[true], [false]]
    #expect(truth.shape == [2, 1])
    #expect(truth.scalars == [true, false])
    let parts = Tensor<Double>([[1, 2], [3, 4]])
    let mixed: Tensor<Double> = [parts[0], 2 * parts[1]]
    #expect(mixed == [[1, 2], [6, 8]])
    #expect(
      gradient(at: parts) { x in ([x[0], 2 * x[1]] as Tensor<Double>).sum() } == [[1, 1], [2, 2]])
  }

  @Test func nestedArrays() {
    let rows: [[Float]] = [[1, 2], [3, 4], [5, 6]]
    #expect(Tensor(rows) == [[1, 2], [3, 4], [5, 6]])
    let cube: [[[Int32]]] = [[[1, 2]], [[3, 4]]]
    #expect(Tensor(cube).shape == [2, 1, 2])
    #expect(Tensor([[Double]]()).shape == [0, 0])
  }

  @Test func creation() {
    #expect(Tensor<Float>.zeros([2, 2]) == [[0, 0], [0, 0]])
    #expect(Tensor<Int32>.full([2], 7) == [7, 7])
    #expect(Tensor<Double>.ones(like: [[1, 2]]) == [[1, 1]])
    #expect(Tensor<Double>.zeros(like: [1, 2]) == [0, 0])
    #expect(Tensor<Double>.arange(3) == [0, 1, 2])
    #expect(Tensor<Int32>.arange(3, 3).count == 0)
    #expect(Tensor<Double>.linspace(2, 3, count: 1) == [2])
    let made = Tensor<Float>(shape: [2, 2]) { out in for i in 0..<4 { out[i] = Float(i) } }
    #expect(made == [[0, 1], [2, 3]])
    let hot: Tensor<Double> = oneHot([1, -1, 5], classes: 2)
    #expect(hot == [[0, 1], [0, 0], [0, 0]])
    #expect(oneHot([1], classes: 2) == [[0, 1]])
  }

  @Test func numbersOfOtherTypes() {
    let x: Tensor<Float> = [1, 2, 4]
    let (n, s) = (2, 0.5)
    #expect(x / n == [0.5, 1, 2])
    #expect(n - x == [1, 0, -2])
    #expect(x * s == [0.5, 1, 2])
    #expect(s / x == [0.5, 0.25, 0.125])
    #expect(x * UInt8(3) == [3, 6, 12])
    #expect(x ** n == [1, 4, 16])
    #expect(n ** x == [2, 4, 16])
    #expect((x .> s * 3) == [false, true, true])
    #expect((n .< x) == [false, false, true])
    #expect((x .== n) == [false, true, false])
    #expect(maximum(x, n) == [2, 2, 4])
    #expect(select(x .> n, x, s) == [0.5, 0.5, 4])
    // A number is rounded to the element type once: 1/3 as a Float, not as a Double.
    #expect(x * (1 / 3.0) == x * Tensor(Float(1 / 3.0)))
    var z = x
    z += n
    z *= s
    #expect(z == [1.5, 2, 3])
    let i: Tensor<Int32> = [7, -7, 5]
    #expect(i / n == [3, -3, 2])
    #expect(n * i == [14, -14, 10])
    #expect((n .< i) == [true, false, true])
  }

  @Test func elementTypesWithoutAWord() {
    let key = RandomKey(3)
    func type<S>(_ tensor: Tensor<S>) -> String { "\(S.self)" }
    #expect(type(key.normal([2]) * 0.1) == "Float")
    #expect(type(key.uniform([2], in: -1..<1)) == "Float")
    #expect(type(key.gumbel([2])) == "Float")
    #expect(type(key.draws([2], from: .laplace)) == "Float")
    #expect(type(oneHot([1], classes: 2)) == "Float")
    #expect(type((Tensor<Int32>([1, 2]) .== 1).mean()) == "Float")
    #expect(type(Tensor<Double>([1, 2]) * key.normal([2])) == "Double")
    let double: Tensor<Double> = key.normal([2])
    #expect(double == key.normal([2], as: Double.self))
    #expect(double.scalars == key.normal(2))
  }

  @Test func masks() {
    let x: Tensor<Double> = [[1, -2, 3], [-4, 5, -6]]
    #expect(x[x .< 0] == [-2, -4, -6])
    #expect(x[[false, true]] == [[-4, 5, -6]])
    #expect(x[x .> 9] == [])
    #expect((x .> 0).sum().scalar == 3)
    #expect((x .> 0).sum(axis: 0) == [1, 1, 1])
    #expect((x .> 0).mean(axis: 1) == Tensor([2, 1]) / 3)
    var y = x
    y[x .< 0] = 0
    #expect(y == [[1, 0, 3], [0, 5, 0]])
    y[[true, false]] = [7, 8, 9]
    #expect(y == [[7, 8, 9], [0, 5, 0]])
    y[x .< 0] = [10, 20, 30]
    #expect(y == [[7, 10, 9], [20, 5, 30]])
    #expect(gradient(at: x) { square($0[x .> 0]).sum() } == [[2, 0, 6], [0, 10, 0]])
    // One number for all entries needs no count of them, and so works where the mask is mapped.
    let clipped = vmap { (row: Tensor<Double>) in
      var row = row
      row[row .< 0] = 0
      return row
    }(x)
    #expect(clipped == [[1, 0, 3], [0, 5, 0]])
    #expect(vmap { $0[[true, false, true]] }(x) == [[1, 3], [-4, -6]])
  }

  @Test func childrenByAnyInteger() {
    let key = RandomKey(5)
    for step in 0..<3 {
      #expect(key.child(step) == key.child(UInt64(step)))
      #expect(key.child(Int32(step)) == key.split(3)[step])
      #expect(key.fold(in: step) == key.child(step))
    }
  }

  @Test func valueSemantics() {
    let a: Tensor<Double> = [1, 2, 3]
    var b = a
    b[0] = 9
    b += 1
    #expect(a == [1, 2, 3])
    #expect(b == [10, 3, 4])
  }

  /// Cotangents are summed in their own memory; that must not reach a tensor somebody holds.
  @Test func sumsInPlaceTouchNothingElse() throws {
    let x = sample([50])
    let seed = Tensor<Double>.ones([50]) * sample([50], seed: 2)
    let before = seed.scalars
    let (_, pullback) = vjp(at: x) { x in
      let y = x + x
      return y + x + y * x
    }
    let first = try pullback(seed)
    let copy = first.scalars
    #expect(try pullback(seed) == first)
    #expect(seed.scalars == before)
    #expect(first.scalars == copy)
    #expect(agree(first, seed * (3 + 4 * x), 1e-14))
  }

  @Test func constantsBehaveAsElements() throws {
    // Zeros and ones are one element with a shape; every kind of operation must see all of them.
    let ones = Tensor<Double>.ones([2, 3])
    #expect(ones.scalars == [1, 1, 1, 1, 1, 1])
    #expect(ones.sum().scalar == 6)
    #expect(matmul(ones, Tensor.ones([3, 2])) == [[3, 3], [3, 3]])
    #expect((ones + ones).transposed() == Tensor.full([3, 2], 2))
    #expect(exp(Tensor<Double>.zeros([2])) == [1, 1])
    #expect(concatenate([ones, 2 * ones], axis: 1)[0] == [1, 1, 1, 2, 2, 2])
    #expect(ones[0, 1...].padded([(1, 0)]) == [0, 1, 1])
    #expect(ones.cumulativeSum() == [[1, 2, 3], [1, 2, 3]])
    #expect(ones.softmax()[0] == Tensor.full([3], 1 / 3.0))
    #expect(ones.argMax() == [0, 0])
    #expect(ones.cast(to: Int32.self).scalars == [1, 1, 1, 1, 1, 1])
    #expect((ones .> 0).all().scalar)
    #expect(select(ones .> 0, ones, 0).scalars == ones.scalars)
    #expect(ones + [1, 2, 3] == [[2, 3, 4], [2, 3, 4]])
    #expect([1, 2, 3] - ones == [[0, 1, 2], [0, 1, 2]])
    #expect(ones.take([1, 1, 0]).shape == [3, 3])
    #expect(ones == [[1, 1, 1], [1, 1, 1]])
    #expect(ones.hashValue == Tensor<Double>([[1, 1, 1], [1, 1, 1]]).hashValue)
    #expect(vmap { $0.sum() }(ones) == [3, 3])
    ones.withScalars { #expect($0.count == 6 && $0[5] == 1) }
  }

  @Test func emptyTensors() {
    let empty = Tensor<Double>.zeros([0, 3])
    #expect(empty.sum().scalar == 0)
    #expect(empty.sum(axis: 0) == [0, 0, 0])
    #expect(empty.product(axis: 0) == [1, 1, 1])
    #expect(empty.max(axis: 0) == [-.infinity, -.infinity, -.infinity])
    #expect((empty + 1).shape == [0, 3])
    #expect(matmul(empty.transposed(), empty) == Tensor.zeros([3, 3]))
    #expect(empty.sorted(axis: 0).shape == [0, 3])
    #expect(concatenate([empty, [[1, 2, 3]]]) == [[1, 2, 3]])
    #expect(empty.mean().scalar.isNaN)
    #expect(gradient(at: empty) { $0.sum() }.shape == [0, 3])
    #expect(empty.description == "[]")
  }

  @Test func specialNumbers() {
    let x: Tensor<Double> = [.nan, .infinity, -.infinity, 1]
    #expect(x.isNaN == [true, false, false, false])
    #expect(x.isFinite == [false, false, false, true])
    #expect(x.isInfinite == [false, true, true, false])
    #expect(x.argMax().scalar == 0)
    #expect(x.argsort() == [2, 3, 1, 0])
    #expect(x.max().scalar.isNaN)
    #expect(x.cast(to: Int32.self).scalars == [0, .max, .min, 1])
  }

  @Test func casts() {
    let x: Tensor<Double> = [-1.7, 0, 2.5, 1e10]
    #expect(x.cast(to: Int32.self).scalars == [-1, 0, 2, .max])
    #expect(x.cast(to: Float.self).scalars == [-1.7, 0, 2.5, 1e10])
    #expect((x .> 0).cast(to: Double.self) == [0, 0, 1, 1])
    let third = Tensor<Float>(1 / 3)
    #expect(third.cast(to: Double.self).scalar == Double(Float(1) / 3))
    #expect(gradient(at: x) { ($0.cast(to: Float.self) * 3).sum() } == [3, 3, 3, 3])
  }

  @Test func integers() {
    let a: Tensor<Int32> = [7, -7, 5]
    #expect(a / 2 == [3, -3, 2])
    #expect(a * a + 1 == [50, 50, 26])
    #expect(-a == [-7, 7, -5])
    #expect(a.sum().scalar == 5)
    #expect(maximum(a, 0) == [7, 0, 5])
    #expect(a.sorted() == [-7, 5, 7])
    #expect(matmul(a, a).scalar == 123)
  }
}
