internal import Tensors

/// The leaves of an input with the batch axis in front, there or not.
struct PerturbedBatch {
  let rows: Int
  let isBatched: Bool
  /// [rows] + the shape of one example.
  let theta: [Value]

  init(_ input: some Tree, batched: Bool) throws(PerturbationError) {
    let values = input.values
    isBatched = batched
    if batched {
      guard let first = values.first, first.rank > 0 else {
        throw .inconsistentInput("a batched input needs a leading axis on every leaf")
      }
      if values.count == 1, first.rank == 1 {
        throw .inconsistentInput(
          "a batched input of shape \(first.shape) has examples without axes, expected a batch axis and "
            + "at least one more: [\(first.shape[0]), 1] for examples of one number, no batch for one "
            + "example")
      }
      rows = first.shape[0]
      for (value, path) in zip(values, input.leafPaths)
      where value.rank == 0 || value.shape[0] != first.shape[0] {
        throw .inconsistentInput(
          "the input's leaf\(path.isEmpty ? "" : " at \(path)") has shape \(value.shape), "
            + "expected a batch axis of \(first.shape[0])")
      }
      theta = values
    } else {
      rows = 1
      theta = values.map { $0.reshaped($0.shape.inserting(1, at: 0)) }
    }
    if values.isEmpty || values.contains(where: { $0.count == 0 }) { throw .emptyInput }
  }

  /// The leaves of the output from [rows, width].
  func unpacked(_ packed: Value, _ layout: ExampleLayout?) -> [Value] {
    guard let layout else { trap("Perturbed", "the function was not evaluated") }
    var start = 0
    return zip(layout.shapes, layout.types).map { shape, type in
      let count = shape.elementCount
      defer { start += count }
      let part =
        layout.shapes.count == 1 ? packed : packed.sliced(axis: 1, start: start, count: count)
      return part.reshaped(isBatched ? shape.inserting(rows, at: 0) : shape).cast(type)
    }
  }
}

extension Tree {
  /// The one floating-point type that all leaves have.
  func scalarType() throws(PerturbationError) -> ElementType {
    let values = values
    guard let first = values.first else { throw .emptyInput }
    for (value, path) in zip(values, leafPaths) {
      if !value.type.isFloatingPoint { throw .inputNotFloatingPoint(path: path, type: value.type) }
      if value.type != first.type {
        throw .inconsistentInput(
          "the input has \(first.type) and \(value.type) leaves, expected one type")
      }
    }
    return first.type
  }
}
