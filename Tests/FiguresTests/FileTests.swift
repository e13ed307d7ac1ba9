import Figures
import Foundation
import Testing

@Suite struct FileTests {
  private let folder: String

  init() throws {
    folder = FileManager.default.temporaryDirectory.path + "/figures-tests-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  }

  private func names() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder)
  }

  private func text(_ name: String) throws -> String {
    try String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8)
  }

  @Test func aFigureAndAPageAreWrittenWhole() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let figure = Figure { Panel { Line(y: [1, 2, 4]) } }
    try figure.write(to: folder + "/figure.svg")
    #expect(try text("figure.svg") == figure.svg())
    let page = Page("p") { Section("s") { figure } }
    try page.write(to: folder + "/page.html")
    #expect(try text("page.html") == page.html())
    #expect(try names().sorted() == ["figure.svg", "page.html"])
  }

  @Test func aFigureThatCannotBeDrawnLeavesTheOldFile() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let path = folder + "/figure.svg"
    try Figure { Line(y: [1, 2]) }.write(to: path)
    let old = try text("figure.svg")
    #expect(throws: FigureError.self) {
      try Figure(missing: .refuse) { Line(y: [1, .nan]) }.write(to: path)
    }
    #expect(try text("figure.svg") == old)
    #expect(try names() == ["figure.svg"])
  }

  @Test func aPlaceThatCannotBeWrittenIsNamed() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let path = folder + "/missing/figure.svg"
    let error = #expect(throws: FigureError.self) { try Figure { Line(y: [1]) }.write(to: path) }
    #expect(error == .notWritable(path: path, reason: "no such file or directory"))
    #expect(error?.description == "cannot write '\(path)': no such file or directory")
    #expect(try names() == [])
  }
}
