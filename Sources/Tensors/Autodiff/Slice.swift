extension Primitive {
  /// Every second element, say: a start and a step for each axis, and the shape of the result.
  ///
  /// Stored inline, so that a primitive is plain data: each operation on a tape holds one.
  package struct Slice: Sendable, Hashable {
    package var starts: Shape
    package var shape: Shape
    private var inlineSteps: PerAxis<Int32> = .init(repeating: 1)

    package init(starts: Shape, steps: [Int], shape: Shape) {
      self.starts = starts
      self.shape = shape
      for (axis, step) in steps.enumerated() { self[stepOf: axis] = step }
    }

    /// All of a tensor.
    init(of shape: Shape) {
      starts = shape
      for axis in shape.indices { starts[axis] = 0 }
      self.shape = shape
    }

    /// How far apart the entries of an axis are; negative ones run backwards.
    subscript(stepOf axis: Int) -> Int {
      get { Int(inlineSteps[axis]) }
      set { inlineSteps[axis] = Int32(newValue) }
    }

    /// The slice of a tensor with one more axis in front, whole there.
    func behindAxis(_ count: Int) -> Slice {
      var result = self
      result.starts = starts.inserting(0, at: 0)
      result.shape = shape.inserting(count, at: 0)
      for axis in shape.indices { result[stepOf: axis + 1] = self[stepOf: axis] }
      result[stepOf: 0] = 1
      return result
    }

    /// The strides and the first element of the region in a dense tensor.
    func region(of whole: Shape) -> (strides: Strides, offset: Int) {
      let own = whole.strides
      var strides = Strides(repeating: 0)
      var offset = 0
      for axis in 0..<whole.rank {
        strides[axis] = own[axis] * Int64(self[stepOf: axis])
        offset += Int(own[axis]) * starts[axis]
      }
      return (strides, shape.elementCount == 0 ? 0 : offset)
    }

    package static func == (a: Slice, b: Slice) -> Bool {
      a.starts == b.starts && a.shape == b.shape
        && a.shape.indices.allSatisfy { a[stepOf: $0] == b[stepOf: $0] }
    }

    package func hash(into hasher: inout Hasher) {
      hasher.combine(starts)
      hasher.combine(shape)
      for axis in shape.indices { hasher.combine(self[stepOf: axis]) }
    }
  }
}
