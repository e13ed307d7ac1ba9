import Foundation
import Tensors

/// What NumPy computes and prints: `Fixtures/numpy_values.json`, made by `make_numpy_values.py`
/// beside it.
struct NumPyValues: Decodable {
  struct Array: Decodable {
    let shape: [Int]
    let type: String
    let data: [String]
    let text: String?

    /// "0.1", "nan", "inf", "-inf"
    var numbers: [Double] { data.map { Double($0) ?? .nan } }

    var double: Tensor<Double> { Tensor(shape: Shape(shape), scalars: numbers) }
    var float: Tensor<Float> { Tensor(shape: Shape(shape), scalars: numbers.map { Float($0) }) }
    var int32: Tensor<Int32> { Tensor(shape: Shape(shape), scalars: numbers.map { Int32($0) }) }
    var bool: Tensor<Bool> { Tensor(shape: Shape(shape), scalars: numbers.map { $0 != 0 }) }
  }

  let numpy: String
  let arrays: [String: Array]
  let results: [String: Array]
  let printed: [String: Array]

  static func load() throws -> NumPyValues {
    guard
      let url = Bundle.module.url(
        forResource: "numpy_values", withExtension: "json", subdirectory: "Fixtures")
    else { throw CocoaError(.fileNoSuchFile) }
    return try JSONDecoder().decode(NumPyValues.self, from: Data(contentsOf: url))
  }
}
