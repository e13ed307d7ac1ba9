internal import Perturbations
internal import Solvers
internal import Tensors

extension Solver {
  /// 1 for a solver that minimises ⟨costs, decision⟩, −1 for one that maximises.
  ///
  /// - Throws: `PerturbationError` for a solver without a sense, and where `needsOptimum` for one that
  ///   changes costs before it solves.
  func sign(needsOptimum: Bool = false) throws(PerturbationError) -> Double {
    guard let sense else {
      throw .invalidParameter(
        name: "the solver", value: "\(Self.self)",
        expected: "one whose output optimises ⟨costs, output⟩; its sense is nil")
    }
    if needsOptimum, !isExact {
      throw .invalidParameter(
        name: "the solver", value: "\(Self.self)",
        expected:
          "one that takes costs as they are: the loss is convex because the decision is the "
          + "optimum for just these costs")
    }
    return sense == .minimize ? 1 : -1
  }

  /// Decisions for costs, which no gradient follows.
  func decide<Scalar: TensorFloatingPoint>(
    _ costs: Tensor<Scalar>, batched: Bool
  ) throws -> Tensor<Scalar> {
    try self(withoutGradient(costs), batchAxes: batched ? 1 : 0)
  }
}

/// Checks a parameter that must be positive.
func checkPositive(_ number: Double, _ name: String) throws(PerturbationError) {
  if !(number > 0 && number.isFinite) {
    throw .invalidParameter(name: name, value: "\(number)", expected: "a positive finite number")
  }
}

extension Tensor where Scalar: TensorFloatingPoint {
  /// ⟨self, other⟩ for each example: shape [], or [B] for a batch.
  func product(_ other: Tensor, batched: Bool) -> Tensor {
    (self * other).sum(axes: Array((batched ? 1 : 0)..<Swift.max(rank, batched ? 1 : 0)))
  }

  /// A number in this precision.
  static func number(_ value: Double) -> Tensor { Tensor(Scalar(nearest: value)) }

  /// Checks that another tensor of a loss is like the predicted costs.
  func checkShape(of other: Tensor, _ name: String) throws(PerturbationError) {
    if other.shape != shape {
      throw .inconsistentInput(
        "\(name) of shape \(other.shape) for predicted costs of shape \(shape)")
    }
  }
}
