import Foundation
import HiGHS
import Solvers
import Testing

/// Models from files.
@Suite(.enabled(if: HiGHSLibrary.isAvailable, "needs HiGHS"))
struct LinearModelFileTests {
  private func file(_ name: String, _ text: String) throws -> String {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let path = folder.appending(path: name)
    try Data(text.utf8).write(to: path)
    return path.path(percentEncoded: false)
  }

  private static let knapsack = """
    NAME          knapsack
    OBJSENSE
        MAX
    ROWS
     N  value
     L  weight
    COLUMNS
        MARKER    'MARKER'    'INTORG'
        tent      value   10   weight  5
        stove     value    6   weight  4
        rope      value    7   weight  3
        MARKER    'MARKER'    'INTEND'
    RHS
        RHS       weight   8
    BOUNDS
     BV BND       tent
     BV BND       stove
     BV BND       rope
    ENDATA
    """

  @Test func anMPSFile() throws {
    let (model, sense) = try LinearModel.read(file("knapsack.mps", Self.knapsack))
    #expect(sense == .maximize)
    #expect(model.names == ["tent", "stove", "rope"])
    #expect(model.isInteger)
    #expect(try model.optimum(sense) == [1, 0, 1])
    let solver = try HiGHSSolver(model, sense: sense)
    #expect(solver.output == .indicator)
    #expect(try solver([1.0, 9, 1]) == [0, 1, 1])
  }

  @Test func anLPFile() throws {
    let path = try file(
      "small.lp",
      """
      Minimize
       obj: x + 2 y + [ 2 x ^ 2 + 2 y ^ 2 ] / 2
      Subject To
       total: x + y >= 1
      Bounds
       0 <= x <= 10
       0 <= y <= 10
      End
      """)
    let (model, sense) = try LinearModel.read(path)
    #expect(sense == .minimize)
    #expect(model.isQuadratic)
    // min x + 2 (1 − x) + x² + (1 − x)² has its optimum at x = 3/4.
    let optimum = try model.optimum(sense)
    #expect(abs(optimum[0] - 0.75) < 1e-6 && abs(optimum[1] - 0.25) < 1e-6)
  }

  @Test func badFilesAreNamed() throws {
    func reason(_ path: String) -> String {
      do throws(SolverError) {
        _ = try LinearModel.read(path)
        return ""
      } catch { return "\(error)" }
    }
    #expect(reason("/nowhere.mps") == "model file '/nowhere.mps': no such file")
    #expect(reason("/dev/zero") == "model file '/dev/zero': not a regular file")
    let text = try file("model.txt", Self.knapsack)
    #expect(reason(text).hasSuffix("expected a name that ends in .mps or .lp"))
    let broken = try file("broken.mps", "this is no model\n")
    #expect(reason(broken).hasSuffix("HiGHS cannot read it as a model"))
    let semi = try file(
      "semi.lp", "Minimize\n obj: x\nSubject To\n c: x >= 0\nBounds\n x <= 4\nSemi\n x\nEnd\n")
    #expect(reason(semi).contains("column 0 is semi-continuous"))
  }
}
