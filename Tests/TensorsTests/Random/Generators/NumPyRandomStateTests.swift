import Tensors
import Testing

@Suite struct NumPyRandomStateTests {
  /// Through normal numbers, whose logarithm is the C library's: two units in the last place.
  private func expectClose(
    _ tensor: Tensor<Double>, _ expected: [Double],
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(tensor.count == expected.count, sourceLocation: sourceLocation)
    for (value, expected) in zip(tensor.scalars, expected) {
      #expect(
        abs(value - expected) <= 2 * expected.magnitude.ulp, sourceLocation: sourceLocation)
    }
  }

  private func numbers(_ tensor: Tensor<Int32>) -> [Double] { tensor.scalars.map(Double.init) }
  private func numbers(_ order: [Int]) -> [Double] { order.map(Double.init) }

  @Test func drawsAreNumPys() throws {
    let fixture = try GeneratorFixture().object("numpy").object("seed 42")
    var random = NumPyRandomState(seed: 42)
    #expect(
      numbers(random.binomial([7], trials: 1, probability: 0.5))
        == (try fixture.numbers("binomial 1 0.5 [7]")))
    expectClose(random.normal([5]), try fixture.numbers("normal [5]"))
    #expect(
      random.uniform([4], from: 0.5, to: 1.5).scalars
        == (try fixture.numbers("uniform 0.5 1.5 [4]")))
    expectClose(
      random.normal([3], mean: 2, deviation: 3), try fixture.numbers("normal 2 3 [3]"))
    #expect(numbers(random.permutation(10)) == (try fixture.numbers("permutation 10")))
    #expect(
      numbers(random.integers([9], from: -3, to: 12)) == (try fixture.numbers("randint -3 12 [9]")))
    #expect(numbers(random.choice(of: 20, 5)) == (try fixture.numbers("choice 20 5")))
    #expect(
      numbers(random.choice(of: 20, 5, replacing: false))
        == (try fixture.numbers("choice 20 5 without")))
    #expect(
      numbers(random.binomial([8], trials: 9, probability: 0.7))
        == (try fixture.numbers("binomial 9 0.7 [8]")))
    #expect(
      numbers(random.binomial([8], trials: 200, probability: 0.1))
        == (try fixture.numbers("binomial 200 0.1 [8]")))
    var entries = Array(0..<13)
    random.shuffle(&entries)
    #expect(numbers(entries) == (try fixture.numbers("shuffle 13")))

    let state = try fixture.object("state")
    #expect(random.bits.words.prefix(3).map(Double.init) == (try state.numbers("first")))
    #expect(random.bits.position == Int(try state.number("position")))
    let hasSpare = try state.number("has spare") == 1
    #expect((random.spareNormal != nil) == hasSpare)
    if hasSpare, let spare = random.spareNormal {
      let expected = try state.number("spare")
      #expect(abs(spare - expected) <= 2 * expected.magnitude.ulp)
    }
  }

  @Test func theLargestSeedIsTaken() throws {
    let fixture = try GeneratorFixture().object("numpy")
    var random = NumPyRandomState(seed: .max)
    expectClose(random.normal([4]), try fixture.numbers("seed 4294967295 normal [4]"))
    #expect(
      numbers(random.permutation(1000))
        == (try fixture.numbers("seed 4294967295 permutation 1000 after it")))
  }

  @Test func aSplitIsScikitLearns() throws {
    let fixture = try GeneratorFixture().object("split 23 9, seed 42")
    var random = NumPyRandomState(seed: 42)
    let split = random.trainTestSplit(23, testCount: 9)
    #expect(numbers(split.train) == (try fixture.numbers("train")))
    #expect(numbers(split.test) == (try fixture.numbers("test")))
  }

  @Test func edgesDrawWhatTheyShould() {
    var random = NumPyRandomState(seed: 1)
    #expect(random.binomial([3], trials: 0, probability: 0.5).scalars == [0, 0, 0])
    #expect(random.binomial([3], trials: 4, probability: 1).scalars == [4, 4, 4])
    #expect(random.integers([2], from: 5, to: 6).scalars == [5, 5])
    #expect(random.permutation(0).isEmpty)
    #expect(random == NumPyRandomState(seed: 1), "nothing was drawn")
  }
}
