import Foundation

/// One run of the harness: a folder of its own, numbers of its own, and what was found wrong.
final class Trial {
  let tools: Tools
  let name: String
  /// The run's number in its class.
  let index: Int
  let folder: String
  var random: Random
  private(set) var faults: [String] = []
  private(set) var commands: [String] = []
  private let variable: String
  private var count = 0

  init(_ tools: Tools, _ name: String, seed: UInt64) {
    self.tools = tools
    self.name = name
    index = name.split(separator: ":").last.flatMap { Int($0) } ?? 0
    random = Random(seed)
    folder = "\(tools.folder)/\(name.replacingOccurrences(of: ":", with: "-"))"
    variable = "HOSTILE_RUN=\(tools.token)-\(name)-"
    for path in [folder, "\(folder)/tmp", "\(folder)/work"] {
      try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
      // Another user may be the one who writes.
      chmod(path, 0o777)
    }
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  var work: String { "\(folder)/work" }

  func fail(_ text: String) { faults.append(text) }

  func file(_ name: String, _ bytes: [UInt8]) -> String {
    let path = "\(work)/\(name)"
    write(bytes, to: path)
    chmod(path, 0o666)
    return path
  }

  func write(_ bytes: [UInt8], to path: String) {
    if !FileManager.default.createFile(atPath: path, contents: Data(bytes)) {
      fail("the harness could not write '\(path)'")
    }
  }

  func file(_ name: String, _ text: String) -> String { file(name, Array(text.utf8)) }

  // MARK: Commands

  struct Outcome {
    /// The exit code, or the negative number of a signal; nil for a process that did not end.
    var code: Int?
    var output: String
    var errors: String
    /// Whether the errors are UTF-8.
    var isText = true
    /// Whether there was an error stream at all.
    var hasErrors = true
    var errorLines: [Substring] { errors.split(separator: "\n") }
  }

  /// A command that runs.
  final class Command {
    let running: Running
    let trial: Trial
    let number: Int
    private let hasErrors: Bool
    fileprivate init(_ running: Running, _ trial: Trial, _ number: Int, hasErrors: Bool) {
      self.hasErrors = hasErrors
      self.running = running
      self.trial = trial
      self.number = number
    }

    /// All processes that descend from it, itself included.
    var all: [Int32] { Processes.holding(trial.variable) }

    /// Waits for its end.
    func wait(seconds: Double = 240) -> Outcome {
      let code = running.wait(seconds: seconds)
      if code == nil { running.end() }
      func bytes(_ name: String) -> Data {
        FileManager.default.contents(atPath: "\(trial.folder)/\(name)\(number)") ?? Data()
      }
      let errors = bytes("error")
      return Outcome(
        code: code, output: String(decoding: bytes("output"), as: UTF8.self),
        errors: String(decoding: errors, as: UTF8.self),
        isText: String(data: errors, encoding: .utf8) != nil, hasErrors: hasErrors)
    }
  }

  func start(_ arguments: [String], _ change: (inout Launch) -> Void = { _ in }) -> Command? {
    count += 1
    var how = Launch()
    how.folder = work
    how.output = "\(folder)/output\(count)"
    how.error = "\(folder)/error\(count)"
    change(&how)
    let words = (how.program.map { [$0] } ?? []) + arguments
    commands.append(how.limits + words.map(Self.shown).joined(separator: " "))
    let environment = [
      "PATH=\(tools.path)", "TMPDIR=\(folder)/tmp", "HOME=\(work)", variable + "=1",
      "SWIFT_BACKTRACE=enable=no", "LC_ALL=C.UTF-8",
    ]
    let program = how.program ?? tools.perturb
    guard let running = Running([program] + arguments, environment + how.environment, how) else {
      fail("the harness could not start a process")
      return nil
    }
    return Command(running, self, count, hasErrors: how.error != nil)
  }

  /// Runs a command to its end and judges it.
  @discardableResult
  func run(
    _ arguments: [String], seconds: Double = 240, _ change: (inout Launch) -> Void = { _ in }
  ) -> Outcome {
    guard let command = start(arguments, change) else {
      return Outcome(code: nil, output: "", errors: "")
    }
    let outcome = command.wait(seconds: seconds)
    judge(outcome)
    return outcome
  }

  static func shown(_ word: String) -> String {
    let text = word.unicodeScalars.map { scalar in
      scalar.value < 32 || scalar.value == 127
        ? "\\u{\(String(scalar.value, radix: 16))}" : String(scalar)
    }.joined()
    return text.count > 120 ? "\(text.prefix(60))…(\(text.count))" : text.isEmpty ? "''" : text
  }

  // MARK: Judging

  /// Lines that may stand before the one that says what is wrong.
  private static let notices = [
    "processes of", "has given no answer for", " left", "warning:", "beside its evaluations",
    "by its formula takes",
  ]

  /// Finds fault with how a command ended.
  func judge(_ outcome: Outcome, signal: Int32? = nil) {
    guard let code = outcome.code else { return fail("did not end") }
    if code < 0, code != -(signal ?? 0) { fail("was ended by signal \(-code)") }
    let expected = [0, 1, 64] + (signal.map { [128 + Int($0)] } ?? [])
    if code >= 0, !expected.contains(code) { fail("exit code \(code)") }
    if outcome.hasErrors { judge(lines: outcome, code) }
    if outcome.errors.unicodeScalars.contains(where: {
      $0 != "\n" && ($0.value < 32 || (127..<160).contains($0.value))
    }) {
      fail("a control character in the error")
    }
    if !outcome.isText { fail("bytes in the error that are no text") }
    judgeLeftovers()
  }

  private func judge(lines outcome: Outcome, _ code: Int) {
    var lines = outcome.errorLines
    if code == 64, lines.last?.hasPrefix("See 'perturb ") == true { lines.removeLast() }
    let others = lines.filter { line in
      !Self.notices.contains { line.contains($0) } && !line.hasPrefix("  ")
    }
    if let line = lines.first(where: { !$0.hasPrefix("perturb: ") && !$0.hasPrefix("  ") }) {
      fail("a line of another form: \(Self.shown(String(line)))")
    }
    if code == 0, !others.isEmpty {
      fail("success with an error: \(Self.shown(String(others[0])))")
    }
    if code > 0, others.count > 1 { fail("\(others.count) error lines") }
    if code > 0, lines.isEmpty { fail("no error line") }
    if let long = lines.first(where: { $0.count > 9000 }) { fail("a line of \(long.count)") }
  }

  /// Processes and temporary files that outlived the command.
  func judgeLeftovers() {
    var left = Processes.holding(variable)
    for _ in 0..<100 where !left.isEmpty {
      usleep(20_000)
      left = Processes.holding(variable)
    }
    if !left.isEmpty { fail("\(left.count) processes left") }
    for process in left { kill(process, SIGKILL) }
    let files = (try? FileManager.default.contentsOfDirectory(atPath: "\(folder)/tmp")) ?? []
    if !files.isEmpty { fail("temporary files left: \(files)") }
  }
}

/// What all runs share.
struct Tools: Sendable {
  let perturb: String
  let worker: String
  let clock: Clock
  let folder: String
  let token: String
  let path: String
  let seed: UInt64
}

/// A library that, loaded before a program's own, sets its time of day back.
struct Clock: Sendable {
  let path: String

  var isThere: Bool { FileManager.default.fileExists(atPath: path) }

  /// What loads it; nothing where it is not there.
  var variables: [String] { isThere ? ["LD_PRELOAD=\(path)"] : [] }
}
