import Solvers
import Testing

/// The shortest a user's solver can be: `Float` only, no scratch.
private struct Largest: Solver {
  var sense: Sense? { nil }

  func outputShape(forInput shape: [Int]) -> [Int] { [] }

  func solve(
    _ input: Span<Float>, into output: inout MutableSpan<Float>, scratch: inout Void
  ) throws(SolverError) {
    var largest = -Float.infinity
    for i in input.indices { largest = max(largest, input[i]) }
    guard largest < 100 else { throw .failed(reason: "\(largest) is too large") }
    output[0] = largest
  }
}

@Suite struct SolverTests {
  @Test func doubleFormComesFromFloatForm() throws {
    #expect(try Largest()([1.0, 3.5, 2.0] as [Double]) == [3.5])
    #expect(try Largest()([1.0, 3.5, 2.0] as [Float]) == [3.5])
    #expect(try Largest()([0.1] as [Double]) == [Double(Float(0.1))])
  }

  @Test func errorPassesThroughTheDefault() {
    #expect(throws: SolverError.failed(reason: "100.0 is too large")) {
      try Largest()([100] as [Double])
    }
  }

  @Test func errorsAreOneLineThatNamesTheValue() {
    let errors: [(SolverError, String)] = [
      (.wrongShape(solver: "S", shape: [2, 3], expected: "one axis"), "[2, 3]"),
      (.wrongCount(solver: "S", what: "output", count: 7, expected: 9), "7 entries; expected 9"),
      (.emptyInput(solver: "S"), "at least 1"),
      (.notANumber(solver: "S", index: 4), "entry 4"),
      (.notFinite(solver: "S", index: 4, value: .infinity), "cost 4 is inf"),
      (.badParameter(name: "k", value: "0", expected: "at least 1"), "k is 0; expected at least 1"),
      (
        .missingNode(node: 9, edge: 2, nodeCount: 9),
        "edge 2 names node 9; expected a node from 0 to 8"
      ),
      (.missingNode(node: 9, edge: nil, nodeCount: 9), "node 9 is not in the graph"),
      (.unknownName(name: "x", edge: 3), "edge 3 names node \"x\""),
      (.duplicateName(name: "x"), "\"x\""),
      (.selfLoop(edge: 1, node: 5), "edge 1 leads from node 5 to itself"),
      (.parallelEdges(first: 0, second: 3, source: 1, target: 2), "edges 0 and 3"),
      (.unreachable(source: 0, target: 8), "no path leads from node 0 to node 8"),
      (.cyclicGraph(node: 3), "node 3"),
      (.negativeCost(index: 2, value: -0.5, method: "Dijkstra's method"), "cost 2 is -0.5"),
      (.negativeCycle(nodes: [1, 2, 1], cost: -3), "1 -> 2 -> 1 has the negative cost -3.0"),
      (.notAPath(reason: "why"), "why"),
      (.failed(reason: "why"), "why"),
    ]
    for (error, part) in errors {
      #expect("\(error)".contains(part))
      #expect(!"\(error)".contains("\n"))
    }
  }
}
