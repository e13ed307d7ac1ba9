extension Tensor where Scalar: TensorFloatingPoint {
  /// Where elements are not numbers.
  public var isNaN: Tensor<Bool> { self .!= self }

  /// Where elements are neither infinite nor NaN.
  public var isFinite: Tensor<Bool> { abs(self) .< Tensor(.infinity) }

  /// Where elements are infinite.
  public var isInfinite: Tensor<Bool> { abs(self) .== Tensor(.infinity) }
}

extension Tensor {
  /// A Swift function of each element.
  ///
  /// Works under `vmap`. What happens inside is not followed, so that the result has no derivative:
  /// a gradient that would have to go through it says so.
  ///
  /// - Parameter transform: Called once for each element, in row-major order.
  /// - Returns: The same shape.
  @inlinable
  public func mapScalars<Result: TensorScalar>(
    _ transform: @escaping (Scalar) -> Result
  ) -> Tensor<Result> {
    // The loop stands here, where both types are known to the caller.
    mappingElements { source, out, count in
      let source = source.assumingMemoryBound(to: Scalar.self)
      let out = out.bindMemory(to: Result.self, capacity: count)
      for i in 0..<count { out[i] = transform(source[i]) }
    }
  }

  @usableFromInline
  func mappingElements<Result: TensorScalar>(
    _ transform: @escaping (UnsafeRawPointer, UnsafeMutableRawPointer, Int) -> Void
  ) -> Tensor<Result> {
    do {
      let map = ElementMap(type: Result.elementType, transform: transform)
      return Tensor<Result>(try apply(map, [value]))
    } catch {
      trap("mapScalars", "\(error)")
    }
  }
}

/// A function of each element, which has no derivative.
private struct ElementMap: DifferentiableNode {
  /// The type of the results.
  let type: ElementType
  /// Reads so many elements and writes their results.
  let transform: (UnsafeRawPointer, UnsafeMutableRawPointer, Int) -> Void

  var name: String { "mapScalars" }
  var isDifferentiable: Bool { false }

  func compute(_ inputs: [Value]) -> Value {
    let x = inputs[0]
    return x.withElements { source in .dense(x.shape, type) { transform(source, $0, x.count) } }
  }

  func vjp(
    _ inputs: [Value], output: Value, cotangent: Value, needed: (Int) -> Bool
  ) -> [Value?] {
    trap("gradient", "mapScalars has no derivative")
  }

  func batched(_ physical: [Value], isMapped: [Bool], count: Int) throws -> Value {
    try apply(self, physical)
  }
}
