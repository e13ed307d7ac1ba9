import Tensors
import Testing

/// Equality, hashing and closeness over elements of every type.
struct EqualityTests {
  private func check<Scalar: TensorScalar>(_ one: Scalar, _ other: Scalar) {
    // Around the pieces of 512 elements that are compared together.
    for count in [1, 2, 511, 512, 513, 2000] {
      let scalars = [Scalar](repeating: one, count: count)
      let x = Tensor(scalars)
      #expect(x == Tensor(scalars) && x.hashValue == Tensor(scalars).hashValue)
      for position in Set([0, count / 2, count - 1]) {
        var changed = scalars
        changed[position] = other
        #expect(x != Tensor(changed), "\(count) elements, at \(position)")
        #expect(x.hashValue != Tensor(changed).hashValue)
        #expect(!x.isClose(to: Tensor(changed)))
      }
      #expect(x.isClose(to: Tensor(scalars), relative: 0, absolute: 0))
      #expect(x != Tensor(shape: [1, count], scalars: scalars))
    }
  }

  @Test func everyElementCounts() {
    check(Float(1), 2)
    check(-0.5, 0.5)
    check(Int32.max, Int32.min)
    check(true, false)
  }

  @Test func specialNumbers() {
    let zeros: Tensor<Double> = [0, -0.0]
    #expect(zeros == [-0.0, 0] && zeros.hashValue == ([-0.0, 0] as Tensor<Double>).hashValue)
    let nan: Tensor<Float> = [.nan, 1]
    #expect(nan != nan && !nan.isClose(to: nan))
    let infinite: Tensor<Double> = [.infinity, -.infinity]
    #expect(infinite == infinite && infinite.isClose(to: infinite))
    #expect(!infinite.isClose(to: -infinite) && !zeros.isClose(to: infinite, absolute: 1e300))
    #expect(Tensor<Float>(shape: [0], scalars: []) == [])
    // Repeated numbers have no memory of their own.
    #expect(Tensor<Float>.ones([700]) == Tensor([Float](repeating: 1, count: 700)))
  }

  @Test func ranges() {
    let count = 1001
    let step = Double(Float(0.1))
    let steps = Tensor<Float>.arange(0.1, 100.15, step: 0.1)
    #expect(steps.scalars == (0..<count).map { Float(step + Double($0) * step) })
    #expect(Tensor<Int32>.arange(5, -7, step: -3) == [5, 2, -1, -4])
    let even: [Float] = (0..<count).map { index in
      let fraction = Double(index) / 1000
      return Float(-1 + fraction * 2)
    }
    #expect(Tensor<Float>.linspace(-1, 1, count: count).scalars == even)
  }
}
