internal import Tensors

/// A search along a direction for a point that satisfies the strong Wolfe conditions
///
///     φ(α) ≤ φ(0) + c₁ α φ′(0),   |φ′(α)| ≤ c₂ |φ′(0)|
///
/// with φ(α) = f(x + α d). Where φ changes by no more than its rounding errors, the first condition
/// is read off the slopes instead: φ′(α) ≤ (2c₁ − 1) φ′(0).
///
/// - SeeAlso: J. Nocedal, S. J. Wright, "Numerical Optimization" (2nd ed., 2006), Algorithms 3.5
///   and 3.6; W. W. Hager, H. Zhang, "A new conjugate gradient method with guaranteed descent and
///   an efficient line search" (SIAM J. Optim. 16, 2005), eq. 4.1, for the approximate condition.
struct LineSearch {
  let decrease: Double
  let curvature: Double
  let maximumEvaluations: Int

  /// A point on the line.
  struct Trial {
    let step: Double
    let value: Double
    let slope: Double
    /// Where it is; nil for the start.
    let point: MinimizationPoint?
  }

  /// Looks for a step.
  ///
  /// - Parameters:
  ///   - start: φ(0), φ′(0) < 0.
  ///   - first: The first step to try.
  ///   - precision: The relative rounding error of φ.
  ///   - evaluate: φ and φ′ at a step.
  /// - Returns: The accepted point, or nil where none was found.
  /// - Throws: What `evaluate` throws.
  func search<E: Error>(
    from start: Trial, first: Double, precision: Double,
    evaluate: (Double) throws(E) -> Trial
  ) throws(E) -> MinimizationPoint? {
    var evaluations = 0
    let noise = 8 * precision * abs(start.value)
    func isAcceptable(_ trial: Trial) -> Bool {
      guard trial.value.isFinite, abs(trial.slope) <= -curvature * start.slope else { return false }
      return trial.value <= start.value + decrease * trial.step * start.slope
        || trial.value <= start.value + noise
          && trial.slope <= (2 * decrease - 1) * start.slope
    }
    func failsDecrease(_ trial: Trial) -> Bool {
      !(trial.value <= start.value + decrease * trial.step * start.slope)
    }

    // Algorithm 3.5: widen until an interval must hold an acceptable step.
    var previous = start
    var step = first
    var (low, high): (Trial, Trial)
    while true {
      guard evaluations < maximumEvaluations, step.isFinite else { return nil }
      evaluations += 1
      let trial = try evaluate(step)
      if isAcceptable(trial) { return trial.point }
      if failsDecrease(trial) || (evaluations > 1 && trial.value >= previous.value) {
        (low, high) = (previous, trial)
        break
      }
      if trial.slope >= 0 {
        (low, high) = (trial, previous)
        break
      }
      let guess = cubicMinimizer(previous, trial) ?? .infinity
      step = min(max(guess, 2 * trial.step), 10 * trial.step)
      previous = trial
    }

    // Algorithm 3.6: narrow the interval, of whose ends `low` has the smaller value.
    while evaluations < maximumEvaluations {
      let (left, right) = (min(low.step, high.step), max(low.step, high.step))
      let width = right - left
      guard width > 4 * Double.ulpOfOne * right else { break }
      var step = high.value.isFinite ? cubicMinimizer(low, high) ?? .nan : .nan
      // Not closer to an end than a tenth: the interval must shrink.
      if !(step >= left + 0.1 * width && step <= right - 0.1 * width) {
        let nearLow = step.isFinite && abs(step - low.step) < abs(step - high.step)
        let fraction = nearLow ? 0.1 : 0.5
        step = low.step + fraction * (high.step - low.step)
      }
      evaluations += 1
      let trial = try evaluate(step)
      if isAcceptable(trial) { return trial.point }
      if failsDecrease(trial) || trial.value >= low.value {
        high = trial
      } else {
        if trial.slope * (high.step - low.step) >= 0 { high = low }
        low = trial
      }
    }
    // The curvature condition may be out of reach of the rounding errors; a decrease will do.
    return low.step > 0 && low.value < start.value ? low.point : nil
  }

  /// The minimizer of the cubic through two values and slopes, eq. 3.59; nil where it has none.
  private func cubicMinimizer(_ a: Trial, _ b: Trial) -> Double? {
    let d1 = a.slope + b.slope - 3 * (a.value - b.value) / (a.step - b.step)
    let square = d1 * d1 - a.slope * b.slope
    guard square >= 0 else { return nil }
    let d2 = (b.step > a.step ? 1 : -1) * square.squareRoot()
    let result =
      b.step - (b.step - a.step) * (b.slope + d2 - d1) / (b.slope - a.slope + 2 * d2)
    return result.isFinite ? result : nil
  }
}

extension FlatPoint {
  /// Searches along a direction that leads downhill.
  func search<E: Error>(
    _ direction: [Double], first: Double, _ lineSearch: LineSearch,
    evaluate: ([Leaf]) throws(E) -> MinimizationPoint
  ) throws(E) -> FlatPoint? {
    let slope = dotProduct(gradient, direction)
    guard slope < 0 else { return nil }
    let start = LineSearch.Trial(step: 0, value: point.value, slope: slope, point: nil)
    let found = try lineSearch.search(from: start, first: first, precision: point.precision) {
      (step) throws(E) in
      var position = coordinates
      add(step, direction, to: &position)
      let next = try evaluate(leaves(at: position))
      return LineSearch.Trial(
        step: step, value: next.value, slope: dotProduct(flattened(next.gradient), direction),
        point: next)
    }
    return found.map(FlatPoint.init)
  }
}
