internal import Tensors

/// A scalar function with an exact value and estimated derivatives, as a node of a tape.
///
/// With ĝ and Ĥ the estimates of the gradient and the Hessian at θ:
///
/// | order | inputs | output |
/// |---|---|---|
/// | value | θ | f(θ) |
/// | gradient | θ, c | c ĝ |
/// | directional | θ, u | ⟨ĝ, u⟩ |
/// | hessianProduct | θ, c, u | c Ĥ u |
/// | quadratic | θ, u, v | ⟨u, Ĥ v⟩ |
///
/// θ are the leaves of the parameters; vectors over all parameters are packed, leaf after leaf.
struct ZeroOrderNode: DifferentiableNode {
  enum Order { case value, gradient, directional, hessianProduct, quadratic }

  let call: ZeroOrderCall
  let order: Order
  let leafCount: Int

  var name: String { "ZeroOrder" }

  private func node(_ order: Order, _ theta: [Value], _ others: Value...) throws -> Value {
    try apply(ZeroOrderNode(call: call, order: order, leafCount: leafCount), theta + others)
  }

  // MARK: Computation

  func compute(_ inputs: [Value]) throws -> Value {
    let theta = Array(inputs[..<leafCount])
    let others = inputs[leafCount...].map(\.doubles)
    let evaluated = try call.evaluated(theta)
    func gradient() throws -> [Double] { try call.gradient(evaluated).values.flatMap(\.doubles) }
    func scalar(_ value: Double) -> Value { .filled([], call.function.outputType, value) }
    func dot(_ a: [Double], _ b: [Double]) -> Double {
      a.withUnsafeBufferPointer { a in
        b.withUnsafeBufferPointer { b in
          guard let first = a.baseAddress, let second = b.baseAddress else { return 0 }
          return dotProduct(first, second, a.count)
        }
      }
    }
    switch order {
    case .value: return scalar(evaluated.value)
    case .gradient: return packed(try gradient(), others[0][0], theta)
    case .directional: return scalar(dot(try gradient(), others[0]))
    case .hessianProduct:
      return packed(try call.hessianProduct(evaluated, others[1]), others[0][0], theta)
    case .quadratic: return scalar(dot(try call.hessianProduct(evaluated, others[1]), others[0]))
    }
  }

  /// A vector over all parameters, in the widest of the leaves' types.
  private func packed(_ elements: [Double], _ factor: Double, _ theta: [Value]) -> Value {
    let type = packedType(theta)
    return .dense([elements.count], type) { pointer in
      if type == .double {
        let out = pointer.assumingMemoryBound(to: Double.self)
        for k in elements.indices { out[k] = elements[k] * factor }
      } else {
        let out = pointer.assumingMemoryBound(to: Float.self)
        for k in elements.indices { out[k] = Float(elements[k] * factor) }
      }
    }
  }

  private func packedType(_ theta: [Value]) -> ElementType {
    theta.contains { $0.type == .double } ? .double : .float
  }

  // MARK: Differentiation

  func vjp(
    _ inputs: [Value], output: Value, cotangent g: Value, needed: (Int) -> Bool
  ) throws -> [Value?] {
    let theta = Array(inputs[..<leafCount])
    let others = Array(inputs[leafCount...])
    func leaves(_ packed: () throws -> Value) throws -> [Value?] {
      guard (0..<leafCount).contains(where: needed) else {
        return [Value?](repeating: nil, count: leafCount)
      }
      return unpacked(try packed(), like: theta)
    }
    func other(_ index: Int, _ value: () throws -> Value) throws -> [Value?] {
      [needed(leafCount + index) ? try value() : nil]
    }
    let third: () throws -> Value = {
      throw PerturbationError.unsupportedDerivative(
        "the third derivative of a zero-order estimate is not supported, only the first and the "
          + "second")
    }
    switch order {
    case .value: return try leaves { try node(.gradient, theta, g) }
    case .gradient:
      return try leaves { try node(.hessianProduct, theta, others[0], g) }
        + other(0) { try node(.directional, theta, g) }
    case .directional:
      return try leaves { try node(.hessianProduct, theta, g, others[0]) }
        + other(0) { try node(.gradient, theta, g) }
    case .hessianProduct:
      return try leaves(third) + other(0) { try node(.quadratic, theta, others[1], g) }
        + other(1) { try node(.hessianProduct, theta, others[0], g) }
    case .quadratic:
      return try leaves(third) + other(0) { try node(.hessianProduct, theta, g, others[1]) }
        + other(1) { try node(.hessianProduct, theta, g, others[0]) }
    }
  }

  /// A packed vector cut into the leaves; nil for those that have no derivatives.
  private func unpacked(_ packed: Value, like theta: [Value]) -> [Value?] {
    var start = 0
    return theta.map { leaf in
      guard leaf.type.isFloatingPoint, leaf.count > 0 else { return nil }
      defer { start += leaf.count }
      let part =
        leaf.count == packed.count
        ? packed : packed.sliced(axis: 0, start: start, count: leaf.count)
      return part.reshaped(leaf.shape).cast(leaf.type)
    }
  }

  // MARK: Maps

  /// One entry of the mapped axis after the other, each with the same directions.
  func batched(_ physical: [Value], isMapped: [Bool], count: Int) throws -> Value {
    require(count > 0, "ZeroOrder", "an empty mapped axis has no entry to evaluate")
    let rows = try (0..<count).map { row in
      // A call of its own, whose evaluations its pullback finds again.
      let call = ZeroOrderCall(call.estimator, key: call.key, call.function)
      let entry = zip(physical, isMapped).map { value, isMapped in
        guard isMapped else { return value }
        return value.sliced(axis: 0, start: row, count: 1).reshaped(value.shape.removing(0))
      }
      return try apply(ZeroOrderNode(call: call, order: order, leafCount: leafCount), entry)
    }
    if count == 1 { return rows[0].reshaped(rows[0].shape.inserting(1, at: 0)) }
    return Value.pack(rows).reshaped(rows[0].shape.inserting(count, at: 0))
  }
}
