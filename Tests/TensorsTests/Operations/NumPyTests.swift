import Tensors
import Testing

/// Results and texts of NumPy.
struct NumPyTests {
  @Test func results() throws {
    let values = try NumPyValues.load()
    let computed = NumPyResults(values: values).computed()
    #expect(Set(computed.keys) == Set(values.results.keys))
    for (name, expected) in values.results {
      guard let leaf = computed[name] else { continue }
      #expect("\(leaf.elementType)" == expected.type, "\(name)")
      #expect(leaf.shape == expected.shape, "\(name)")
      switch leaf.elementType {
      case .double:
        #expect(
          agree(leaf.tensor(of: Double.self), expected.double, 1e-14),
          "\(name): \(leaf.tensor(of: Double.self)) against \(expected.double)")
      case .int32: #expect(leaf.tensor(of: Int32.self) == expected.int32, "\(name)")
      case .bool: #expect(leaf.tensor(of: Bool.self) == expected.bool, "\(name)")
      case .float: Issue.record("\(name)")
      }
    }
  }

  @Test func texts() throws {
    for (name, array) in try NumPyValues.load().printed {
      let text =
        switch array.type {
        case "double": array.double.description
        case "float": array.float.description
        case "int32": array.int32.description
        default: array.bool.description
        }
      #expect(text == array.text, "\(name):\n\(text)\nagainst\n\(array.text ?? "")")
    }
  }

  @Test func debugText() {
    #expect(Tensor<Float>([1, 2]).debugDescription == "Tensor<Float>[2]\n[1. 2.]")
  }
}
