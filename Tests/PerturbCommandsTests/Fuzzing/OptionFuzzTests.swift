import Fuzzing
import PerturbCommands
import Testing

@Suite("Options of any text") struct OptionFuzzTests {
  private let lists = Fuzzer(
    "number-lists",
    corpus: [
      "-0.6,1.9", "-0.6 1.9", "[1, 2.5e3]", " [ 1 ; 2 ] ", "0.1", "nan,inf", "[\"1\", 2]",
      "0x1p3,1",
    ], words: ["null", "\u{A0}", "\u{3000}"])

  private func read(_ bytes: [UInt8]) throws {
    let text = String(decoding: bytes, as: UTF8.self)
    guard let list = try? NumberList(text) else { return }
    let values = list.values
    let again = try NumberList(values.map { "\($0)" }.joined(separator: ","))
    if again.values.map(\.description) != values.map(\.description) {
      throw Fuzzer.Failure("\(values) are read again as \(again.values)")
    }
  }

  @Test func listsOfNumbers() throws {
    try lists.run(read)
    try lists.checkGrowth(
      of: ["1", "1,", " ", "[", ";", "\"1\",", "\u{301}", "\n"].flatMap {
        [("", $0, ""), ("[", $0, "]"), ("1", $0, "1")]
      }, read)
  }

  @Test func counts() throws {
    let fuzzer = Fuzzer(
      "counts", corpus: ["1000000", "1_000_000", "1,000,000", "1e6", "-5", "+7", "2.0"],
      words: ["_", "٣", "½"])
    func read(_ bytes: [UInt8]) throws {
      let text = String(decoding: bytes, as: UTF8.self)
      guard let count = try? Parsing.count(text) else { return }
      let plain = text.filter { $0 != "," && $0 != "_" }
      if Int(plain) ?? Double(plain).flatMap({ Int(exactly: $0) }) != count {
        throw Fuzzer.Failure("'\(text)' is read as \(count)")
      }
      if try Parsing.count("\(count)") != count {
        throw Fuzzer.Failure("\(count) is not read again")
      }
    }
    try fuzzer.run(read)
    try fuzzer.checkGrowth(
      of: [("", "1", ""), ("1", ",000", ""), ("", "_", ""), ("1e", "9", "")], read)
  }

  /// What comes after `--` stays as it is, and no text is lost.
  @Test func joinedLists() throws {
    let fuzzer = Fuzzer(
      "joined-lists",
      corpus: [
        "--theta -0.6 1.9 --samples 5 -- ./a 1 2", "--theta=1, 2 -- --theta 1", "--theta [1 2]",
      ],
      words: ["--theta", "--theta=", " -- ", "--", "="])
    func read(_ bytes: [UInt8]) throws {
      let arguments = String(decoding: bytes, as: UTF8.self)
        .split(separator: " ", omittingEmptySubsequences: false).map(String.init)
      let joined = joiningNumberLists(arguments, options: ["--theta"])
      let program = arguments.firstIndex(of: "--").map { arguments[$0...] } ?? []
      if Array(joined.suffix(program.count)) != Array(program) {
        throw Fuzzer.Failure("\(arguments) become \(joined)")
      }
      if joined.count > arguments.count { throw Fuzzer.Failure("\(joined.count) arguments") }
    }
    try fuzzer.run(read)
    try fuzzer.checkGrowth(
      of: [("--theta ", "1 ", ""), ("", "--theta ", ""), ("--theta=", "1,", ""), ("", "- ", "")],
      read)
  }

  /// What is repeated in an error: on a line of its own, without a way to move the cursor.
  @Test func wordsInErrors() throws {
    let fuzzer = Fuzzer(
      "error-lines",
      corpus: [
        "unknown option 'a b'", "\u{1B}[31mred\u{1B}[0m\r\n", "a\tb\u{85}c\u{2028}d\u{202E}e", "",
        String(repeating: "e\u{301}", count: 3000), String(repeating: "long ", count: 3000),
        "e" + String(repeating: "\u{301}", count: 9000),
      ], words: ["\u{1B}]0;title\u{7}", "\u{9B}2J", "\u{200F}", "\u{E0001}", "\u{FEFF}"])
    func read(_ bytes: [UInt8]) throws {
      let line = ErrorText.line(String(decoding: bytes, as: UTF8.self))
      if line.unicodeScalars.count > 8000 {
        throw Fuzzer.Failure("a line of \(line.unicodeScalars.count) scalars")
      }
      let kinds: [Unicode.GeneralCategory] = [
        .control, .format, .lineSeparator, .paragraphSeparator,
      ]
      if let scalar = line.unicodeScalars.first(where: {
        kinds.contains($0.properties.generalCategory)
      }) {
        throw Fuzzer.Failure("U+\(String(scalar.value, radix: 16)) in a line")
      }
      // A second time nothing is left to do.
      if ErrorText.line(line) != line { throw Fuzzer.Failure("not a line: \(line)") }
    }
    try fuzzer.run(read)
    try fuzzer.checkGrowth(
      of: ["a", " ", "\n", "a ", "\u{301}", "\u{1B}", "😀"].map { ("", $0, "") }, read)
  }
}
