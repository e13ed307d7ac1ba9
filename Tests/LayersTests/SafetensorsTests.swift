import Foundation
import Layers
import Tensors
import Testing

@Suite struct SafetensorsTests {
  @Test func `a file by Python's safetensors`() throws {
    let file = try SafetensorsFile(path: fixturePath("python.safetensors"))
    #expect(file.tensors.count == 7)
    let weight = try #require(file["layers.0.weight"]).tensor(of: Float.self)
    #expect(weight.shape == [2, 3] as Shape)
    #expect(weight.scalars == [1.5, -2.25, 3e-38, 0.1, 1e30, -0.0])
    #expect(weight.scalars[5].sign == .minus)
    #expect(file["layers.0.bias"]?.tensor(of: Double.self).scalars == [0.1, 1e300])
    #expect(file["counts"]?.tensor(of: Int32.self).scalars == [.min, .max])
    #expect(file["counts"]?.shape == [1, 1, 2] as Shape)
    #expect(file["mask"]?.tensor(of: Bool.self).scalars == [true, false, true])
    #expect(file["scalar"]?.tensor(of: Float.self).scalar == 7.25)
    #expect(file["empty"]?.shape == [0, 4] as Shape)
    #expect(file["odd \"name\"\\ ü 😀\n"] != nil)
    #expect(file.metadata["format"] == "np")
    // Written again, it is the same file but for the order of the metadata.
    let again = try SafetensorsFile(bytes: file.bytes)
    #expect(Set(again.tensors.map(\.name)) == Set(file.tensors.map(\.name)))
    #expect(again.metadata == file.metadata)
  }

  struct Everything: TreeStruct {
    var model: MLP<Float>
    var table: [String: Tensor<Double>]
    var count: Tensor<Int32>
    var mask: [Tensor<Bool>]
    static var children: [Child<Everything>] {
      [Child(\.model), Child(\.table), Child(\.count), Child(\.mask)]
    }
  }

  private var everything: Everything {
    let numbers: Tensor<Double> = Tensor([1, .pi])
    let limits: Tensor<Double> = Tensor([.infinity, -0.0])
    return Everything(
      model: MLP([2, 3, 1], key: RandomKey(1)), table: ["a.b": numbers, "quote\"]": limits],
      count: [7], mask: [[true], [false]])
  }

  @Test func `any tree comes back to the bit`() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/tree.safetensors"
      try saveTensors(everything, to: path, metadata: ["a": "\u{1}\"\\ü"])
      let back = try loadTensors(like: zeros(like: everything), from: path)
      #expect(back.isClose(to: everything, relative: 0, absolute: 0))
      let file = try SafetensorsFile(path: path)
      #expect(file.metadata == ["a": "\u{1}\"\\ü"])
      #expect(
        Set(file.tensors.map(\.name)) == [
          "model.layers.0.weight", "model.layers.0.bias", "model.layers.1.weight",
          "model.layers.1.bias", "table.a.b", "table.quote\\\"]", "count", "mask.0", "mask.1",
        ])
      // Nothing else is left in the folder, and a second save replaces the first.
      try saveTensors([Tensor<Float>([1])], to: path)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["tree.safetensors"])
      #expect(try loadTensors(like: [Tensor<Float>([0])], from: path) == [[1]])
    }
  }

  @Test func `elements are aligned and the header is a multiple of 8`() throws {
    let bytes = try SafetensorsFile(everything).bytes
    let length = bytes[0..<8].reversed().reduce(0) { $0 << 8 | Int($1) }
    #expect(length % 8 == 0)
    let header = try #require(String(validating: bytes[8..<8 + length], as: UTF8.self))
    let entries = try #require(
      JSONSerialization.jsonObject(with: Data(header.utf8)) as? [String: [String: Any]])
    for (name, entry) in entries {
      let start = try #require((entry["data_offsets"] as? [Int])?.first)
      let size = try #require(["F32": 4, "F64": 8, "I32": 4, "BOOL": 1][entry["dtype"] as? String])
      #expect(start % size == 0, "\(name)")
    }
  }

  @Test func `a file that does not fit the tree names the difference`() throws {
    let file = try SafetensorsFile(["a": Tensor<Float>([1, 2]), "b": [3]])
    func error(_ template: [String: Tensor<Float>]) -> SafetensorsError? {
      #expect(throws: SafetensorsError.self) { _ = try file.tree(like: template) }
    }
    #expect(error(["a": [0, 0], "c": [0]]) == .missingTensor(name: "c"))
    #expect(error(["a": [0, 0]]) == .unexpectedTensor(name: "b"))
    #expect(
      error(["a": [0, 0], "b": [0, 0]])
        == .shapeMismatch(name: "b", expected: [2], found: [1]))
    #expect(
      #expect(throws: SafetensorsError.self) {
        _ = try file.tree(like: ["a": Tensor<Double>([0, 0]), "b": [0]])
      } == .typeMismatch(name: "a", expected: .double, found: .float))
    #expect(
      #expect(throws: SafetensorsError.self) {
        _ = try SafetensorsFile(Twins(first: [1], second: [2]))
      } == .duplicateName("same"))
  }

  struct Twins: TreeStruct {
    var first: Tensor<Float>
    var second: Tensor<Float>
    static var children: [Child<Twins>] {
      [Child(\.first, label: "same"), Child(\.second, label: "same")]
    }
  }

  @Test func `files that are not there and folders that cannot be written`() throws {
    #expect(
      #expect(throws: SafetensorsError.self) {
        _ = try SafetensorsFile(path: "/does/not/exist")
      } == .file(path: "/does/not/exist", reason: "No such file or directory"))
    #expect(throws: SafetensorsError.self) {
      try saveTensors(Tensor<Float>([1]), to: "/does/not/exist")
    }
    #expect(throws: SafetensorsError.self) { _ = try SafetensorsFile(path: "/") }
  }

  /// Bytes of a header and of elements.
  private func bytes(_ header: String, _ elements: [UInt8] = []) -> [UInt8] {
    let length = UInt64(header.utf8.count)
    return (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) } + Array(header.utf8)
      + elements
  }

  @Test func `a well-formed header in another style`() throws {
    let file = try SafetensorsFile(
      bytes: bytes(
        "{ \"\\u0061\\ud83d\\ude00\\/\" : {\"shape\" : [ 1 , 2 ],\"data_offsets\":[1,3],\n"
          + "\"dtype\":\"BOOL\"}, \"b\":{\"dtype\":\"BOOL\",\"shape\":[],\"data_offsets\":[0,1]},"
          + "\"__metadata__\":{}}   ", [0, 1, 0]))
    #expect(file["a😀/"]?.tensor(of: Bool.self) == [[true, false]])
    #expect(file["b"]?.tensor(of: Bool.self) == false)
    #expect(try SafetensorsFile(bytes: bytes("{}")).tensors.isEmpty)
  }

  static let malformed: [(String, [UInt8], String)] = [
    ("", [], "expected \"{\""),
    ("[]", [], "expected \"{\""),
    (" {}", [], "expected \"{\""),
    ("{", [], "expected"),
    ("{} x", [], "byte 3: found 'x', expected nothing after the value"),
    ("{\"a\":1}", [0], "\"a\": is 1, expected an object"),
    ("{\"a\":{}}", [], "lacks one of"),
    ("{\"a\":{\"dtype\":\"F32\",\"shape\":[1]}}", [], "lacks one of"),
    ("{\"a\":{\"dtype\":\"F32\",\"dtype\":\"F32\"}}", [], "stands twice"),
    ("{\"a\":{\"colour\":\"red\"}}", [], "not part of"),
    (entry("F32", "[1]", "0,5"), [0, 0, 0, 0, 0], "has 5 bytes, expected 4"),
    (entry("F32", "[1]", "1,5"), [0, 0, 0, 0, 0], "begins at byte 1"),
    (entry("F32", "[1]", "4,0"), [0, 0, 0, 0], "ascending"),
    (entry("F32", "[1]", "0,4"), [0, 0, 0], "3 bytes of elements"),
    (entry("F32", "[1]", "0,4"), [0, 0, 0, 0, 0], "5 bytes of elements"),
    (entry("F32", "[1]", "0"), [0, 0, 0, 0], "two ascending"),
    (entry("F32", "[-1]", "0,4"), [0, 0, 0, 0], "whole number"),
    (entry("F32", "[1.0]", "0,4"), [0, 0, 0, 0], "found 1.0, expected a whole number"),
    (entry("F32", "[01]", "0,4"), [0, 0, 0, 0], "byte 30: found '1'"),
    (entry("F32", "[99999999999999999999]", "0,4"), [0, 0, 0, 0], "whole number"),
    (entry("BOOL", "[2]", "0,2"), [1, 2], "truth value of 2"),
    ("{\"a\\x\":{}}", [], "expected an escape"),
    ("{\"a\\ud800\":{}}", [], "surrogate"),
    ("{\"a\\udc00\":{}}", [], "surrogate"),
    ("{\"a\\u12g4\":{}}", [], "hexadecimal"),
    ("{\"a", [], "found the header's end"),
    ("{\"a\\", [], "found the header's end"),
    ("{\"a\n\":{}}", [], "found the end of the line"),
    ("{\"a\u{1}\":{}}", [], "control character"),
    ("{\"__metadata__\":{\"a\":1}}", [], "\"a\" is 1, expected a text"),
    ("{\"__metadata__\":{\"a\":\"\",\"a\":\"\"}}", [], "\"a\" stands twice"),
    ("{\"a\":{\"dtype\":1,\"shape\":[],\"data_offsets\":[0,0]}}", [], "dtype is 1"),
    (
      "{\"a\":{\"dtype\":\"F32\",\"shape\":1,\"data_offsets\":[0,0]}}", [],
      "found 1, expected an array"
    ),
  ]

  private static func entry(_ type: String, _ shape: String, _ offsets: String) -> String {
    "{\"a\":{\"dtype\":\"\(type)\",\"shape\":\(shape),\"data_offsets\":[\(offsets)]}}"
  }

  @Test(arguments: malformed)
  func `malformed files say what is wrong`(header: String, elements: [UInt8], reason: String) {
    let error = #expect(throws: SafetensorsError.self) {
      _ = try SafetensorsFile(bytes: bytes(header, elements))
    }
    guard case .malformed(let found) = error else {
      Issue.record("expected a malformed file, got \(String(describing: error))")
      return
    }
    #expect(found.contains(reason), "\(found)")
  }

  @Test func `other errors of a file's bytes`() {
    func error(_ bytes: [UInt8]) -> SafetensorsError? {
      #expect(throws: SafetensorsError.self) { _ = try SafetensorsFile(bytes: bytes) }
    }
    #expect(
      error([1, 2, 3])
        == .malformed(reason: "3 bytes, expected at least the header's length"))
    #expect(
      error([255, 255, 255, 255, 255, 255, 255, 255, 0])
        == .malformed(reason: "a header of \(UInt64.max) bytes in a file of 9 bytes"))
    #expect(
      error(bytes(Self.entry("BF16", "[1]", "0,2"), [0, 0]))
        == .unsupportedType(name: "a", type: "BF16"))
    #expect(
      error(bytes(Self.entry("F32", "[1,1,1,1,1,1,1,1,1]", "0,4"), [0, 0, 0, 0]))
        == .unsupportedShape(name: "a", shape: [1, 1, 1, 1, 1, 1, 1, 1, 1]))
    #expect(
      error(bytes(Self.entry("F32", "[4294967296]", "0,4"), [0, 0, 0, 0]))
        == .unsupportedShape(name: "a", shape: [4_294_967_296]))
    #expect(
      error(bytes(Self.entry("F32", "[2147483647,2147483647,2147483647]", "0,4"), [0, 0, 0, 0]))
        == .unsupportedShape(name: "a", shape: [2_147_483_647, 2_147_483_647, 2_147_483_647]))
    let twice = "{\"dtype\":\"BOOL\",\"shape\":[0],\"data_offsets\":[0,0]}"
    #expect(error(bytes("{\"a\":\(twice),\"a\":\(twice)}")) == .duplicateName("a"))
    #expect(error(bytes("{\"a\u{0}")) != nil)
    #expect(error([2, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFE]) != nil)
  }

  @Test func `every prefix and every changed byte of a file is read or refused`() throws {
    let whole = try SafetensorsFile(["a": Tensor<Float>([1, 2]), "b": [3]]).bytes
    for count in 0..<whole.count {
      #expect(throws: SafetensorsError.self) {
        _ = try SafetensorsFile(bytes: Array(whole[..<count]))
      }
    }
    for position in whole.indices {
      for byte: UInt8 in [0, 0x22, 0x7B, 0x39, 0xFF] {
        var changed = whole
        changed[position] = byte
        do throws(SafetensorsError) {
          _ = try SafetensorsFile(bytes: changed)
        } catch {
          #expect(!error.description.isEmpty)
        }
      }
    }
  }
}
