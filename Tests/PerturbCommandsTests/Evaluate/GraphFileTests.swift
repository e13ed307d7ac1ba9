import Foundation
import PerturbCommands
import Perturbations
import Platform
import Testing

struct GraphFileTests {
  private static let numbered = """
    {"nodes": 4, "edges": [[0, 1, 0.2], [1, 3, 0.3], [0, 2, 0.1], [2, 3, 0.5]],
     "directed": true, "from": 0, "to": 3}
    """

  @Test func costsOfTheFileAreThetaUnlessOthersAreGiven() throws {
    let folder = try TemporaryFolder()
    let path = try folder.file("graph.json", Self.numbered)
    let graph = try Graph(nodeCount: 4, edges: [(0, 1), (1, 3), (0, 2), (2, 3)])
    let perturbed = try Perturbed(
      ShortestPath(graph, from: 0, to: 3), samples: 500, sigma: 0.1)
    let line = "evaluate shortest-path --samples 500 --sigma 0.1 --json --graph \(path)"
    #expect(
      try JSON(reading: CommandRun(line).output)["value"]?.floats
        == perturbed([0.2, 0.3, 0.1, 0.5], key: RandomKey(0)).scalars)
    #expect(
      try JSON(reading: CommandRun(line + " --theta 1 1 1 0").output)["value"]?.floats
        == perturbed([1, 1, 1, 0], key: RandomKey(0)).scalars)
  }

  @Test func namedNodesAndUndirectedEdges() throws {
    let folder = try TemporaryFolder()
    let path = try folder.file(
      "graph.json",
      """
      {"nodes": ["a", "b", "c"], "edges": [["b", "a", 1], ["c", "b", 1], ["a", "c", 3]],
       "directed": false, "from": "a", "to": "c"}
      """)
    let run = CommandRun(
      "evaluate shortest-path --samples 5 --sigma 0.001 --graph \(path) --cotangent 1 0 0")
    #expect(run.errors == "")
    #expect(run.output.contains("b – a"))
    let json = CommandRun(
      "evaluate shortest-path --samples 5 --sigma 0.001 --graph \(path) --json")
    #expect(try JSON(reading: json.output)["value"]?.doubles == [1, 1, 0])
  }

  @Test func theExampleFileOfThePackageIsAccepted() throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    let run = CommandRun([
      "evaluate", "shortest-path", "--sigma", "0.05", "--samples", "1000", "--json", "--graph",
      root.path + "/Examples/graph.json",
    ])
    #expect(run.errors == "")
    let value = try #require(try JSON(reading: run.output)["value"]?.doubles)
    #expect(value.count == 7)
    // Every path leaves the depot once and reaches the customer once.
    #expect(abs(value[0] + value[1] - 1) < 1e-6)
    #expect(abs(value[5] + value[6] - 1) < 1e-6)
  }

  @Test func negativeCostsAreRefusedUntilAChoiceIsNamed() throws {
    let folder = try TemporaryFolder()
    let path = try folder.file(
      "graph.json",
      #"{"nodes": 3, "edges": [[0, 1, 0.1], [1, 2, 0.1]], "directed": false, "from": 0, "to": 2}"#)
    let line = "evaluate shortest-path --samples 100 --sigma 1 --json --graph \(path)"
    let refused = CommandRun(line)
    #expect(refused.code == 1)
    #expect(refused.output == "")
    #expect(refused.errors.contains("negative"))
    #expect(refused.errors.contains("--negative-costs"))
    for choice in ["clipped", "shifted"] {
      let run = CommandRun(line + " --negative-costs \(choice)")
      #expect(try JSON(reading: run.output)["value"]?.doubles == [1, 1])
    }
  }
}
