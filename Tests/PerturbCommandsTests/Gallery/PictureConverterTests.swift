import Foundation
import PerturbCommands
import Testing

struct PictureConverterTests {
  /// A program that takes the arguments of `rsvg-convert` and ends as `end` says.
  private func converter(_ folder: TemporaryFolder, _ end: String) throws -> PictureConverter {
    let path = try folder.file(
      "convert",
      """
      #!/bin/sh
      # --zoom 2 --output picture figure
      [ "$#" = 5 ] && [ "$1 $2 $3" = "--zoom 2 --output" ] || { echo "called with $*" >&2; exit 2; }
      echo "progress" && \(end)

      """)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
    return PictureConverter(path)
  }

  private func run(_ names: [String], into path: String, _ converter: PictureConverter?) throws {
    try Gallery(names, samples: 16).run(
      into: path, converter: converter,
      console: Console(write: { _ in }, writeError: { _ in }))
  }

  @Test func eachFigureIsConverted() throws {
    let folder = try TemporaryFolder()
    let tagging = try converter(folder, #"{ printf 'PNG of ' && cat "$5"; } > "$4""#)
    let path = folder.path + "/out"
    try run(["shortest-path"], into: path, tagging)
    let names = ["shortest-path-hard", "shortest-path-perturbed"]
    #expect(
      try folder.names("out")
        == (["index.html", "results.json"] + names.flatMap { [$0 + ".png", $0 + ".svg"] }).sorted())
    for name in names {
      #expect(try folder.text("out/\(name).png") == "PNG of " + folder.text("out/\(name).svg"))
    }
    // A later gallery without pictures takes the old ones away.
    try run(["shortest-path"], into: path, nil)
    #expect(try folder.names("out").contains { $0.hasSuffix(".png") } == false)
  }

  @Test func aConverterThatIsNotThereIsSaidBeforeTheWork() throws {
    let folder = try TemporaryFolder()
    let error = #expect(throws: CommandError.self) {
      try run(["shortest-path"], into: folder.path + "/out", PictureConverter("no-such-converter"))
    }
    #expect(error?.description.contains("'no-such-converter' is not in PATH") == true)
    #expect(try folder.names() == [])
  }

  @Test func aConverterThatFailsLeavesNothing() throws {
    let folder = try TemporaryFolder()
    let failing = try converter(folder, "{ echo 'no such font' >&2; exit 3; }")
    let error = #expect(throws: CommandError.self) {
      try run(["shortest-path"], into: folder.path + "/out", failing)
    }
    #expect(error?.description.contains("shortest-path-hard") == true)
    #expect(error?.description.contains("no such font") == true)
    #expect(try folder.names() == ["convert"])
  }
}
