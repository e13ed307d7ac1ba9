import Benchmark
import Solvers

/// A thousand solves each, on inputs that differ, with scratch memory made once.
let benchmarks: @Sendable () -> Void = {
  let configuration = Benchmark.Configuration(
    metrics: [.wallClock, .cpuTotal, .throughput], warmupIterations: 3,
    maxDuration: .seconds(2), maxIterations: 500)

  @Sendable func add(_ name: String, _ solver: some Solver, count: Int) {
    Benchmark(name, configuration: configuration) { _ in
      var input = (0..<count).map { 1 + Float(($0 * 7919) % 1009) / 1009 }
      var scratch = try solver.makeScratch(inputCount: count)
      let outputs = try solver.outputShape(forInput: [count]).reduce(1, *)
      var solution = [Float](repeating: 0, count: outputs)
      for i in 0..<1000 {
        input[i % count] += 0.125
        var span = solution.mutableSpan
        try solver.solve(input.span, into: &span, scratch: &scratch)
      }
      blackHole(solution)
    }
  }

  add("argmax, d 100", ArgMax(), count: 100)
  add("ranking, d 10", Ranking(), count: 10)
  add("ranking, d 100", Ranking(), count: 100)
  add("sorting, d 100", Sorting(), count: 100)
  add("or, d 100", LogicalOr(), count: 100)
  do {
    add("top 10, d 100", try TopK(10), count: 100)
    let graph = try Graph.grid(rows: 3, columns: 3, neighbors: .four)
    add("shortest path, 9 nodes", try ShortestPath(graph, from: 0, to: 8), count: graph.edges.count)
    add("shortest path, 30 × 30 grid", try GridShortestPath(rows: 30, columns: 30), count: 900)
  } catch {
    fatalError("a solver could not be made: \(error)")
  }
}
