import Foundation
import Fuzzing
import Layers
import Tensors
import Testing

@Suite("Safetensors files of any bytes") struct SafetensorsFuzzTests {
  private func fuzzer() throws -> Fuzzer {
    let tree: [String: Tensor<Float>] = ["a": [1, 2], "b": [[3], [4]]]
    let mixed = SafetensorsFile.self
    let files = [
      try mixed.init(tree).bytes,
      try mixed.init([Tensor<Double>([0.1, -0.0])], metadata: ["format": "é\"\\"]).bytes,
      try mixed.init([Tensor<Bool>([true, false]), [true]]).bytes,
      try mixed.init(Tensor<Int32>([[.min, .max]])).bytes,
      Array(try Data(contentsOf: URL(fileURLWithPath: fixturePath("python.safetensors")))),
    ]
    return Fuzzer(
      "safetensors", corpus: files,
      words: [
        "\"dtype\"", "\"shape\"", "\"data_offsets\"", "\"__metadata__\"", "F32", "F64", "I32",
        "BOOL",
        "BF16", "[0,0]", "[0,2147483647,2147483647,2147483647]", "[1,1,1,1,1,1,1,1,1]",
      ])
  }

  private func read(_ bytes: [UInt8]) throws {
    let file: SafetensorsFile
    do throws(SafetensorsError) { file = try SafetensorsFile(bytes: bytes) } catch {
      if error.description.isEmpty { throw Fuzzer.Failure("an error without words") }
      return
    }
    for (name, leaf) in file.tensors {
      if file[name]?.shape != leaf.shape { throw Fuzzer.Failure("\(name) is another tensor") }
      switch leaf.elementType {
      case .float: _ = leaf.tensor(of: Float.self).description
      case .double: _ = leaf.tensor(of: Double.self).description
      case .int32: _ = leaf.tensor(of: Int32.self).description
      case .bool: _ = leaf.tensor(of: Bool.self).description
      }
    }
    let again = try SafetensorsFile(bytes: file.bytes)
    if again.bytes != file.bytes || again.metadata != file.metadata
      || again.tensors.count != file.tensors.count
    {
      throw Fuzzer.Failure("what was read is not read as it is written")
    }
  }

  @Test func whatIsReadIsWrittenAndReadAgain() throws { try fuzzer().run(read) }

  @Test func timeGrowsWithTheFile() throws {
    let pieces = [
      "\"a\":{},", "\"a\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]},", "1,", "[",
      "\"k\":\"v\",",
    ]
    try fuzzer().checkGrowth(
      of: pieces.flatMap {
        [("{", $0, "}"), ("{\"__metadata__\":{", $0, "}}"), ("{\"a\":[", $0, "]}")]
      }
    ) { header in
      let length = withUnsafeBytes(of: UInt64(header.count).littleEndian) { Array($0) }
      try read(length + header)
    }
  }
}
