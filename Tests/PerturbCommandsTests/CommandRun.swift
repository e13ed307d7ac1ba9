import Foundation
import PerturbCommands
import Platform
import Synchronization

/// What a command did, run as a library.
struct CommandRun {
  let code: Int32
  let output: String
  let errors: String

  /// Runs a command with these arguments; what it writes is collected.
  init(
    _ arguments: [String], showsProgress: Bool = false, progressDelay: Duration = .seconds(1),
    noticeDelay: Duration = .seconds(10), columns: Int? = nil
  ) {
    let output = Collector()
    let errors = Collector()
    code = PerturbTool.run(
      arguments,
      console: Console(
        write: { output.add($0) }, writeError: { errors.add($0) }, showsProgress: showsProgress,
        progressDelay: progressDelay, noticeDelay: noticeDelay, columns: { columns }))
    self.output = output.text
    self.errors = errors.text
  }

  /// A command given as one line, its words separated by spaces.
  init(_ line: String) { self.init(line.split(separator: " ").map(String.init)) }

  var errorLines: [Substring] { errors.split(separator: "\n") }

  private final class Collector: Sendable {
    private let parts = Mutex("")
    func add(_ part: String) { parts.withLock { $0 += part } }
    var text: String { parts.withLock { $0 } }
  }
}

/// A folder of its own for one test, removed at the end.
final class TemporaryFolder {
  let path: String

  init() throws {
    path = FileManager.default.temporaryDirectory.path + "/perturb-tests-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// The path of a file in the folder with this text.
  func file(_ name: String, _ text: String) throws -> String {
    try Data(text.utf8).write(to: URL(fileURLWithPath: "\(path)/\(name)"))
    return "\(path)/\(name)"
  }

  func text(_ name: String) throws -> String {
    String(decoding: try Data(contentsOf: URL(fileURLWithPath: "\(path)/\(name)")), as: UTF8.self)
  }

  /// All names below a folder in it, sorted; hidden ones too.
  func names(_ folder: String = "") throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: "\(path)/\(folder)").sorted()
  }
}

extension JSON {
  init(reading text: String) throws { try self.init(parsing: Array(text.utf8)) }

  var memberNames: [String] {
    guard case .object(let members) = self else { return [] }
    return members.map(\.name)
  }

  var doubles: [Double] { (elements ?? []).compactMap(\.double) }
  var floats: [Float] { (elements ?? []).compactMap(\.float) }
}
