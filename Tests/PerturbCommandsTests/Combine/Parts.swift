import PerturbCommands
import Platform

/// Commands on parts, and what is the same in their outputs whatever machine it is.
enum Parts {
  /// Writes all parts of an evaluation.
  static func write(
    _ arguments: [String], count: Int, in folder: TemporaryFolder, program: [String] = []
  ) -> (paths: [String], runs: [CommandRun]) {
    let paths = (1...count).map { "\(folder.path)/part-\($0).json" }
    let runs = (1...count).map { index in
      CommandRun(
        ["evaluate"] + arguments + ["--part", "\(index)/\(count)", "--out", paths[index - 1]]
          + (program.isEmpty ? [] : ["--"] + program))
    }
    return (paths, runs)
  }

  static func write(
    _ line: String, count: Int, in folder: TemporaryFolder, program: [String] = []
  ) -> (paths: [String], runs: [CommandRun]) {
    write(line.split(separator: " ").map(String.init), count: count, in: folder, program: program)
  }

  /// What was printed, without times and without the advice that takes samples of its own.
  static func comparable(_ output: String) -> String {
    output.split(separator: "\n", omittingEmptySubsequences: true)
      .filter { !$0.hasPrefix("With --baseline leave-one-out") }.joined(separator: "\n")
      .replacing(/"seconds": [^,}]*/, with: "").replacing(
        /, [0-9.]+ m?s$/.anchorsMatchLineEndings(), with: "")
  }

  /// The bytes with the checksum of those before it.
  static func sealed(_ bytes: [UInt8]) -> [UInt8] {
    let hash = bytes.reduce(0xCBF2_9CE4_8422_2325 as UInt64) {
      ($0 ^ UInt64($1)) &* 0x100_0000_01B3
    }
    let digits = String(hash, radix: 16)
    return bytes
      + Array(
        ", \"checksum\": \"\(String(repeating: "0", count: 16 - digits.count))\(digits)\"}\n".utf8)
  }

  /// The bytes before the checksum.
  static func body(_ bytes: [UInt8]) -> [UInt8] { Array(bytes.dropLast(34)) }
}
