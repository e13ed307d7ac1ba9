internal import Tensors

/// The shapes and types of a tree's leaves for one example.
struct ExampleLayout: Sendable, Equatable, CustomStringConvertible {
  var shapes: [Shape]
  var types: [ElementType]

  /// Elements over all leaves.
  var width: Int { shapes.reduce(0) { $0 + $1.elementCount } }

  var description: String {
    shapes.count == 1
      ? "an output of shape \(shapes[0])"
      : "\(shapes.count) outputs of shapes \(shapes.map(\.description).joined(separator: ", "))"
  }

  /// Notes the layout of the first outputs and compares all others with it.
  static func check(
    _ layout: inout ExampleLayout?, _ found: ExampleLayout, sample: Int, key: RandomKey
  ) throws {
    if let expected = layout {
      guard expected == found else {
        throw PerturbationError.outputChangedShape(
          sample: sample, key: key.child(UInt64(Swift.max(sample, 0))),
          expected: expected.description, got: found.description)
      }
    } else {
      layout = found
    }
  }
}
