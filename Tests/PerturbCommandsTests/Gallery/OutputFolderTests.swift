import Foundation
import PerturbCommands
import Testing

struct OutputFolderTests {
  private static let results =
    #"{"generator": "perturb gallery 0", "examples": {"a": {"figures": ["old.svg", "../x.svg"]}}}"#

  private func file(_ name: String, _ text: String = "new") -> OutputFolder.File {
    OutputFolder.File(name: name, text: text)
  }

  @Test func aNewFolderAppearsWithAllItsFilesAndFoldersAbove() throws {
    let folder = try TemporaryFolder()
    try OutputFolder(folder.path + "/a/b/out/").write([file("x.svg"), file("index.html")])
    #expect(try folder.names("a/b") == ["out"])
    #expect(try folder.names("a/b/out") == ["index.html", "x.svg"])
  }

  @Test func anotherGallerysFilesAreReplacedAndForeignOnesStay() throws {
    let folder = try TemporaryFolder()
    _ = try folder.file("results.json", Self.results)
    _ = try folder.file("index.html", "old")
    _ = try folder.file("old.svg", "old")
    _ = try folder.file("notes.txt", "mine")
    _ = try folder.file("mine.svg", "mine")
    try OutputFolder(folder.path).write([file("x.svg"), file("results.json"), file("index.html")])
    #expect(
      try folder.names() == ["index.html", "mine.svg", "notes.txt", "results.json", "x.svg"])
    #expect(try folder.text("index.html") == "new")
    #expect(try folder.text("notes.txt") == "mine")
    #expect(try folder.text("mine.svg") == "mine")
  }

  @Test func aFileThatNoGalleryWroteIsNotOverwritten() throws {
    let folder = try TemporaryFolder()
    _ = try folder.file("index.html", "mine")
    let error = #expect(throws: CommandError.self) {
      try OutputFolder(folder.path).check(names: ["index.html"])
    }
    #expect(error?.description.contains("'index.html'") == true)
    #expect(throws: CommandError.self) {
      try OutputFolder(folder.path).write([file("x.svg"), file("index.html")])
    }
    #expect(try folder.names() == ["index.html"])
    #expect(try folder.text("index.html") == "mine")
  }

  @Test func aFailureOnTheWayLeavesNothingBehind() throws {
    let folder = try TemporaryFolder()
    #expect(throws: CommandError.self) {
      try OutputFolder(folder.path + "/new/out").write([file("x.svg"), file("no/such/folder.svg")])
    }
    #expect(try folder.names() == [])
  }

  @Test func theCheckBeforeTheWorkLeavesNothingBehind() throws {
    let folder = try TemporaryFolder()
    try OutputFolder(folder.path + "/new/out").check(names: ["index.html"])
    #expect(try folder.names() == [])
  }

  @Test func aGalleryThatCannotBeWrittenSaysSoBeforeItWorks() throws {
    let folder = try TemporaryFolder()
    let path = try folder.file("file", "")
    let run = CommandRun(["gallery", "--out", path + "/out"])
    #expect(run.code == 1)
    #expect(run.output == "")
    #expect(run.errorLines.count == 1)
  }
}
