import Foundation
import Tensors
import Testing

struct OperationTests {
  @Test(arguments: OperationExamples.all.keys.sorted())
  func derivatives(_ name: String) {
    for example in OperationExamples.all[name, default: []] {
      let problems = GradientCheck.problems(example)
      #expect(problems.isEmpty, "\(problems.joined(separator: "\n"))")
    }
  }

  /// The table names what the sources declare: a new operation needs its examples.
  @Test func everyOperationIsInTheTable() throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../../Sources/Tensors/Operations").standardized
    let files = try FileManager.default.contentsOfDirectory(
      at: folder, includingPropertiesForKeys: nil)
    let declaration = try Regex(
      #"public (?:static )?(?:prefix )?(?:func (\.<=?|[^\s(<]+)|(subscript)|var ([A-Za-z]+))"#)
    var declared: Set<String> = []
    for file in files where file.pathExtension == "swift" {
      for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") {
        guard let match = line.firstMatch(of: declaration) else { continue }
        for group in 1...3 {
          if let name = match.output[group].substring { declared.insert(String(name)) }
        }
      }
    }
    #expect(declared.count > 80)
    let named = Set(OperationExamples.all.keys)
    #expect(declared.subtracting(named).isEmpty)
    // And nothing that is gone; creation stands in another folder.
    let made: Set = [
      "arange", "linspace", "identity", "zeros", "ones", "full", "oneHot", "meshgrid",
    ]
    #expect(named.subtracting(declared).subtracting(made).isEmpty)
  }
}
