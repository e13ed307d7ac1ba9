internal import Tensors

/// A call with estimated derivatives, or one of its derivatives (``EstimatorOrder``), as a node of a
/// tape: the one place that says which is the derivative of which.
struct EstimatorNode: DifferentiableNode {
  let call: any EstimatedCall
  let order: EstimatorOrder
  let leafCount: Int

  var name: String { call.name }

  init(_ call: any EstimatedCall, _ order: EstimatorOrder = .value, leafCount: Int) {
    self.call = call
    self.order = order
    self.leafCount = leafCount
  }

  /// The node of another order at the same θ.
  private func node(_ order: EstimatorOrder, _ theta: [Value], _ vectors: Value...) throws -> Value
  {
    try apply(EstimatorNode(call, order, leafCount: leafCount), theta + vectors)
  }

  func compute(_ inputs: [Value]) throws -> Value {
    try call.compute(
      order, Array(inputs[..<leafCount]), inputs[leafCount...].map(PackedVectors.init))
  }

  // MARK: Differentiation

  func vjp(
    _ inputs: [Value], output: Value, cotangent g: Value, needed: (Int) -> Bool
  ) throws -> [Value?] {
    let theta = Array(inputs[..<leafCount])
    let vectors = Array(inputs[leafCount...])
    func leaves(_ packed: () throws -> Value) throws -> [Value?] {
      guard (0..<leafCount).contains(where: needed) else {
        return [Value?](repeating: nil, count: leafCount)
      }
      // θ is the same for all copies.
      return call.unpacked(try packed().reduced(.sum, [0]), theta)
    }
    func vector(_ index: Int, _ value: () throws -> Value) throws -> [Value?] {
      [needed(leafCount + index) ? try value() : nil]
    }
    let third: () throws -> Value = {
      throw PerturbationError.unsupportedDerivative(
        "the third derivative of \(call.subject) is not supported, only the first and the second")
    }
    switch order {
    case .value:
      return try leaves { try node(.cotangent, theta, g.reshaped(g.shape.inserting(1, at: 0))) }
    case .cotangent:
      return try leaves { try node(.secondCotangent, theta, vectors[0], g) }
        + vector(0) { try node(.tangent, theta, g) }
    case .tangent:
      return try leaves { try node(.secondCotangent, theta, g, vectors[0]) }
        + vector(0) { try node(.cotangent, theta, g) }
    case .secondCotangent:
      return try leaves(third) + vector(0) { try node(.secondTangent, theta, vectors[1], g) }
        + vector(1) { try node(.secondCotangent, theta, vectors[0], g) }
    case .secondTangent:
      return try leaves(third) + vector(0) { try node(.secondCotangent, theta, g, vectors[1]) }
        + vector(1) { try node(.secondCotangent, theta, g, vectors[0]) }
    }
  }

  // MARK: Maps

  /// A mapped θ becomes more rows, with the same noise; mapped vectors at one θ become more copies, for
  /// which nothing is evaluated again.
  func batched(_ physical: [Value], isMapped: [Bool], count: Int) throws -> Value {
    if count == 0 { throw PerturbationError.emptyInput }
    let theta = Array(physical[..<leafCount])
    let isThetaMapped = isMapped[..<leafCount].contains(true)
    // [count, copies, rows, width]
    let vectors = zip(physical, isMapped).dropFirst(leafCount).map { value, isMapped in
      isMapped ? value : value.broadcast(to: value.shape.inserting(count, at: 0))
    }
    guard isThetaMapped else {
      let merged = vectors.map { $0.reshaped(Self.mergingFirst($0.shape)) }
      let output = try apply(self, theta + merged)
      return output.reshaped(Self.splittingFirst(output.shape, count))
    }
    let rows = call.merges.merged(theta, Array(isMapped[..<leafCount]), count)
    if order == .value {
      let output = try apply(self, rows)
      return output.reshaped(Self.splittingFirst(output.shape, count))
    }
    let merged = vectors.map { value in
      let (copies, rows, width) = (value.shape[1], value.shape[2], value.shape[3])
      return value.permuted([1, 0, 2, 3]).reshaped([copies, count * rows, width])
    }
    let output = try apply(self, rows + merged)
    let (copies, width) = (output.shape[0], output.shape[2])
    return output.reshaped([copies, count, output.shape[1] / count, width]).permuted([1, 0, 2, 3])
  }

  private static func mergingFirst(_ shape: Shape) -> Shape {
    shape.removing(0).replacing(0, with: shape[0] * shape[1])
  }

  private static func splittingFirst(_ shape: Shape, _ count: Int) -> Shape {
    shape.replacing(0, with: shape[0] / count).inserting(count, at: 0)
  }
}
