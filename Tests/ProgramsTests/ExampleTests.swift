import Foundation
import Perturbations
import Programs
import Testing

/// The programs of the folder `Examples`, at a small size. Their tuning is tested with the command.
@Suite
struct ExampleTests {
  private static let hasPython = CompiledProgram.find("python3") != nil

  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Examples")

  /// Document 000's map: nine nodes, from 0 to 8, a matrix of costs.
  private static let costs: [(from: Int, to: Int, cost: Float)] = [
    (0, 2, 0.11), (0, 3, 0.07), (2, 3, 0.095), (2, 7, 0.1), (3, 7, 0.195), (2, 5, 0.55),
    (6, 7, 0.15), (1, 4, 0.07), (6, 8, 0.4), (5, 6, 0.1), (4, 5, 0.1), (4, 8, 0.1),
  ]

  /// The solver as a program gives the very bits of the solver inside: values and gradients.
  @Test(.enabled(if: hasPython, "needs python3"))
  func theShortestPathOfAnExternalSolverHasTheSameBits() throws {
    var matrix = [Float](repeating: 0, count: 81)
    for edge in Self.costs {
      matrix[edge.from * 9 + edge.to] = edge.cost
      matrix[edge.to * 9 + edge.from] = edge.cost
    }
    let theta = Tensor(shape: [81], scalars: matrix)
    let graph = try Graph(
      nodeCount: 9, edges: Self.costs.map { ($0.from, $0.to) }, directed: false)
    let solver = try ShortestPath(
      graph, from: 0, to: 8, negativeCosts: .clipped(to: 0), layout: .matrix)
    let program = try ExternalProgram(
      "python3", arguments: [Self.folder.appendingPathComponent("shortest-path/solver.py").path])
    let outside = try Perturbed(program, samples: 2000, sigma: 0.05)
    let inside = try Perturbed(solver, samples: 2000, sigma: 0.05)
    let key = RandomKey(0)
    let square = theta.reshaped([9, 9])
    let expected = try inside(square, key: key)
    #expect(try outside(theta, key: key).scalars == expected.scalars)
    // Nobody passes the edge from 6 to 8 without noise, and some do with it.
    #expect(expected[6, 8].scalar > 0.01 && expected[6, 8].scalar < 0.5)
    let weights = Tensor<Float>(
      shape: [81], scalars: (0..<81).map { Float(($0 * 37) % 11) - 5 })
    let outer = try gradient(at: theta) { try (outside($0, key: key) * weights).sum() }
    let inner = try gradient(at: square) {
      try (inside($0, key: key) * weights.reshaped([9, 9])).sum()
    }
    #expect(outer.scalars == inner.scalars)
    #expect(outer.scalars.contains { $0 != 0 })
  }

  @Test(.enabled(if: hasPython, "needs python3"))
  func thePendulumFallsWithoutGainsAndStandsWithGoodOnes() throws {
    let program = try ExternalProgram(
      "python3", arguments: [Self.folder.appendingPathComponent("pendulum/pendulum.py").path])
    let answers = try program.evaluate([[0, 0, 0, 0], [40, 8, 2, 4]])
    let costs = answers.compactMap { $0?.first }
    #expect(costs.count == 2)
    #expect(costs[0] > 50)
    #expect(costs[1] < 1)
  }

  @Test(
    .enabled(if: CompiledProgram.compiler != nil, "needs a C compiler"))
  func transposingIsMeasured() throws {
    let target = CompiledProgram.newPath("transpose")
    CompiledProgram.compile(
      Self.folder.appendingPathComponent("buffer-size/transpose.c").path, to: target)
    let program = try ExternalProgram(target, jobs: 1)
    let answers = try program.evaluate([[1, 1], [16, 16], [512, 512]])
    #expect(answers.allSatisfy { $0?.count == 1 && ($0?[0] ?? 0) > 1 })
  }
}
