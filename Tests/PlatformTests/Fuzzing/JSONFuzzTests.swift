import Fuzzing
import Platform
import Testing

@Suite("JSON of any bytes") struct JSONFuzzTests {
  private let fuzzer = Fuzzer(
    "JSON",
    corpus: [
      #"{"nodes": ["a", "b"], "edges": [["a", "b", 0.25]], "directed": true, "from": "a"}"#,
      #" [1, -2.5e3, 0, {"c": null}, "x\"\\\n\u00e9\ud83d\ude00/é😀", [[], {}], false] "#,
      "\u{FEFF}[0.1, 1E+2, -0, 12345678901234567890]", "{\n  \"a\": {\n    \"a\": [1, 2]\n  }\n}\n",
      "7",
    ])

  private func read(_ bytes: [UInt8]) throws {
    let json: JSON
    do throws(JSON.SyntaxError) { json = try JSON(parsing: bytes) } catch {
      if !(0...bytes.count).contains(error.offset) || error.line < 1 || error.column < 1 {
        throw Fuzzer.Failure("an error at \(error.offset): \(error)")
      }
      return
    }
    // Texts compare by what they mean to people, so bytes are compared.
    let text = json.compactText
    for other in [text, json.text] {
      let again = try JSON(parsing: Array(other.utf8)).compactText
      if !again.utf8.elementsEqual(text.utf8) { throw Fuzzer.Failure("\(text) becomes \(again)") }
    }
    check(json)
  }

  /// What can be asked of any value.
  private func check(_ json: JSON) {
    _ = (json.kind, json.double, json.float, json.integer, json.exact)
    for element in json.elements ?? [] { check(element) }
    for member in json.members ?? [] { check(member.value) }
  }

  @Test func whatIsReadIsWrittenAndReadAgain() throws { try fuzzer.run(read) }

  @Test func timeGrowsWithTheText() throws {
    let pieces = [
      "[", "[],", "{\"a\":", "1", "1,", "\"a\",", "\\u0041", "\\", "a", "é", " ", "\n", "\u{301}",
    ]
    try fuzzer.checkGrowth(
      of: pieces.flatMap { [("", $0, ""), ("[", $0, "1]"), ("\"", $0, "\""), ("[0.", $0, "]")] }
        + [("{", "\"a\":1,", "}"), ("[1e", "9", "]")], read)
    try fuzzer.checkGrowth(of: [("{", "\"a\":1,", "\"b\":2}")]) {
      _ = try JSON(parsing: $0, allowsRepeatedNames: true)
    }
  }

  /// A value of a few levels.
  private func value(_ random: inout some RandomNumberGenerator, depth: Int = 0) -> JSON {
    let texts = [
      "", "a", "\u{0}\u{1F}\u{7F}", "\"\\/", "é\u{301}😀", "\u{FFFD}\u{10FFFF}", "\n\r\t",
    ]
    switch Int.random(in: 0..<(depth < 5 ? 6 : 4), using: &random) {
    case 0: return [.null, .bool(true), .bool(false)].randomElement(using: &random) ?? .null
    case 1: return JSON(Double(bitPattern: .random(in: 0...UInt64.max, using: &random)))
    case 2: return JSON(Int.random(in: .min ... .max, using: &random))
    case 3: return .string(texts.randomElement(using: &random) ?? "")
    case 4:
      let count = Int.random(in: 0...4, using: &random)
      return .array((0..<count).map { _ in value(&random, depth: depth + 1) })
    default:
      let count = Int.random(in: 0...4, using: &random)
      return .object(
        (0..<count).map { .init(name: "\($0)", value: value(&random, depth: depth + 1)) })
    }
  }

  @Test func everyValueIsReadAsItWasWritten() throws {
    var random = KeptNumbers()
    for _ in 0..<Fuzzer.inputs {
      let json = value(&random)
      for text in [json.compactText, json.text] {
        #expect(try JSON(parsing: Array(text.utf8)) == json)
      }
    }
  }
}
