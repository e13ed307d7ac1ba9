import Solvers
import Testing

@Suite struct GraphTests {
  @Test func namesNumberTheNodes() throws {
    let graph = try Graph(nodeNames: ["a", "b", "c"], edges: [("c", "a"), ("a", "b")])
    #expect(graph.edges == [.init(source: 2, target: 0), .init(source: 0, target: 1)])
    #expect(try graph.node(named: "b") == 1)
    #expect(throws: SolverError.unknownName(name: "z", edge: nil)) { try graph.node(named: "z") }
  }

  @Test func matrixOfValues() throws {
    let pairs = [(0, 1), (1, 2), (0, 1)]
    let directed = try Graph(nodeCount: 3, edges: pairs)
    #expect(try directed.matrix(of: [1, 2, 4] as [Float]) == [[0, 5, 0], [0, 0, 2], [0, 0, 0]])
    let undirected = try Graph(nodeCount: 3, edges: pairs, directed: false)
    #expect(
      try undirected.matrix(of: [1, 2, 4] as [Float]) == [[0, 5, 0], [5, 0, 2], [0, 2, 0]])
    #expect(throws: SolverError.self) { try directed.matrix(of: [1] as [Float]) }
  }

  @Test func refuses() {
    #expect(throws: SolverError.missingNode(node: 3, edge: 1, nodeCount: 3)) {
      try Graph(nodeCount: 3, edges: [(0, 1), (1, 3)])
    }
    #expect(throws: SolverError.missingNode(node: -1, edge: 0, nodeCount: 3)) {
      try Graph(nodeCount: 3, edges: [(-1, 1)])
    }
    #expect(throws: SolverError.selfLoop(edge: 0, node: 2)) {
      try Graph(nodeCount: 3, edges: [(2, 2)])
    }
    #expect(throws: SolverError.self) { try Graph(nodeCount: 0, edges: []) }
    #expect(throws: SolverError.duplicateName(name: "a")) {
      try Graph(nodeNames: ["a", "a"], edges: [])
    }
    #expect(throws: SolverError.unknownName(name: "c", edge: 0)) {
      try Graph(nodeNames: ["a", "b"], edges: [("a", "c")])
    }
    #expect(throws: SolverError.self) { try Graph(adjacency: [[false, true], [false]]) }
    #expect(throws: SolverError.selfLoop(edge: 0, node: 0)) { try Graph(adjacency: [[true]]) }
  }

  @Test func gridEdgesAreInOrder() throws {
    let four = try Graph.grid(rows: 2, columns: 2, neighbors: .four)
    #expect(four.edges.map { [$0.source, $0.target] } == [[0, 1], [0, 2], [1, 3], [2, 3]])
    let eight = try Graph.grid(rows: 2, columns: 2, neighbors: .eight)
    #expect(
      eight.edges.map { [$0.source, $0.target] }
        == [[0, 1], [0, 2], [0, 3], [1, 2], [1, 3], [2, 3]])
    #expect(try Graph.grid(rows: 5, columns: 7, neighbors: .four).edges.count == 5 * 6 + 4 * 7)
    #expect(
      try Graph.grid(rows: 5, columns: 7, neighbors: .eight).edges.count
        == 5 * 6 + 4 * 7 + 2 * 4 * 6)
    #expect(throws: SolverError.badParameter(name: "rows", value: "0", expected: "1 to 30000")) {
      try Graph.grid(rows: 0, columns: 7, neighbors: .eight)
    }
  }
}
