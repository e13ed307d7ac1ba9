import Foundation
import Layers
import Tensors
import Testing

/// The Python interpreter named by PERTURBATIONS_PYTHON, or `python3`, where it has safetensors.
private enum Python {
  static let interpreter: [String] = [
    ProcessInfo.processInfo.environment["PERTURBATIONS_PYTHON"] ?? "python3"
  ]

  static let hasSafetensors =
    (try? run("import numpy, safetensors.numpy", [])) != nil

  struct Failure: Error { let output: String }

  @discardableResult
  static func run(_ program: String, _ arguments: [String]) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = interpreter + ["-c", program] + arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw Failure(output: output) }
    return output
  }
}

@Suite struct PythonTests {
  @Test(.enabled(if: Python.hasSafetensors, "Python's safetensors is not installed"))
  func `Python reads what we write, and writes it back`() throws {
    try withTemporaryFolder { folder in
      let model = MLP([3, 4, 1], key: RandomKey(5))
      let state = Tuple(
        model, [Tensor<Double>([.pi])], Tensor<Bool>([true, false]), Tensor<Int32>(7))
      try saveTensors(state, to: folder + "/ours.safetensors", metadata: ["epoch": "3"])
      let output = try Python.run(
        """
        import sys
        from safetensors import safe_open
        from safetensors.numpy import save_file
        with safe_open(sys.argv[1] + "/ours.safetensors", framework="np") as f:
            tensors = {name: f.get_tensor(name) for name in f.keys()}
            metadata = f.metadata()
        for name in sorted(tensors):
            print(name, tensors[name].dtype, list(tensors[name].shape))
        print(metadata["epoch"], tensors["1.0"][0].hex())
        save_file(tensors, sys.argv[1] + "/theirs.safetensors")
        """, [folder])
      #expect(
        output == """
          0.layers.0.bias float32 [4]
          0.layers.0.weight float32 [4, 3]
          0.layers.1.bias float32 [1]
          0.layers.1.weight float32 [1, 4]
          1.0 float64 [1]
          2 bool [2]
          3 int32 []
          3 0x1.921fb54442d18p+1

          """)
      let back = try loadTensors(like: zeros(like: state), from: folder + "/theirs.safetensors")
      #expect(back.isClose(to: state, relative: 0, absolute: 0))
    }
  }
}
