import Foundation
import PerturbCommands
import Platform
import Synchronization
import Testing

/// What options take and refuse, whichever command has them.
struct SettingTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let arguments: [String]
    /// What the line must hold.
    let parts: [String]

    init(_ line: String, _ parts: String...) {
      arguments = line.split(separator: " ").map(String.init)
      self.parts = parts
    }

    var testDescription: String { arguments.joined(separator: " ") }
  }

  private static let largest = "9223372036854775807"
  private static let most = "at most 1,000,000,000,000,000"

  /// Each of these ended the process or ran for ever.
  static let uncountable = [
    Case("evaluate argmax --theta 1,2 --samples \(largest)", "samples is \(largest)", most),
    Case("evaluate argmax --theta 1,2 --samples 1e18", "samples is 1000000000000000000", most),
    Case("evaluate argmax --theta 1,2 --samples 1e30", "'1e30'", most),
    Case("evaluate argmax --theta 1,2 --threads 1e9", "threads is 1000000000", "at most 1,024"),
    Case("diagnose argmax --theta 1,2 --samples \(largest)", "samples is \(largest)", most),
    Case("gallery --samples \(largest)", "samples is \(largest)", most),
    Case("evaluate --theta 1 --samples \(largest) -- cat", "samples is \(largest)", most),
    Case("evaluate --theta 1 --timeout 1e30 -- cat", "timeout is 1e+30", "at most 1,000,000,000"),
    Case("evaluate --theta 1 --timeout nan -- cat", "timeout is nan", "a positive time"),
    Case("evaluate --theta 1 --retries \(largest) -- cat", "retries is \(largest)"),
    Case("minimize --start 1 --samples \(largest) -- cat", "samples is \(largest)", most),
    Case("minimize --start 1 --samples 1e15 -- cat", "GB", "expected at most 4 GB"),
    Case("minimize --start 1 --steps \(largest) -- cat", "steps is \(largest)", most),
    Case("minimize --start 1 --evaluations \(largest) -- cat", "evaluations is \(largest)", most),
    Case("minimize --start 1 --timeout 1e30 -- cat", "timeout is 1e+30"),
    Case("replay --input 1 --timeout 1e30 -- cat", "timeout is 1e+30"),
    Case(
      "replay --theta 1 --key 0,7 --sample \(largest) -- cat", "sample is \(largest)", most),
    Case("evaluate or --theta-file /dev/zero", "'/dev/zero'", "file too large"),
  ]

  /// Each of these was taken for something else.
  static let misread = [
    Case("evaluate argmax --theta 1,2 --samples=1,5", "'1,5'", "whole number"),
    Case("evaluate argmax --theta 1,2 --samples=1000,", "'1000,'", "whole number"),
    Case("evaluate argmax --theta=1,,2", "'1,,2' has a comma with nothing beside it"),
    Case("evaluate argmax --theta=1,2,", "'1,2,' has a comma with nothing beside it"),
    Case("minimize --start 1 --lower=inf -- cat", "'inf' in --lower is no bound", "-inf for none"),
    Case("minimize --start 1 --upper=-inf -- cat", "'-inf' in --upper is no bound", "inf for none"),
    Case("minimize --start=1,,2 -- cat", "'1,,2' in --start has a comma"),
    Case("minimize --start inf -- cat", "start has inf at index 0", "finite"),
    Case("replay --input= -- cat", "the input is empty"),
    Case("replay --input inf -- cat", "the input has inf at index 0", "finite"),
    Case("evaluate argmax --theta 1,2 --precision half", "'half'", "single, double"),
    Case("evaluate argmax --theta 1,2 --hessian --cotangent 1,0 --k 1", "--k is for top-k"),
    Case("evaluate --theta 1 --graph g.json -- cat", "--graph is given with a program"),
    Case(
      "evaluate argmax --theta 0,0 --sigma 1e-44 --cotangent 1,0 --json", "the gradient has",
      "single precision"),
  ]

  @Test(arguments: uncountable + misread)
  func oneLineSaysIt(bad: Case) {
    let run = CommandRun(bad.arguments)
    #expect(run.code != 0)
    #expect(run.output == "")
    #expect(run.errorLines.first?.hasPrefix("perturb: ") == true)
    for part in bad.parts {
      #expect(run.errorLines.first?.contains(part) == true, "'\(part)' is not in: \(run.errors)")
    }
  }

  @Test(arguments: ["1000", "1_000", "1,000", "1e3"])
  func aCountMayBeWrittenInAnyOfTheseWays(text: String) throws {
    let run = CommandRun("evaluate or --theta 1 --json --samples=\(text)")
    #expect(try JSON(reading: run.output)["samples"]?.integer == 1000)
  }

  @Test func numbersAfterACommaAndASpaceBelongToTheList() throws {
    let spaced = CommandRun(["evaluate", "argmax", "--theta", "-1,", "2", "--json"])
    let plain = CommandRun(["evaluate", "argmax", "--theta", "-1,2", "--json"])
    #expect(spaced.code == 0, "\(spaced.errors)")
    #expect(try JSON(reading: spaced.output)["value"] == JSON(reading: plain.output)["value"])
  }

  @Test func anEmptyFolderIsNotTheRoot() {
    for command in [
      ["gallery", "or", "--samples", "10"], ["diagnose", "or", "--theta", "1", "--samples", "10"],
      ["minimize", "--start", "1"],
    ] {
      let run = CommandRun(
        command + ["--out", ""] + (command[0] == "minimize" ? ["--", "cat"] : []))
      #expect(run.code == 1)
      #expect(run.output == "")
      #expect(run.errors.contains("the output folder is ''"), "\(run.errors)")
    }
  }

  @Test func whatWasTypedCannotWriteOnTheTerminal() {
    let run = CommandRun(["evaluate", "arg\u{1B}[2J\nmax", "--theta", "1"])
    #expect(run.errorLines.count == 1)
    #expect(!run.errors.contains("\u{1B}"))
    #expect(run.errors.contains("arg\\u{1b}[2J\\nmax"))
    let long = CommandRun(["evaluate", String(repeating: "x", count: 100_000), "--theta", "1"])
    #expect(long.code == 1)
    #expect(long.errors.count < 5000)
    #expect(long.errors.contains("100,003 characters"), "\(long.errors)")
    let option = CommandRun(["evaluate", "--x" + String(repeating: "y\u{1B}", count: 100_000)])
    #expect(option.errors.count < 5000)
    #expect(!option.errors.contains("\u{1B}"))
  }

  @Test func longWorkIsAnnouncedOnceWhereNobodyWatches() {
    let arguments = ["evaluate", "sort", "--theta", "3,1,2", "--samples", "1e6", "--json"]
    let run = CommandRun(arguments, noticeDelay: .zero)
    #expect(run.errorLines.count == 1)
    #expect(run.errors.hasPrefix("perturb: sort: about 0:"))
    #expect(CommandRun(arguments).errors == "", "it takes less than ten seconds")
  }

  @Test func progressFitsTheTerminal() {
    let arguments = ["diagnose", "sort", "--theta", "3,1,2", "--samples", "20000", "--json"]
    let run = CommandRun(arguments, showsProgress: true, progressDelay: .zero, columns: 20)
    let states = run.errors.components(separatedBy: "\r\u{1B}[K")
    #expect(states.contains { $0.count == 19 })
    #expect(states.allSatisfy { $0.count < 20 })
  }

  @Test func anOutputThatCannotBeWrittenIsAFailure() {
    for line in [
      "evaluate or --theta 1", "evaluate or --theta 1 --json", "diagnose or --theta 1 --json",
      "gallery or --samples 10 --out /tmp/\(UInt64.random(in: 0...UInt64.max))", "--help",
      "--version",
    ] {
      let errors = Mutex("")
      let code = PerturbTool.run(
        line.split(separator: " ").map(String.init),
        console: Console(
          write: { _ in throw CommandError("cannot write the output: no space left on device") },
          writeError: { text in errors.withLock { $0 += text } }))
      #expect(code == 1, "\(line)")
      #expect(
        errors.withLock { $0 } == "perturb: cannot write the output: no space left on device\n")
    }
  }
}
