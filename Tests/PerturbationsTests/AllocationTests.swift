import Perturbations
import Testing

@Suite(
  "Allocations",
  .enabled(if: Allocations.canBeCounted, "allocations are counted with glibc, without sanitizers"))
struct AllocationTests {
  /// Allocations for each sample more, on one thread.
  private func perSample(
    _ perturbed: (_ samples: Int) throws -> Perturbed<Tensor<Float>, Tensor<Float>>,
    at theta: Tensor<Float>, block: Int, gradient wantsGradient: Bool = false
  ) throws -> Double {
    func calls(_ samples: Int) throws -> Int {
      let function = try perturbed(samples)
      return try Allocations {
        if wantsGradient {
          _ = try gradient(at: theta) { square(try function($0, key: RandomKey(1))).sum() }
        } else {
          _ = try function(theta, key: RandomKey(1))
        }
      }.calls
    }
    _ = try calls(block)
    let (few, many) = (try calls(4 * block), try calls(20 * block))
    return Double(many - few) / Double(16 * block)
  }

  private func check(
    _ solver: some Solver, _ theta: Tensor<Float>, noise: Noise = .normal,
    location: SourceLocation = #_sourceLocation
  ) throws {
    let block = samplesPerBlock(width: theta.count)
    for gradient in [false, true] {
      let found = try perSample(
        { try Perturbed(solver, samples: $0, sigma: 0.1, noise: noise, threads: 1) },
        at: theta, block: block, gradient: gradient)
      // A handful for a block, none for a sample.
      #expect(
        found * Double(block) <= 8, "\(solver), gradient: \(gradient)",
        sourceLocation: location)
    }
  }

  @Test func solversAllocateNothingForASample() throws {
    let theta: Tensor<Float> = [-0.6, 1.9, -0.2, 1.1, -1.0]
    try check(ArgMax(), theta, noise: .gumbel)
    try check(Ranking(), theta)
    try check(Sorting(), theta)
    try check(try TopK(2), theta)
    try check(LogicalOr(), theta)
    let costs = Tensor<Float>.ones([24])
    try check(
      try ShortestPath(smallGraph(), from: 0, to: 8, negativeCosts: .clipped(to: 0.01)), costs)
    try check(
      try GridShortestPath(rows: 12, columns: 12, negativeCosts: .clipped(to: 0.01)),
      .ones([12, 12]))
  }

  @Test func aSolveAllocatesNothing() throws {
    func calls<S: Solver>(_ solver: S, count: Int) throws -> Int {
      let output = try solver.outputShape(forInput: [count]).reduce(1, *)
      var scratch = try solver.makeScratch(inputCount: count)
      let inputs = (0..<50).map { seed in
        let values: Tensor<Float> = RandomKey(UInt64(seed)).uniform([count], in: 0.5..<1)
        return ContiguousArray(values.scalars)
      }
      var solution = ContiguousArray<Float>(repeating: 0, count: output)
      func solveAll() throws {
        for input in inputs {
          var span = solution.mutableSpan
          try solver.solve(input.span, into: &span, scratch: &scratch)
        }
      }
      // The runtime allocates on the first use of a type; that is not the solver's.
      try solveAll()
      return try Allocations { try solveAll() }.calls
    }
    #expect(try calls(ArgMax(), count: 100) == 0)
    #expect(try calls(Ranking(), count: 100) == 0)
    #expect(try calls(Ranking(), count: 1000) == 0)
    #expect(try calls(Sorting(), count: 100) == 0)
    #expect(try calls(try TopK(10), count: 100) == 0)
    #expect(try calls(ShortestPath(smallGraph(), from: 0, to: 8), count: 24) == 0)
    #expect(try calls(GridShortestPath(rows: 30, columns: 30), count: 900) == 0)
  }

  @Test func functionsOfTensorsAllocateForABlock() throws {
    let theta: Tensor<Float> = RandomKey(3).normal([8])
    let block = samplesPerBlock(width: 8)
    let found = try perSample(
      { try Perturbed(samples: $0, sigma: 0.5, threads: 1, smallNetwork) }, at: theta, block: block)
    #expect(found * Double(block) <= 60)
  }

  /// The measurement sees an allocation for each sample where there is one.
  @Test func closuresOnArraysAllocateForASample() throws {
    let found = try perSample(
      { try Perturbed(samples: $0, sigma: 0.5, threads: 1) { (x: [Float]) in x.map { $0 * 2 } } },
      at: [1, 2, 3], block: samplesPerBlock(width: 3))
    #expect(found >= 1)
  }
}
