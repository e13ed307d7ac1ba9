public import Tensors

/// BFGS with limited memory: the direction comes from the last few changes, without a matrix. Ends
/// where ``BFGS`` does.
///
/// - Complexity: O(m n) in time and memory for n parameters and m changes.
/// - SeeAlso: D. C. Liu, J. Nocedal, "On the limited memory BFGS method for large scale
///   optimization" (Math. Programming 45, 1989); J. Nocedal, S. J. Wright, "Numerical
///   Optimization" (2nd ed., 2006), Algorithms 7.4 and 7.5.
public struct LBFGS: Minimizer {
  /// m, how many changes are remembered.
  public let memory: Int
  let lineSearch: LineSearch

  /// BFGS with limited memory.
  ///
  /// - Parameters:
  ///   - memory: How many changes are remembered.
  ///   - sufficientDecrease: c₁ of the strong Wolfe conditions.
  ///   - curvature: c₂ of them.
  ///   - maximumEvaluations: The most evaluations of one line search.
  /// - Precondition: `memory` is at least 1, 0 < c₁ < c₂ < 1.
  public init(
    memory: Int = 10, sufficientDecrease: Double = 1e-4, curvature: Double = 0.9,
    maximumEvaluations: Int = 40
  ) {
    require(memory >= 1, "LBFGS", "a memory of \(memory) changes, expected at least 1")
    self.memory = memory
    lineSearch = .checked("LBFGS", sufficientDecrease, curvature, maximumEvaluations)
  }

  /// Room for the changes.
  public func initialState(for parameters: ParameterList) -> TransformState {
    let empty = Leaf(Tensor<Double>.zeros([flattened(parameters.leaves).count]))
    let room = [Leaf](repeating: empty, count: memory)
    return TransformState(slots: [
      .init("steps", room), .init("gradientChanges", room),
      .init("changes", [Leaf(Tensor<Int32>(0))]), DescentRecord().slot,
    ])
  }

  /// Goes one step.
  public func advance<E: Error>(
    _ point: inout MinimizationPoint, state: inout TransformState,
    evaluate: ([Leaf]) throws(E) -> MinimizationPoint
  ) throws(E) -> Bool {
    let present = FlatPoint(point)
    var record = DescentRecord(state.slots[3])
    guard record.admits(present) else { return false }
    var changes = Int(state.slots[2].leaves[0].tensor(of: Int32.self).scalar)
    var next = try present.search(
      direction(present.gradient, state, changes),
      first: changes == 0 ? firstStep(present.gradient) : 1, lineSearch, evaluate: evaluate)
    if next == nil && changes > 0 {
      changes = 0
      next = try present.search(
        present.gradient.map { -$0 }, first: firstStep(present.gradient), lineSearch,
        evaluate: evaluate)
    }
    guard let next else { return false }
    state.step += 1
    if let change = Change(from: present, to: next) {
      state.slots[0].leaves[changes % memory] = Leaf(Tensor(change.step))
      state.slots[1].leaves[changes % memory] = Leaf(Tensor(change.gradient))
      changes += 1
    }
    state.slots[2].leaves[0] = Leaf(Tensor(Int32(truncatingIfNeeded: changes)))
    state.slots[3] = record.slot
    point = next.point
    return true
  }

  /// −H g by the two loops of Algorithm 7.4, from the oldest remembered change to the newest.
  private func direction(
    _ gradient: [Double], _ state: TransformState, _ changes: Int
  ) -> [Double] {
    var result = gradient.map { -$0 }
    let remembered = (max(0, changes - memory)..<changes).map { change in
      let place = change % memory
      let step = state.slots[0].leaves[place].tensor(of: Double.self).scalars
      let gradient = state.slots[1].leaves[place].tensor(of: Double.self).scalars
      return (step: step, gradient: gradient, curvature: dotProduct(step, gradient))
    }
    guard let newest = remembered.last else { return result }
    var weights: [Double] = []
    for change in remembered.reversed() {
      let weight = dotProduct(change.step, result) / change.curvature
      weights.append(weight)
      add(-weight, change.gradient, to: &result)
    }
    let scale = newest.curvature / dotProduct(newest.gradient, newest.gradient)
    for index in result.indices { result[index] *= scale }
    for change in remembered {
      let weight = weights.removeLast()
      add(weight - dotProduct(change.gradient, result) / change.curvature, change.step, to: &result)
    }
    return result
  }
}

extension Minimizer where Self == LBFGS {
  /// BFGS with limited memory: see ``LBFGS``.
  public static func lbfgs(memory: Int = 10) -> LBFGS { LBFGS(memory: memory) }
}
