import Fuzzing
import Platform
import Programs
import Testing

@Suite("Answers of any bytes") struct AnswerFuzzTests {
  private let lines = Fuzzer(
    "answers",
    corpus: [
      "[1, -2.5e3]", " 1 2\t3 ", "1,2 , 3", "[ 1 , 2 ]\r", "+5 -5", "1. .5 -.5e1",
      "-0.1234567890123456",
      "12345678901234567890.", "2.2250738585072011e-308", "9007199254740993", "[]", "nan inf",
    ])

  private func parse(_ bytes: [UInt8]) throws(NumberLine.Failure) -> [Double] {
    try bytes.withUnsafeBufferPointer { bytes throws(NumberLine.Failure) in
      try NumberLine.parse(bytes)
    }
  }

  /// The numbers of a line are those of Swift's own reader, part by part.
  private func read(_ bytes: [UInt8]) throws {
    guard let values = try? parse(bytes) else { return }
    let text = String(decoding: bytes, as: UTF8.self)
    let parts = text.split { " \t\r,[]".contains($0) || $0 == "\r\n" }
    let expected = parts.map { Double($0) ?? .nan }
    if expected.map(\.bitPattern) != values.map(\.bitPattern) {
      throw Fuzzer.Failure("read as \(values), expected \(expected)")
    }
    var again: [UInt8] = []
    NumberLine.append(values, to: &again)
    if try parse(Array(again.dropLast())).map(\.bitPattern) != values.map(\.bitPattern) {
      throw Fuzzer.Failure("\(values) are not read as they are written")
    }
    var out = [Double](repeating: 0, count: values.count + 1)
    try bytes.withUnsafeBufferPointer { bytes in
      try out.withUnsafeMutableBufferPointer { out in
        if let start = out.baseAddress {
          try NumberLine.parse(bytes, into: start, expected: values.count)
        }
      }
    }
    if out != values + [0] { throw Fuzzer.Failure("\(values) are \(out) in memory") }
  }

  @Test func numbersAreThoseOfTheLine() throws { try lines.run(read) }

  @Test func timeGrowsWithTheLine() throws {
    let pieces = ["1", "1 ", "1,", "0", ".", " ", "[", "n", "-", "e", "9e", "\u{FF}"]
    try lines.checkGrowth(
      of: pieces.flatMap { [("", $0, ""), ("[", $0, "1]"), ("0.", $0, ""), ("1e", $0, "")] }, read)
  }

  /// Where the exponent makes up for the zeros of a very long number.
  @Test(arguments: [(99_990, 99_991), (100_000, 100_001), (100_001, 200_000), (250_000, 250_002)])
  func longNumbersAreRounded(zeros: Int, exponent: Int) throws {
    let text = "0." + String(repeating: "0", count: zeros) + "1e\(exponent)"
    let expected = try #require(Double("1e\(exponent - zeros - 1)"))
    if expected.isFinite {
      #expect(try parse(Array(text.utf8)) == [expected])
    } else {
      #expect(throws: NumberLine.Failure.notFinite) { try parse(Array(text.utf8)) }
    }
    let whole = "1" + String(repeating: "0", count: zeros) + "e-\(exponent)"
    #expect(try parse(Array(whole.utf8)) == [Double("1e\(zeros - exponent)") ?? .nan])
  }

  @Test func numberedAnswers() throws {
    let fuzzer = Fuzzer(
      "numbered-answers",
      corpus: [
        #"{"id":7,"y":[1.25, -2]}"#, #"{"id": 0, "y": 1e3, "note": "x"}"#, #"{"id":-1,"y":[]}"#,
        #"{"id":7,"y":["a"]}"#, #"{"id":12}"#,
      ], words: ["\"id\"", "\"y\""])
    try fuzzer.run { bytes in
      guard let answer = NumberedLine.parse(bytes), let values = answer.values else { return }
      var array: [UInt8] = []
      NumberLine.append(values.filter(\.isFinite), to: &array)
      let line =
        Array("{\"id\":\(answer.number),\"y\":".utf8) + array.dropLast() + Array("}".utf8)
      let again = NumberedLine.parse(line)
      if again?.number != answer.number || again?.values != values.filter(\.isFinite) {
        throw Fuzzer.Failure("\(answer) is read again as \(String(describing: again))")
      }
    }
  }

  @Test func placeholders() throws {
    let fuzzer = Fuzzer(
      "placeholders",
      corpus: [
        "--x={} {} {0} {1}", "a{2}b {name} {{0}} {", "{12345678901} }{ {0", "--x={000000001}",
      ],
      words: ["{", "}", "{}", "{0}", "{999999999}", "{1000000000}", "{-1}"])
    let values = [0.5, -2, 1e300]
    try fuzzer.run { bytes in
      let arguments = String(decoding: bytes, as: UTF8.self).split(separator: " ").map(String.init)
      // That one makes a file.
      if arguments.contains(where: { $0.contains("{file}") }) { return }
      let expanded = try ArgumentPlaceholders.expand(arguments, values).arguments
      if !ArgumentPlaceholders.areIn(arguments), expanded != arguments {
        throw Fuzzer.Failure("\(arguments) without placeholders become \(expanded)")
      }
      if expanded.count != arguments.reduce(0, { $0 + ($1 == "{}" ? values.count : 1) }) {
        throw Fuzzer.Failure("\(arguments) become \(expanded.count) arguments")
      }
      if let greatest = ArgumentPlaceholders.greatestIndex(in: arguments), greatest < 0 {
        throw Fuzzer.Failure("\(arguments) ask for number \(greatest)")
      }
    }
    try fuzzer.checkGrowth(
      of: ["{", "}", "{}", "{0}", "{{", "a"].flatMap {
        [("", $0, ""), ("", $0, "}"), ("{", $0, "{")]
      }
    ) { bytes in
      _ = try ArgumentPlaceholders.expand([String(decoding: bytes, as: UTF8.self)], [1])
    }
  }

  /// All that a program prints, before it is asked: an answer is the first line's, whatever follows it.
  @Test(.timeLimit(.minutes(10))) func outputsOfPrograms() throws {
    let fuzzer = Fuzzer(
      "outputs",
      corpus: ["[1, 2]\n", "3.5\n", "1 2\n[3, 4]\n", "7", "[1, 2]\r\n\r\n", "\n\n1\n", "nan\n"])
    let path = "\(fuzzer.inputFile)-output"
    defer { Files.removeFile(path) }
    try fuzzer.run(count: min(Fuzzer.inputs / 4, 2000)) { bytes in
      try Files.write(bytes, to: path, isSynchronized: false)
      let program = try ExternalProgram("cat", arguments: [path], jobs: 1, retries: 0)
      defer { program.stop() }
      guard let answer = try? program([1]) else { return }
      let line = bytes.prefix { $0 != UInt8(ascii: "\n") }
      if try parse(Array(line)) != answer { throw Fuzzer.Failure("\(answer) is the answer") }
    }
  }
}
