internal import Platform

/// The rows of a run as a table with a header, one line a row.
enum TuningHistory {
  private static let columns = [
    "step", "evaluations", "value", "mean", "standard_error", "best", "signal_to_noise",
  ]
  /// Columns of which a number may be infinite or none.
  private static let loose: Set<String> = ["mean", "standard_error", "signal_to_noise"]

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

  /// The first rows of a history; a run that was ended before its first step may have none.
  ///
  /// - Throws: ``CommandError`` that names the row and the column.
  static func read(
    _ path: String, count: Int, names: [String]
  ) throws(CommandError) -> [TuningRow] {
    if count == 0 { return [] }
    let bytes: [UInt8]
    do throws(SystemFailure) { bytes = try Files.read(path) } catch {
      throw CommandError("cannot read the history '\(path)': \(error.reason)")
    }
    let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n").dropFirst()
    if lines.count < count {
      throw CommandError(
        "the history '\(path)' has \(lines.count) rows, the checkpoint expects \(count)")
    }
    var rows: [TuningRow] = []
    for line in lines.prefix(count) {
      do throws(CommandError) {
        rows.append(try row(line, step: rows.count, columns + names))
      } catch {
        throw CommandError("row \(rows.count) of the history '\(path)': \(error)")
      }
    }
    return rows
  }

  private static func row(
    _ line: Substring, step: Int, _ columns: [String]
  ) throws(CommandError) -> TuningRow {
    let parts = line.split(separator: ",", omittingEmptySubsequences: false)
    if parts.count != columns.count {
      throw CommandError("it has \(parts.count) columns, expected \(columns.count)")
    }
    var numbers: [Double] = []
    for (name, part) in zip(columns, parts) {
      guard let number = Double(part), number.isFinite || loose.contains(name) else {
        throw CommandError("\(name) is '\(part)', expected a finite number")
      }
      numbers.append(number)
    }
    guard numbers[0] == Double(step) else {
      throw CommandError("step is '\(parts[0])', expected \(step)")
    }
    guard let evaluations = Int(exactly: numbers[1]), evaluations >= 0 else {
      throw CommandError("evaluations is '\(parts[1])', expected a whole number, at least 0")
    }
    return TuningRow(
      step: step, evaluations: evaluations, value: numbers[2], mean: numbers[3],
      standardError: numbers[4], best: numbers[5], signalToNoise: numbers[6],
      input: Array(numbers[7...]))
  }
}
