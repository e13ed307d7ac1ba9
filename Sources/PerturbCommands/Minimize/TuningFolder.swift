internal import Platform

/// The folder of a run: its checkpoint, its history, and at the end its results.
struct TuningFolder: Sendable {
  static let checkpointName = "checkpoint.json"
  static let historyName = "history.csv"
  static let failureName = "failure.json"
  static let resultName = "result.json"
  static let pageName = "index.html"

  let path: String

  init(_ path: String) {
    var path = path
    while path.count > 1, path.hasSuffix("/") { path.removeLast() }
    self.path = path
  }

  func file(_ name: String) -> String { "\(path)/\(name)" }

  /// Makes the folder for a new run.
  ///
  /// - Throws: ``CommandError`` where there is a run already.
  func prepare() throws(CommandError) {
    if System.kind(file(Self.checkpointName)) != .missing {
      throw CommandError(
        "the folder '\(path)' holds a run already: --resume goes on with it, another --out begins "
          + "anew")
    }
    try writing { () throws(System.Failure) in
      var made = ""
      for part in path.split(separator: "/", omittingEmptySubsequences: false) {
        made += made.isEmpty && !path.hasPrefix("/") ? String(part) : "/" + part
        if part.isEmpty { made = made == "/" ? "" : made }
        if !made.isEmpty, System.kind(made) == .missing { try System.makeFolder(made) }
      }
    }
  }

  func replace(_ name: String, with text: String) throws(CommandError) {
    try writing { () throws(System.Failure) in try System.replace(file(name), with: text) }
  }

  func append(_ name: String, _ text: String) throws(CommandError) {
    try writing { () throws(System.Failure) in try System.append(text, toFile: file(name)) }
  }

  private func writing(
    _ work: () throws(System.Failure) -> Void
  ) throws(CommandError) {
    do throws(System.Failure) { try work() } catch {
      throw CommandError(
        "cannot write the output folder '\(path)': \(error.reason); expected a folder that can be "
          + "written (--out)")
    }
  }
}

/// Where a run stands between two steps: enough to go on to the same bits.
struct TuningCheckpoint: Equatable {
  var settings: JSON
  var step = 0
  var evaluations = 0
  var skipped = 0
  var seconds = 0.0
  var bestInput: [Double] = []
  var bestValue = Double.infinity
  var state: [[Double]] = []
  /// Why the search has come to its end, from which it does not go on.
  var ended: String?

  init(settings: JSON) { self.settings = settings }

  private static let format = 1

  /// The object, every number of which reads back as it is.
  var json: JSON {
    [
      "generator": "perturb minimize", "format": JSON(Self.format), "settings": settings,
      "step": JSON(step), "evaluations": JSON(evaluations), "skipped": JSON(skipped),
      "seconds": JSON(seconds), "ended": ended.map { .string($0) } ?? .null,
      "best_input": JSON(bestInput), "best_value": .exactly(bestValue),
      "state": .array(state.map { .array($0.map(JSON.exactly)) }),
    ]
  }

  init(_ folder: TuningFolder) throws(CommandError) {
    let path = folder.file(TuningFolder.checkpointName)
    if System.kind(path) == .missing {
      throw CommandError(
        "there is nothing to resume in '\(folder.path)': it has no \(TuningFolder.checkpointName)")
    }
    try self.init(JSON(file: path, purpose: "checkpoint"), path)
  }

  init(_ json: JSON, _ path: String) throws(CommandError) {
    let damaged = CommandError("the checkpoint '\(path)' is not one of this version of perturb")
    guard json["format"]?.integer == Self.format, let settings = json["settings"],
      let step = json["step"]?.integer, let evaluations = json["evaluations"]?.integer,
      let skipped = json["skipped"]?.integer, let seconds = json["seconds"]?.double,
      let bestInput = json["best_input"]?.elements, let bestValue = json["best_value"]?.exact,
      let state = json["state"]?.elements
    else { throw damaged }
    self.init(settings: settings)
    self.step = step
    self.evaluations = evaluations
    self.skipped = skipped
    self.seconds = seconds
    self.bestInput = bestInput.compactMap(\.double)
    self.bestValue = bestValue
    ended = json["ended"]?.string
    self.state = state.map { ($0.elements ?? []).compactMap(\.exact) }
  }
}

/// The rows of a run as a table with a header, one line a row.
enum TuningHistory {
  private static let columns = [
    "step", "evaluations", "value", "mean", "standard_error", "best", "signal_to_noise",
  ]

  static func header(_ names: [String]) -> String {
    (columns + names.map(quoted)).joined(separator: ",") + "\n"
  }

  private static func quoted(_ name: String) -> String {
    guard name.contains(where: { ",\"\n".contains($0) }) else { return name }
    return "\""
      + name.split(separator: "\"", omittingEmptySubsequences: false)
      .joined(separator: "\"\"") + "\""
  }

  static func line(_ row: TuningRow) -> String {
    let numbers =
      [row.value, row.mean, row.standardError, row.best, row.signalToNoise] + row.input
    return "\(row.step),\(row.evaluations),"
      + numbers.map { JSON.exactly($0).string ?? JSON($0).compactText }.joined(separator: ",")
      + "\n"
  }

  /// The first rows of a history.
  static func read(
    _ path: String, count: Int, inputs: Int
  ) throws(CommandError) -> [TuningRow] {
    let bytes: [UInt8]
    do throws(System.Failure) { bytes = try System.read(path) } catch {
      throw CommandError("cannot read the history '\(path)': \(error.reason)")
    }
    let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
    let data = lines.filter { $0.first?.isNumber ?? false }
    var rows: [TuningRow] = []
    for line in data.prefix(count) {
      let numbers = line.split(separator: ",").compactMap { Double($0) }
      guard numbers.count == columns.count + inputs, Int(numbers[0]) == rows.count else { break }
      rows.append(
        TuningRow(
          step: rows.count, evaluations: Int(numbers[1]), value: numbers[2], mean: numbers[3],
          standardError: numbers[4], best: numbers[5], signalToNoise: numbers[6],
          input: Array(numbers[7...])))
    }
    if rows.count != count {
      throw CommandError(
        "the history '\(path)' has \(rows.count) rows, the checkpoint expects \(count)")
    }
    return rows
  }
}
