internal import ArgumentParser
internal import Perturbations
internal import Platform

struct CombineCommand: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "combine",
    abstract: "Put the parts of an evaluation together.",
    discussion: """
      Parts are what 'perturb evaluate --part 3/8 --out part-3.json' writes, here or on any
      machine, in any order. All of them together give what the evaluation gives in
      one process, to the bit: value, gradient, Hessian and standard errors. A
      program that was evaluated is not run again.

      Examples:
        perturb combine part-*.json
        perturb combine --json part-*.json

      The time that is printed is that of all parts together. See docs/machines.md
      for job queues.
      """)

  @Flag(help: "Print one JSON object, as 'perturb evaluate --json' does.")
  var json = false

  @Argument(help: "The files of all parts, in any order.")
  var parts: [String] = []

  func run(on console: Console) throws {
    let combined = try CombinedEvaluation(parts, wantsRoughErrors: !json)
    let outcome = try combined.run()
    if let warning = outcome.warning { console.report("perturb: warning: \(warning)") }
    if json {
      try console.print(combined.evaluation.json(outcome).compactText)
    } else {
      try console.write(combined.evaluation.text(outcome))
    }
  }
}

/// An evaluation whose samples are in files.
struct CombinedEvaluation {
  private(set) var evaluation: Evaluation
  private let files: [PartFile]

  /// - Parameters:
  ///   - paths: The files of its parts.
  ///   - wantsRoughErrors: Whether standard errors are to be found as for people, where the parts were
  ///     not to find them all.
  /// - Throws: ``CommandError`` that names the first part that is missing, there twice, of another
  ///   evaluation, or damaged.
  init(_ paths: [String], wantsRoughErrors: Bool) throws(CommandError) {
    var found: [Int: String] = [:]
    var files: [PartFile] = []
    for path in paths {
      let file: PartFile
      do throws(PartFile.Fault) { file = try PartFile(path) } catch { throw error.error(path) }
      try Self.check(file, path, first: files.first, paths[0])
      if let other = found.updateValue(path, forKey: file.number.index) {
        throw CommandError("part \(file.number) is there twice, in '\(other)' and in '\(path)'")
      }
      files.append(file)
    }
    guard let first = files.first else {
      throw CommandError("no parts are given, expected the files of all of them: part-*.json")
    }
    let count = first.number.count
    let missing = (1...count).filter { found[$0] == nil }
    if let number = missing.first {
      let others = missing.count > 1 ? " and \(missing.count - 1) more are missing" : " is missing"
      throw CommandError(
        "part \(number)/\(count)\(others): \(files.count) of \(count) parts are given")
    }
    self.files = files
    do throws(CommandError) { evaluation = try first.settings.evaluation() } catch {
      throw CommandError("the part '\(paths[0])': \(error)")
    }
    evaluation.part = .combined
    if evaluation.problem.program != nil {
      evaluation.standardErrors = .exact
    } else if evaluation.standardErrors == .none, wantsRoughErrors {
      evaluation.standardErrors = .rough
    }
  }

  private static func check(
    _ file: PartFile, _ path: String, first: PartFile?, _ firstPath: String
  ) throws(CommandError) {
    guard let first else { return }
    if let (name, own, other) = file.settings.firstDifference(first.settings) {
      throw CommandError(
        "'\(path)' is a part of another evaluation than '\(firstPath)': its \(name) is \(own), "
          + "expected \(other)")
    }
    if file.number.count != first.number.count {
      throw CommandError(
        "'\(path)' is part \(file.number), expected one of \(first.number.count) as '\(firstPath)'")
    }
  }

  /// The outcome of the whole.
  ///
  /// - Throws: ``CommandError`` of one line.
  func run() throws -> Evaluation.Outcome {
    var outcome = try ProblemOptions.explaining {
      try SamplePart.combine(files.map(\.part)) { try evaluation.run() }
    }
    outcome.skipped = files.reduce(0) { $0 + $1.skipped }
    outcome.seconds = files.reduce(0) { $0 + $1.seconds }
    return outcome
  }
}
