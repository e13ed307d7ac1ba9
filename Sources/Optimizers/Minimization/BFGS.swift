public import Tensors

/// The method of Broyden, Fletcher, Goldfarb and Shanno: Newton's, with an inverse Hessian that is
/// learned from the gradients' changes.
///
///     d = −H g,   x ← x + α d with α by a strong-Wolfe line search
///     H ← (I − ρ s yᵀ) H (I − ρ y sᵀ) + ρ s sᵀ,   s = Δx, y = Δg, ρ = 1 / yᵀs
///
/// Before the first change H is (yᵀs / yᵀy) I. A change without positive curvature is left out;
/// where the search finds no better point H is forgotten once, and the method ends where that does
/// not help, or where 20 steps in a row brought neither a lower value nor a smaller gradient.
///
/// - Complexity: O(n²) in time and memory for n parameters; see ``LBFGS`` for many.
/// - SeeAlso: J. Nocedal, S. J. Wright, "Numerical Optimization" (2nd ed., 2006), Algorithm 6.1 and
///   eq. 6.20.
public struct BFGS: Minimizer {
  let lineSearch: LineSearch

  /// The method of Broyden, Fletcher, Goldfarb and Shanno.
  ///
  /// - Parameters:
  ///   - sufficientDecrease: c₁ of the strong Wolfe conditions.
  ///   - curvature: c₂ of them.
  ///   - maximumEvaluations: The most evaluations of one line search.
  /// - Precondition: 0 < c₁ < c₂ < 1.
  public init(
    sufficientDecrease: Double = 1e-4, curvature: Double = 0.9, maximumEvaluations: Int = 40
  ) {
    lineSearch = .checked("BFGS", sufficientDecrease, curvature, maximumEvaluations)
  }

  /// The unit matrix, which the first change scales.
  public func initialState(for parameters: ParameterList) -> TransformState {
    let count = flattened(parameters.leaves).count
    return TransformState(slots: [
      .init("inverseHessian", [Leaf(Tensor<Double>.identity(count))]),
      .init("changes", [Leaf(Tensor<Int32>(0))]), DescentRecord().slot,
    ])
  }

  /// Goes one step.
  public func advance<E: Error>(
    _ point: inout MinimizationPoint, state: inout TransformState,
    evaluate: ([Leaf]) throws(E) -> MinimizationPoint
  ) throws(E) -> Bool {
    let present = FlatPoint(point)
    var record = DescentRecord(state.slots[2])
    guard record.admits(present) else { return false }
    var changes = state.slots[1].leaves[0].tensor(of: Int32.self).scalar
    var inverse = state.slots[0].leaves[0].tensor(of: Double.self)
    var direction = product(inverse, present.gradient).map { -$0 }
    var next = try present.search(
      direction, first: changes == 0 ? firstStep(present.gradient) : 1, lineSearch,
      evaluate: evaluate)
    if next == nil && changes > 0 {
      inverse = .identity(present.gradient.count)
      changes = 0
      direction = present.gradient.map { -$0 }
      next = try present.search(
        direction, first: firstStep(present.gradient), lineSearch, evaluate: evaluate)
    }
    guard let next else { return false }
    state.step += 1
    if let change = Change(from: present, to: next) {
      if changes == 0 { inverse = inverse * Tensor(change.scale) }
      inverse = updated(inverse, change)
      changes += 1
    }
    state.slots[0].leaves[0] = Leaf(inverse)
    state.slots[1].leaves[0] = Leaf(Tensor(changes))
    state.slots[2] = record.slot
    point = next.point
    return true
  }

  private func product(_ matrix: Tensor<Double>, _ vector: [Double]) -> [Double] {
    matmul(matrix, Tensor(vector)).scalars
  }

  /// H − ρ (s (Hy)ᵀ + Hy sᵀ) + (ρ² yᵀHy + ρ) s sᵀ.
  private func updated(_ inverse: Tensor<Double>, _ change: Change) -> Tensor<Double> {
    let (s, y, rho) = (change.step, change.gradient, 1 / change.curvature)
    let image = product(inverse, y)
    let weight = rho * rho * dotProduct(y, image) + rho
    let count = s.count
    return inverse.withScalars { old in
      Tensor(shape: inverse.shape) { new in
        for row in 0..<count {
          let (a, b) = (weight * s[row] - rho * image[row], -rho * s[row])
          let start = row * count
          for column in 0..<count {
            new[start + column] = old[start + column] + (a * s[column] + b * image[column])
          }
        }
      }
    }
  }
}

/// The change of a point and of the gradient there.
struct Change {
  /// s
  let step: [Double]
  /// y
  let gradient: [Double]
  /// yᵀs
  let curvature: Double
  /// yᵀs / yᵀy
  let scale: Double

  /// Nil where the curvature along the step is not positive.
  init?(from old: FlatPoint, to new: FlatPoint) {
    var (step, gradient) = (new.coordinates, new.gradient)
    add(-1, old.coordinates, to: &step)
    add(-1, old.gradient, to: &gradient)
    let curvature = dotProduct(step, gradient)
    let square = dotProduct(gradient, gradient)
    let bound = Double.ulpOfOne * (square * dotProduct(step, step)).squareRoot()
    guard curvature > bound, (curvature / square).isFinite else { return nil }
    self.step = step
    self.gradient = gradient
    self.curvature = curvature
    scale = curvature / square
  }
}

/// The first step along −g, before anything is known about the scale: of length at most 1.
func firstStep(_ gradient: [Double]) -> Double {
  min(1, 1 / gradient.reduce(0) { $0 + abs($1) })
}

extension LineSearch {
  static func checked(
    _ operation: String, _ decrease: Double, _ curvature: Double, _ evaluations: Int
  ) -> LineSearch {
    require(
      0 < decrease && decrease < curvature && curvature < 1 && evaluations >= 1, operation,
      "sufficientDecrease \(decrease), curvature \(curvature), maximumEvaluations \(evaluations), "
        + "expected 0 < decrease < curvature < 1 and at least one evaluation")
    return LineSearch(
      decrease: decrease, curvature: curvature, maximumEvaluations: evaluations)
  }
}

extension Minimizer where Self == BFGS {
  /// The method of Broyden, Fletcher, Goldfarb and Shanno: see ``BFGS``.
  public static func bfgs() -> BFGS { BFGS() }
}
