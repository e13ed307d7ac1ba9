public import Tensors

/// A method that goes from a point to a better one: first order, or with a line search.
///
/// ``Optimizer``, ``BFGS`` and ``LBFGS`` are minimizers;
/// ``minimize(_:from:using:stopping:resuming:progress:)`` runs any of them.
public protocol Minimizer: Sendable {
  /// The state before the first step.
  func initialState(for parameters: ParameterList) -> TransformState

  /// Goes one step.
  ///
  /// - Parameters:
  ///   - point: The present point with its value and gradient; replaced by the next one.
  ///   - state: The state that the minimizer made for these parameters; moved on by one step.
  ///   - evaluate: The function's value and gradient at other leaves.
  /// - Returns: Whether there is a next point; false leaves `point` as it is.
  /// - Throws: What `evaluate` throws.
  func advance<E: Error>(
    _ point: inout MinimizationPoint, state: inout TransformState,
    evaluate: ([Leaf]) throws(E) -> MinimizationPoint
  ) throws(E) -> Bool
}

/// A point with the function's value and gradient there.
public struct MinimizationPoint: Sendable {
  /// The parameters' leaves.
  public var leaves: [Leaf]
  /// The function's value.
  public var value: Double
  /// The gradient's leaves.
  public var gradient: [Leaf]
  /// The relative rounding error of a value: 2⁻²³ where the function computes in `Float`, 2⁻⁵² in
  /// `Double`.
  public var precision: Double

  /// A point with its value and gradient.
  public init(leaves: [Leaf], value: Double, gradient: [Leaf], precision: Double) {
    self.leaves = leaves
    self.value = value
    self.gradient = gradient
    self.precision = precision
  }

  /// The size of the largest element of the gradient; NaN where one is.
  public var gradientMaximum: Double {
    var largest = 0.0
    for leaf in gradient {
      let size: Double
      switch leaf.elementType {
      case .float: size = leaf.tensor(of: Float.self).largestSize
      case .double: size = leaf.tensor(of: Double.self).largestSize
      case .int32, .bool: continue
      }
      if size > largest || size.isNaN { largest = size }
      if largest.isNaN { return largest }
    }
    return largest
  }
}

extension Tensor where Scalar: TensorFloatingPoint {
  fileprivate var largestSize: Double {
    withScalars { scalars in
      var largest: Scalar = 0
      for scalar in scalars where !(scalar.magnitude <= largest) {
        if scalar.isNaN { return .nan }
        largest = scalar.magnitude
      }
      return largest.asDouble
    }
  }
}

extension Optimizer: Minimizer {
  /// Goes one step of the transforms.
  public func advance<E: Error>(
    _ point: inout MinimizationPoint, state: inout TransformState,
    evaluate: ([Leaf]) throws(E) -> MinimizationPoint
  ) throws(E) -> Bool {
    var updates = point.gradient
    update(&updates, state: &state, parameters: point.leaves)
    point = try evaluate(adding(updates, to: point.leaves))
    return true
  }
}
