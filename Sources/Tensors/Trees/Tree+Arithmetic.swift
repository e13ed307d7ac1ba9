// Arithmetic of whole trees, leaf by leaf. It acts on the leaves that have derivatives (`Float` and
// `Double`); integer and truth-value leaves are left as they are in the first tree, as `gradient`
// leaves them. Everything is written with tensor operations, so it can be differentiated and
// mapped.

extension Tree {
  /// The sum with another tree, leaf by leaf: a + b.
  ///
  /// - Precondition: equal structures and shapes. Use ``checkStructure(_:_:)`` to find out.
  public func adding(_ other: Self) -> Self {
    combined(with: other, "adding") { $0 + $1 }
  }

  /// The difference to another tree, leaf by leaf: a − b.
  ///
  /// - Precondition: equal structures and shapes.
  public func subtracting(_ other: Self) -> Self {
    combined(with: other, "subtracting") { $0 - $1 }
  }

  /// The sum with a multiple of another tree: a + s · b.
  ///
  /// - Precondition: equal structures and shapes.
  public func adding(_ other: Self, scaledBy scale: Double) -> Self {
    combined(with: other, "adding(_:scaledBy:)") { $0 + $1 * scale }
  }

  /// The sum with a multiple of another tree: a + s · b, differentiable in the factor too.
  ///
  /// - Parameters:
  ///   - other: A tree of the same structure and shapes.
  ///   - scale: A tensor without axes; it is converted to each leaf's type.
  /// - Returns: A tree of this structure.
  /// - Precondition: equal structures and shapes.
  public func adding<Scalar: TensorFloatingPoint>(
    _ other: Self, scaledBy scale: Tensor<Scalar>
  ) -> Self {
    combined(with: other, "adding(_:scaledBy:)") { $0 + $1 * factor(scale, $1.type) }
  }

  /// The multiple s · a.
  public func scaled(by scale: Double) -> Self { mapped { $0 * scale } }

  /// The multiple s · a, differentiable in the factor too.
  ///
  /// - Parameter scale: A tensor without axes; it is converted to each leaf's type.
  /// - Returns: A tree of this structure.
  public func scaled<Scalar: TensorFloatingPoint>(by scale: Tensor<Scalar>) -> Self {
    mapped { $0 * factor(scale, $0.type) }
  }

  /// The sum over all leaves of the products of elements: ⟨a, b⟩.
  ///
  /// - Parameters:
  ///   - other: A tree of the same structure and shapes.
  ///   - type: The result's type; by default what the place of the call asks for. Each leaf is
  ///     summed in its own and converted to this one.
  /// - Returns: A tensor without axes.
  /// - Precondition: equal structures and shapes.
  public func innerProduct<Scalar: TensorFloatingPoint>(
    _ other: Self, as type: Scalar.Type = Scalar.self
  ) -> Tensor<Scalar> {
    let (own, others) = (values, other.values)
    requireEqualShapes(own, others, other, "innerProduct")
    return total(zip(own, others).compactMap { $0.type.isFloatingPoint ? $0 * $1 : nil })
  }

  /// The sum over all leaves of the products of elements, where nothing asks for another type.
  public func innerProduct(_ other: Self) -> Tensor<Double> {
    innerProduct(other, as: Double.self)
  }

  /// The sum of all elements of all leaves.
  ///
  /// - Parameter type: The result's type; by default what the place of the call asks for. Each leaf
  ///   is summed in its own and converted to this one.
  /// - Returns: A tensor without axes.
  public func globalSum<Scalar: TensorFloatingPoint>(
    as type: Scalar.Type = Scalar.self
  ) -> Tensor<Scalar> {
    total(values.filter(\.type.isFloatingPoint))
  }

  /// The sum of all elements of all leaves, where nothing asks for another type.
  public func globalSum() -> Tensor<Double> { globalSum(as: Double.self) }

  /// The sum of the squares of all elements of all leaves: ‖a‖².
  ///
  /// - Parameter type: The result's type; by default what the place of the call asks for. Each leaf
  ///   is summed in its own and converted to this one.
  /// - Returns: A tensor without axes.
  public func globalSquaredNorm<Scalar: TensorFloatingPoint>(
    as type: Scalar.Type = Scalar.self
  ) -> Tensor<Scalar> {
    total(values.compactMap { $0.type.isFloatingPoint ? $0.unary(.square) : nil })
  }

  /// The sum of the squares of all elements, where nothing asks for another type.
  public func globalSquaredNorm() -> Tensor<Double> { globalSquaredNorm(as: Double.self) }

  /// The Euclidean norm over all elements of all leaves: ‖a‖. Its derivative at 0 is 0.
  ///
  /// - Parameter type: The result's type; by default what the place of the call asks for. Each leaf
  ///   is summed in its own and converted to this one.
  /// - Returns: A tensor without axes.
  public func globalNorm<Scalar: TensorFloatingPoint>(
    as type: Scalar.Type = Scalar.self
  ) -> Tensor<Scalar> {
    Tensor(globalSquaredNorm(as: type).value.unary(.distanceRoot))
  }

  /// The Euclidean norm over all elements, where nothing asks for another type.
  public func globalNorm() -> Tensor<Double> { globalNorm(as: Double.self) }

  /// The number of elements of all floating-point leaves: of a model, its parameters.
  public var parameterCount: Int {
    values.reduce(0) { $0 + ($1.type.isFloatingPoint ? $1.count : 0) }
  }

  /// Whether all elements agree within tolerances: |a − b| ≤ absolute + relative · |b|.
  ///
  /// Equal infinities agree, NaN agrees with nothing; integers and truth values must be equal.
  ///
  /// - Parameters:
  ///   - other: The tree to compare with.
  ///   - relative: The tolerance relative to the elements of `other`.
  ///   - absolute: The tolerance that does not depend on them.
  /// - Returns: False, too, where structures or shapes differ.
  /// - Precondition: not called inside `vmap`.
  public func isClose<Other: Tree>(
    to other: Other, relative: Double = 1e-5, absolute: Double = 1e-8
  ) -> Bool {
    do { try checkStructure(other, "isClose") } catch { return false }
    return zip(values, other.values).allSatisfy {
      $0.isClose(to: $1, relative: relative, absolute: absolute)
    }
  }

  private func mapped(_ transform: (Value) -> Value) -> Self {
    withValues(values.map { $0.type.isFloatingPoint ? transform($0) : $0 })
  }

  private func combined(
    with other: Self, _ operation: String, _ combine: (Value, Value) -> Value
  ) -> Self {
    var result = values
    let others = other.values
    requireEqualShapes(result, others, other, operation)
    for index in result.indices where result[index].type.isFloatingPoint {
      result[index] = combine(result[index], others[index])
    }
    return withValues(result)
  }

  private func requireEqualShapes(
    _ own: [Value], _ others: [Value], _ other: Self, _ operation: String
  ) {
    if own.elementsEqual(others, by: { $0.shape == $1.shape && $0.type == $1.type }),
      hasStructure(of: other)
    {
      return
    }
    trapOnMismatch(other, operation)
  }

  /// Stops where the trees differ in what ``checkStructure(_:_:)`` compares; they may differ in empty
  /// parts.
  private func trapOnMismatch<Other: Tree>(_ other: Other, _ operation: String) {
    do { try checkStructure(other, operation) } catch { fatalError("\(error)") }
  }

  private func total<Scalar: TensorFloatingPoint>(_ products: [Value]) -> Tensor<Scalar> {
    let sums = products.map { $0.reduced(.sum, Array(0..<$0.rank)).cast(Scalar.elementType) }
    guard let first = sums.first else { return Tensor(Scalar(nearest: 0)) }
    return Tensor(sums.dropFirst().reduce(first, +))
  }
}

private func factor<Scalar>(_ scale: Tensor<Scalar>, _ type: ElementType) -> Value {
  require(
    scale.rank == 0, "scaledBy", "expected a factor without axes, got shape \(scale.shape)")
  return scale.value.cast(type)
}

/// A tree of zeros in the structure and shapes of another; truth values become false. What a
/// ``TreeStruct`` lists as frozen becomes 0 too, as in a gradient.
public func zeros<T: Tree>(like tree: T) -> T {
  tree.withGradient(tree.values.map { .zeros($0.shape, $0.type) })
}

/// A tree of ones in the structure and shapes of another; truth values become true.
public func ones<T: Tree>(like tree: T) -> T {
  tree.withValues(tree.values.map { .ones($0.shape, $0.type) })
}

/// A tree of random numbers in the structure and shapes of another; leaves of integers and truth
/// values stay.
///
/// - Parameters:
///   - tree: The tree.
///   - key: Leaf l of L is drawn from `key.split(L)[l]`, element j of it from counter j.
///   - distribution: What to draw from.
/// - Returns: A tree like `tree`.
public func random<T: Tree>(
  like tree: T, key: RandomKey, from distribution: RandomDistribution = .normal
) -> T {
  let values = tree.values
  let keys = key.split(values.count)
  return tree.withValues(
    zip(values, keys).map { value, key in
      switch value.type {
      case .float: (key.draws(value.shape, from: distribution) as Tensor<Float>).value
      case .double: (key.draws(value.shape, from: distribution) as Tensor<Double>).value
      case .int32, .bool: value
      }
    })
}

extension Leaf {
  /// The elements as `Double`, truth values as 0 and 1.
  package var doubles: [Double] {
    switch elementType {
    case .float: tensor(of: Float.self).scalars.map(Double.init)
    case .double: tensor(of: Double.self).scalars
    case .int32: tensor(of: Int32.self).scalars.map(Double.init)
    case .bool: tensor(of: Bool.self).scalars.map { $0 ? 1 : 0 }
    }
  }
}
