import Foundation
import PerturbCommands
import Platform
import Testing

/// Damaged states: each is one line that names the part, and none ends the process or hangs.
@Suite(.enabled(if: PythonWorker.isThere, "needs python3"))
struct CheckpointTests {
  private func run(_ method: String, _ folder: TemporaryFolder) -> CommandRun {
    CommandRun(
      "minimize --method \(method) --start 0 0 --steps 3 --jobs 1 --out \(folder.path)/run --"
        .split(separator: " ").map(String.init) + PythonWorker.bowl)
  }

  private func resumed(_ folder: TemporaryFolder) -> CommandRun {
    CommandRun("minimize --resume --steps 5 --out \(folder.path)/run")
  }

  /// The value with each of its parts changed in some ways, and the path of the part.
  private func damaged(_ json: JSON, _ path: String = "") -> [(path: String, json: JSON)] {
    var results: [(path: String, json: JSON)] = []
    switch json {
    case .object(let members):
      for (index, member) in members.enumerated() {
        let inner = path.isEmpty ? member.name : "\(path).\(member.name)"
        var fewer = members
        fewer.remove(at: index)
        results.append((inner, .object(fewer)))
        for (place, value) in damaged(member.value, inner) {
          var others = members
          others[index] = JSON.Member(name: member.name, value: value)
          results.append((place, .object(others)))
        }
      }
    case .array(let elements):
      results += [
        (path, .array(Array(elements.dropLast()) + [.null])), (path, .array(elements + [.null])),
        (path, .array(elements + elements + [JSON(1)])), (path, .array([])), (path, "nan"),
      ]
    case .number: results += [(path, JSON(-7)), (path, "nan"), (path, .null), (path, JSON(1e300))]
    case .string: results += [(path, "other"), (path, JSON(3))]
    default: results += [(path, JSON(-1)), (path, .array([JSON(1)]))]
    }
    return results
  }

  @Test(arguments: ["adam", "sgd", "lbfgs", "cma-es"])
  func everyDamagedPartIsNamedOrNoticed(method: String) throws {
    let folder = try TemporaryFolder()
    #expect(run(method, folder).code == 0)
    let whole = try JSON(reading: folder.text("run/checkpoint.json"))
    let history = try folder.text("run/history.csv")
    for (path, json) in damaged(whole) where !path.hasPrefix("settings") && path != "generator" {
      if json == whole { continue }
      _ = try folder.file("run/checkpoint.json", json.text)
      let resumed = resumed(folder)
      #expect(resumed.code == 1, "\(path)")
      #expect(resumed.errorLines.count == 1, "\(path): \(resumed.errors)")
      #expect(
        resumed.errors.contains(path) || resumed.errors.contains("checksum"),
        "\(path): \(resumed.errors)")
      #expect(resumed.errors.contains("checkpoint.previous.json"), "\(path): \(resumed.errors)")
      #expect(try folder.text("run/history.csv") == history)
    }
    _ = try folder.file("run/checkpoint.json", whole.text)
    #expect(resumed(folder).code == 0)
  }

  @Test(arguments: [
    ("\"step\": 3", "\"step\": -1", "step is -1"),
    ("\"format\": 2", "\"format\": 1", "older form (format 1)"),
    ("\"format\": 2", "\"format\": 3", "newer form (format 3)"),
    ("\"seconds\"", "\"step\": 3, \"seconds\"", "\"step\" again"),
    ("\"skipped\": 0", "\"skipped\": 1", "checksum"),
  ])
  func aDamagedFieldIsNamed(text: String, other: String, part: String) throws {
    let folder = try TemporaryFolder()
    #expect(run("adam", folder).code == 0)
    let damaged = try folder.text("run/checkpoint.json")
      .replacingOccurrences(of: text, with: other)
    _ = try folder.file("run/checkpoint.json", damaged)
    let resumed = resumed(folder)
    #expect(resumed.code == 1)
    #expect(resumed.errorLines.count == 1)
    #expect(resumed.errors.contains(part), "\(resumed.errors)")
  }

  @Test(arguments: [
    ("nan", 2, "value is 'nan'"), ("-1", 1, "evaluations is '-1'"), ("7", 0, "step is '7'"),
    ("1e300", 1, "evaluations is '1e300'"), ("inf", 7, "x0 is 'inf'"), ("", 5, "best is ''"),
  ])
  func aDamagedHistoryNamesRowAndColumn(text: String, column: Int, part: String) throws {
    let folder = try TemporaryFolder()
    #expect(run("adam", folder).code == 0)
    var lines = try folder.text("run/history.csv").components(separatedBy: "\n")
    var cells = lines[2].components(separatedBy: ",")
    cells[column] = text
    lines[2] = cells.joined(separator: ",")
    _ = try folder.file("run/history.csv", lines.joined(separator: "\n"))
    let resumed = resumed(folder)
    #expect(resumed.code == 1)
    #expect(resumed.errorLines.count == 1)
    #expect(resumed.errors.contains("row 1 of the history"), "\(resumed.errors)")
    #expect(resumed.errors.contains(part), "\(resumed.errors)")
  }

  /// Between the two moves with which a checkpoint is replaced only the one before is there.
  @Test func theCheckpointBeforeTheLastServesWhereTheLastIsGone() throws {
    let folder = try TemporaryFolder()
    #expect(run("cma-es", folder).code == 0)
    #expect(resumed(folder).code == 0)
    let whole = try folder.text("run/history.csv")
    try FileManager.default.removeItem(atPath: "\(folder.path)/run/checkpoint.json")
    let again = resumed(folder)
    #expect(again.code == 0, "\(again.errors)")
    #expect(try folder.text("run/history.csv") == whole)
  }

  @Test(arguments: ["index.html", "history.csv", "result.json", "failure.json"])
  func aForeignFileIsNotOverwritten(name: String) throws {
    let folder = try TemporaryFolder()
    try FileManager.default.createDirectory(
      atPath: "\(folder.path)/run", withIntermediateDirectories: true)
    _ = try folder.file("run/\(name)", "mine")
    let run = run("adam", folder)
    #expect(run.code == 1)
    #expect(run.errors.contains("'\(name)'"), "\(run.errors)")
    #expect(try folder.names("run") == [name])
    #expect(try folder.text("run/\(name)") == "mine")
  }

  @Test func aNameOfSeveralLinesIsRefused() throws {
    let folder = try TemporaryFolder()
    let file = try folder.file(
      "run.json", #"{"program": ["cat"], "start": [1], "names": ["a\n5"]}"#)
    let run = CommandRun("minimize --config \(file)")
    #expect(run.code == 1)
    #expect(run.errorLines.count == 1)
    #expect(run.errors.contains("several lines"), "\(run.errors)")
  }

  @Test(arguments: [
    (#"{"program": ["cat"], "start": [1], "stps": 3}"#, "did you mean 'steps'?"),
    (#"{"program": ["cat"], "start": [1], "steps": 2.5}"#, "'2.5' is invalid"),
    (#"{"program": ["cat"], "start": [1], "steps": 0}"#, "steps is 0, expected at least 1"),
    (#"{"program": ["cat"], "start": [1], "steps": true}"#, "steps is true"),
    (#"{"program": ["cat"], "start": [1], "method": "adm"}"#, "did you mean 'adam'?"),
    (#"{"program": "cat", "start": [1]}"#, "program is the string"),
    (#"{"program": ["c\u0000at"], "start": [1]}"#, "NUL character"),
    (#"{"program": ["cat"], "start": {"a": 1}}"#, "start is an object"),
    (#"{"program": ["cat"], "start": [1], "start": [2]}"#, "each name once"),
    ("[]", "is an array of 0, expected an object"),
  ])
  func aBadConfigurationIsOneLine(text: String, part: String) throws {
    let folder = try TemporaryFolder()
    let run = CommandRun("minimize --config \(try folder.file("run.json", text))")
    #expect(run.code == 1)
    #expect(run.output == "")
    #expect(run.errorLines.count == 1)
    #expect(run.errors.contains(part), "\(run.errors)")
  }
}
