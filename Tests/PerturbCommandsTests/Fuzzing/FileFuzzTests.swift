import Foundation
import Fuzzing
import PerturbCommands
import Platform
import Testing

/// Files of any bytes: each is read, or refused by one error of the command's own.
@Suite("Files of any bytes") struct FileFuzzTests {
  /// Calls with the path of a file that has these bytes; a refusal is no failure.
  private func reading(
    _ folder: TemporaryFolder, _ read: @escaping (String) throws -> Void
  ) -> ([UInt8]) throws -> Void {
    let path = folder.path + "/input"
    return { bytes in
      try Files.write(bytes, to: path, isSynchronized: false)
      do { try read(path) } catch let error as CommandError {
        if error.description.isEmpty { throw Fuzzer.Failure("an error without words") }
      }
    }
  }

  @Test func graphs() throws {
    let fuzzer = Fuzzer(
      "graph-file",
      corpus: [
        """
        {"nodes": 4, "edges": [[0, 1, 0.2], [1, 3, 0.3], [0, 2, 0.1], [2, 3, 0.5]],
         "directed": true, "from": 0, "to": 3}
        """,
        """
        {"nodes": ["a", "b", "c"], "edges": [["b", "a"], ["c", "b"], ["a", "c"]],
         "directed": false, "from": "a", "to": "c"}
        """,
      ],
      words: [
        "\"nodes\"", "\"edges\"", "[0, 1, 1e400]", "\"directed\"", "\"from\"", "\"é\"",
        "\"e\u{301}\"",
      ])
    let folder = try TemporaryFolder()
    let read = reading(folder) { path in
      let graph = try GraphFile(path)
      if graph.from < 0 || graph.to < 0 { throw Fuzzer.Failure("a node below 0") }
    }
    try fuzzer.run(read)
    try fuzzer.checkGrowth(
      of: [
        ("{\"nodes\": 3, \"from\": 0, \"to\": 1, \"edges\": [", "[0, 1],", "[0, 1]]}"),
        ("{\"edges\": [], \"from\": 0, \"to\": 1, \"nodes\": [", "\"a\",", "\"b\"]}"),
        ("{\"", "n", "\": 1}"),
      ], read)
  }

  @Test(arguments: ["single", "double"])
  func arrays(precision: String) throws {
    let fuzzer = Fuzzer(
      "theta-file", corpus: ["[1, -2.5e3, 0.1]", "[[1, 2], [3, 4], [5, 6]]", "[]", "[[], []]"])
    let folder = try TemporaryFolder()
    let chosen = try #require(Precision(rawValue: precision))
    let read = reading(folder) { path in
      let array = try NumberArray(file: path, purpose: "theta file", precision: chosen)
      if array.shape.reduce(1, *) != array.values.count {
        throw Fuzzer.Failure("\(array.values.count) numbers of shape \(array.shape)")
      }
    }
    try fuzzer.run(read)
    try fuzzer.checkGrowth(
      of: [("[", "1,", "1]"), ("[", "[1],", "[1]]"), ("[", "[1,2],", "[1]]"), ("[", "9", "]")], read
    )
  }

  @Test func failures() throws {
    let fuzzer = Fuzzer(
      "failure-file",
      corpus: [
        #"{"program": ["./a", "-x", "{}"], "numbered": false, "cause": "exited with code 3", "#
          + #""input": [0.5, -2], "attempts": 3, "sample": 7, "key": [0, 7], "error_lines": ["x"]}"#,
        #"{"input": [1e-3], "program": [], "numbered": true}"#, #"{"input": [1]}"#,
      ],
      words: ["\"input\"", "\"program\"", "\"numbered\"", "[1, null]", "\"\\u0000\"", "true"],
      bytesPerByte: 1000)
    let folder = try TemporaryFolder()
    var accepted = 0
    let read = reading(folder) { path in
      let failure = try FailureFile(path)
      accepted += 1
      if failure.input.isEmpty || !failure.input.allSatisfy(\.isFinite) {
        throw Fuzzer.Failure("an input of \(failure.input)")
      }
      // What is run is what the file says, word for word.
      let json = try JSON(parsing: Files.read(path))
      if json["input"]?.doubles != failure.input
        || (json["program"]?.elements ?? []) != failure.program.map(JSON.string)
        || (json["numbered"] ?? .bool(false)) != .bool(failure.isNumbered)
      {
        throw Fuzzer.Failure("read as \(failure)")
      }
    }
    try fuzzer.run(read)
    #expect(accepted > 3)
    try fuzzer.checkGrowth(
      of: [
        ("{\"input\": [", "1,", "1]}"), ("{\"input\": [1], \"program\": [", "\"a\",", "\"b\"]}"),
        ("{\"input\": [1], \"program\": [\"", "{", "\"]}"), ("{\"", "i", "\": 1}"),
      ], read)
  }
}

/// The files of `perturb minimize`.
@Suite("Runs of any bytes") struct RunFuzzTests {
  private static let methods = ["adam", "sgd", "lbfgs", "es", "cma-es"]

  /// A file of a run that was made by
  /// `minimize --start 0.5 2 --lower 0.1 -inf --upper inf 2.5 --log 0 --names gain,rate --scales 1,2
  /// --steps 3 --seed 7 --jobs 1`.
  private static func fixture(_ method: String, _ name: String) throws -> [UInt8] {
    let folder = try #require(Bundle.module.resourceURL).path
    return Array(
      try Data(contentsOf: URL(fileURLWithPath: "\(folder)/Fixtures/runs/\(method)/\(name)")))
  }

  @Test func configurations() throws {
    let fuzzer = Fuzzer(
      "configuration",
      corpus: [
        #"{"program": ["./program"], "start": [1, 2], "steps": 10, "method": "cma-es", "samples": 8}"#,
        #"{"program": ["./program"], "start": "1,2", "lower": [0, null], "upper": "3,inf", "log": [0]}"#,
        #"{"program": ["a", "{}"], "start": [1], "names": ["gain"], "scales": [0.5], "seed": 7}"#,
        #"{"program": ["a"], "start": [1, 2], "method": "lbfgs", "directions": "sphere", "sigma": 1e-3}"#,
        #"{"program": ["a"], "start": [1], "method": "sgd", "momentum": 0.9, "jobs": 4, "timeout": 2.5}"#,
      ],
      words: [
        "\"start\"", "\"lower\"", "\"scales\": \"range\"", "\"samples\"", "\"evaluations\"",
        "\"until\"",
        "\"jobs\"", "\"timeout\"", "\"log\": \"all\"", "\"orthogonal\"", "\"es\"", "\"help\"",
      ], bytesPerByte: 1000)
    func read(_ bytes: [UInt8]) throws {
      guard let json = try? JSON(parsing: bytes) else { return }
      do { try TuningInput.check(configuration: json) } catch is CommandError {}
    }
    try fuzzer.run(read)
    try fuzzer.checkGrowth(
      of: [
        ("{\"program\": [\"a\"], \"start\": [", "1,", "1]}"),
        ("{\"program\": [\"a\"], \"start\": [1], \"names\": [\"", "n", "\"]}"),
        ("{\"program\": [\"a\", \"", "{", "\"], \"start\": [1]}"), ("{\"", "s", "\": 1}"),
        ("{\"program\": [\"a\"], \"start\": [1], \"method\": \"", "a", "\"}"),
        ("{\"program\": [\"a\"], \"start\": [1], \"samples\": ", "9", "}"),
      ], read)
  }

  /// The checkpoint with the checksum of its text, without which every change ends there.
  private func sealed(_ json: JSON) -> JSON {
    guard let members = json.members?.filter({ $0.name != "checksum" }) else { return json }
    let hash = JSON.object(members).compactText.utf8.reduce(14_695_981_039_346_656_037 as UInt64) {
      ($0 ^ UInt64($1)) &* 1_099_511_628_211
    }
    let digits = String(hash, radix: 16)
    let checksum = String(repeating: "0", count: 16 - digits.count) + digits
    return .object(members + [.init(name: "checksum", value: .string(checksum))])
  }

  @Test(arguments: methods) func checkpoints(method: String) throws {
    let folder = try TemporaryFolder()
    let history = try Self.fixture(method, "history.csv")
    try Files.write(history, to: folder.path + "/history.csv")
    let fuzzer = Fuzzer(
      "checkpoint-\(method)",
      corpus: [String(decoding: try Self.fixture(method, "checkpoint.json"), as: UTF8.self)],
      words: [
        "\"step\": 0,", "\"state\"", "\"best_input\": []", "\"format\": 1", "[1e300, -1e300]",
      ],
      bytesPerByte: 1000)
    var accepted = 0
    try fuzzer.run { bytes in
      let json = try? JSON(parsing: bytes)
      let text = json.map { Array(sealed($0).text.utf8) } ?? bytes
      try Files.write(text, to: folder.path + "/checkpoint.json", isSynchronized: false)
      do {
        let again = try TuningInput.resume(folder.path)
        accepted += 1
        try Files.write(
          again.text.utf8, to: folder.path + "/checkpoint.json", isSynchronized: false)
        if try TuningInput.resume(folder.path) != again {
          throw Fuzzer.Failure("a checkpoint is not read as it is written")
        }
      } catch is CommandError {}
    }
    #expect(accepted > 0)
  }

  @Test func histories() throws {
    let folder = try TemporaryFolder()
    try Files.write(
      Self.fixture("adam", "checkpoint.json"), to: folder.path + "/checkpoint.json")
    let fuzzer = Fuzzer(
      "history",
      corpus: [String(decoding: try Self.fixture("adam", "history.csv"), as: UTF8.self)],
      bytesPerByte: 1000)
    var accepted = 0
    func read(_ bytes: [UInt8]) throws {
      try Files.write(bytes, to: folder.path + "/history.csv", isSynchronized: false)
      do {
        _ = try TuningInput.resume(folder.path)
        accepted += 1
      } catch is CommandError {}
    }
    try fuzzer.run(read)
    #expect(accepted > 0)
    try fuzzer.checkGrowth(
      of: ["\n", ",", "1,", "a", "1\n", "\r\n"].map { ("h\n", $0, "\n") }, read)
  }
}
