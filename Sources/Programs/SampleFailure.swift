public import Perturbations
internal import Platform

/// One evaluation that failed, with all that it takes to do it again.
public struct SampleFailure: Sendable, CustomStringConvertible {
  /// What went wrong.
  public enum Cause: Sendable, Equatable {
    /// A signal ended the program.
    case crashed(signal: Int32)
    /// The program ended before it answered.
    case exited(code: Int32)
    /// There was no answer within the time limit.
    case timedOut(seconds: Double)
    /// The program closed its standard output and lived on.
    case closedOutput
    /// The program closed its standard input and gave no answer.
    case closedInput
    /// The answer is not an array of numbers.
    case garbage(String)
    /// The answer has another number of entries than expected.
    case wrongCount(got: Int, expected: Int)
    /// The answer has an entry that is not a finite number.
    case notFinite(String)
    /// The program printed a line that nobody had asked for.
    case unaskedOutput(String)
  }

  /// The program with its arguments, as one types it.
  public let program: String
  /// What went wrong, the last time.
  public let cause: Cause
  /// The index of the sample; -1 for an evaluation that is not one of samples.
  public let sample: Int
  /// The key of the call: the noise of sample i is drawn from its child i. Nil where there is none.
  public let key: RandomKey?
  /// The numbers that the program was given.
  public let input: [Double]
  /// How often the evaluation was tried.
  public let attempts: Int
  /// The last lines that the program wrote to its standard error.
  public let errorLines: [String]

  /// One line: the program, the cause, the sample with its key and input, the last error line.
  public var description: String {
    var place = ""
    if sample >= 0 { place += " for sample \(sample)" }
    if let key { place += " (\(key))" }
    let tries = attempts > 1 ? ", \(attempts) times" : ""
    let given = input.isEmpty ? "" : " on input \(shortInput)"
    let last = errorLines.last.map { "; it said: \($0)" } ?? ""
    return "'\(program)' \(cause)\(tries)\(place)\(given)\(last)"
  }

  private var shortInput: String {
    let shown = input.prefix(8).map { shortestText($0) }.joined(separator: ", ")
    return input.count <= 8 ? "[\(shown)]" : "[\(shown), … \(input.count) numbers]"
  }
}

extension SampleFailure.Cause: CustomStringConvertible {
  /// A predicate: "exited with code 3 before it answered".
  public var description: String {
    switch self {
    case .crashed(let signal): "was ended by signal \(signal)\(Self.signalName(signal))"
    case .exited(let code): "exited with code \(code) and gave no answer"
    case .timedOut(let seconds): "gave no answer within \(shortestText(seconds)) s"
    case .closedOutput: "closed its output and gave no answer"
    case .closedInput: "closed its input and gave no answer"
    case .garbage(let line): "printed \(Self.quoted(line)), expected an array of numbers"
    case .wrongCount(let got, let expected):
      "printed \(got) number\(got == 1 ? "" : "s"), expected \(expected)"
    case .notFinite(let line): "printed \(Self.quoted(line)), expected finite numbers"
    case .unaskedOutput(let line): "printed \(Self.quoted(line)) without having been asked"
    }
  }

  private static func quoted(_ line: String) -> String {
    let shown = line.prefix(60).map { $0.isNewline ? " " : $0 }
    return line.isEmpty ? "an empty line" : "'\(String(shown))\(line.count > 60 ? "…" : "")'"
  }

  private static func signalName(_ signal: Int32) -> String {
    let names: [Int32: String] = [
      2: "interrupt", 4: "illegal instruction", 6: "abort", 8: "arithmetic error", 9: "kill",
      11: "segmentation fault", 13: "broken pipe", 15: "termination",
    ]
    return names[signal].map { " (\($0))" } ?? ""
  }
}
