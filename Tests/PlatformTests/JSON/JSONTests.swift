import Platform
import Testing

struct JSONTests {
  @Test func everyKindOfValueIsRead() throws {
    let json = try JSON(
      reading:
        #" {"a": [1, -2.5e3, 0], "b": {"c": null}, "d": true, "e": "x\"\\\n\u00e9\ud83d\ude00/"} "#)
    #expect(json["a"]?.doubles == [1, -2500, 0])
    #expect(json["b"]?["c"] == .null)
    #expect(json["d"] == .bool(true))
    #expect(json["e"]?.string == "x\"\\\né😀/")
    #expect(json.members?.map(\.name) == ["a", "b", "d", "e"])
  }

  @Test(arguments: [
    "", "[", "[1,]", "{\"a\"}", "{\"a\":}", "{a: 1}", "01", "1.", "1e", "-", "tru", "\"a", "[1] []",
    "\"\\x\"", "\"\\u12\"", "NaN", "'a'", "[1 2]", "\u{FEFF}",
    "{\"a\": 1, \"a\": 1}", "{\"a\": 1, \"\\u0061\": 1}",
  ])
  func whatIsNotJSONIsRefused(text: String) {
    #expect(throws: JSON.SyntaxError.self) { try JSON(reading: text) }
  }

  @Test func theErrorHasTheLineAndTheColumn() throws {
    let error = #expect(throws: JSON.SyntaxError.self) {
      try JSON(reading: "{\n  \"é\": [1, ?]\n}")
    }
    #expect(error?.line == 2)
    #expect(error?.column == 12)
    #expect(error?.found == "'?'")
  }

  /// A name that stands twice has two meanings, and readers differ in which they take.
  @Test func repeatedNamesAreRefusedUnlessAllowed() throws {
    let text = #"{"a": 1, "b": {"c": 1, "c": 2}}"#
    let error = #expect(throws: JSON.SyntaxError.self) { try JSON(reading: text) }
    #expect(error?.description == "line 1, column 24: found \"c\" again, expected each name once")
    #expect(error?.offset == 23)
    let json = try JSON(parsing: Array(text.utf8), allowsRepeatedNames: true)
    #expect(json["b"]?.members?.map(\.value) == [JSON(1), JSON(2)])
  }

  @Test(arguments: [#""\ud800""#, #""\udc00x""#, #""\ud83d\n""#, #""\ud83d\ud83d""#, #""\u00g0""#])
  func halfOfASurrogatePairIsNoText(text: String) {
    #expect(throws: JSON.SyntaxError.self) { try JSON(reading: text) }
  }

  @Test func textIsUTF8() {
    #expect(throws: JSON.SyntaxError.self) { try JSON(parsing: [0x22, 0xFF, 0x22]) }
    #expect(throws: JSON.SyntaxError.self) { try JSON(parsing: [0xFF]) }
  }

  @Test func deepNestingIsRefusedRatherThanFollowed() {
    let text = String(repeating: "[", count: 100_000)
    #expect(throws: JSON.SyntaxError.self) { try JSON(reading: text) }
  }

  @Test(
    arguments: [0.1, 5.5e-7, 1e30, -0.0, 123_456.79, 16_777_216, .leastNonzeroMagnitude] as [Float])
  func numbersComeBackAsTheyWere(value: Float) throws {
    #expect(try JSON(reading: JSON(value).compactText).float == value)
  }

  @Test func writtenTextReadsBackAsTheSameValue() throws {
    let json: JSON = [
      "name": "a \"quoted\"\ttext\u{1}", "list": .array([JSON(1), JSON(2.5), .null, .bool(false)]),
      "nested": ["long": .array((0..<40).map { .array([JSON($0), JSON("x")]) })],
    ]
    #expect(try JSON(reading: json.text) == json)
    #expect(try JSON(reading: json.compactText) == json)
  }

  @Test func kindsAreNamed() throws {
    let json = try JSON(reading: #"[null, true, 1.50, "x", [1], {}]"#)
    #expect(
      json.elements?.map(\.kind)
        == ["null", "true", "1.50", "the string \"x\"", "an array of 1", "an object"])
    #expect(json.elements?.map(\.integer) == [nil, nil, nil, nil, nil, nil])
    #expect(JSON(7).integer == 7)
  }

  @Test func whatHasNoNumberInJSONIsNull() {
    #expect(JSON(Double.nan) == .null)
    #expect(JSON(Float.infinity) == .null)
    for value in [0.1, -.infinity, .infinity, 0] {
      #expect(JSON.exactly(value).exact == value)
    }
    #expect(JSON.exactly(.nan).exact?.isNaN == true)
    #expect(JSON("infinite").exact == nil)
  }
}

extension JSON {
  fileprivate init(reading text: String) throws(SyntaxError) {
    try self.init(parsing: Array(text.utf8))
  }

  fileprivate var doubles: [Double] { (elements ?? []).compactMap(\.double) }
}
