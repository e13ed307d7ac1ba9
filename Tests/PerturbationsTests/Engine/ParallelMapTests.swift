import Perturbations
import Testing

@Suite struct ParallelMapTests {
  struct Failure: Error, Equatable { let index: Int }

  @Test(arguments: [1, 2, 5])
  func resultsComeInOrder(threads: Int) throws {
    #expect(try parallelMap(20, threads: threads) { $0 * $0 } == (0..<20).map { $0 * $0 })
    #expect(try parallelMap(0, threads: threads) { $0 }.isEmpty)
  }

  @Test(arguments: [1, 3])
  func theFirstErrorIsThrown(threads: Int) {
    #expect(throws: Failure(index: 4)) {
      try parallelMap(20, threads: threads) { index in
        if index % 5 == 4 { throw Failure(index: index) }
        return index
      }
    }
  }

  /// Gradients and perturbed calls within give what they give alone.
  @Test func callsWithinAreTheSame() throws {
    let soft = try Perturbed(ArgMax(), samples: 100, sigma: 0.5)
    let theta: Tensor<Float> = [0.1, 0.4, -0.2]
    @Sendable func slopes(_ index: Int) throws -> Tensor<Float> {
      try gradient(at: theta) { try soft($0, key: RandomKey(UInt64(index)))[1] }
    }
    #expect(try parallelMap(8, slopes) == (0..<8).map(slopes))
  }
}
