internal import Platform

extension ExactEvaluation {
  /// For how many entries of a point the time is worth being known beforehand; with second derivatives
  /// fewer.
  private var leastWidth: Int { findsHessian ? 256 : 2048 }

  /// About how many seconds ``run()`` takes, from parts of the problem: costs grow
  /// as the number of entries, its square (pairs, orders) or its cube (second derivatives of those).
  ///
  /// - Returns: The seconds; nil where there are too few entries for them to be many, or where a part is
  ///   no problem.
  func expectedSeconds() -> Double? {
    guard let theta = try? problem.input(), theta.rows > 0 else { return nil }
    let width = theta.values.count / theta.rows
    guard width >= leastWidth || theta.values.count >= 1_000_000 else { return nil }
    if width < leastWidth { return seconds(theta.row(0), every: 1).map { $0 * Double(theta.rows) } }
    // From small parts to larger ones, until the time of one can be told.
    var step = max(width / 64, 32)
    guard var less = seconds(theta.row(0), every: step) else { return nil }
    var more = less
    repeat {
      step /= 2
      less = more
      guard let next = seconds(theta.row(0), every: step) else { return nil }
      more = next
    } while more < 0.03 && step >= 16
    let power = min(max(Elementary.log(more / less) / Elementary.log(2), 1), 3)
    return more * Elementary.pow(Double(step), power) * Double(theta.rows)
  }

  /// The time for each so many-th entry of a point.
  private func seconds(_ point: [Double], every step: Int) -> Double? {
    var part = self
    part.expecting = nil
    let values = stride(from: 0, to: point.count, by: step).map { point[$0] }
    part.problem.theta = NumberArray(values, precision: problem.precision)
    part.problem.k = problem.k.map { max($0 / step, 1) }
    if problem.cotangent != nil {
      let isNumber: Bool
      switch problem.source {
      case .function(.or), .function(.and): isNumber = true
      default: isNumber = false
      }
      part.problem.cotangent = [Double](repeating: 1, count: isNumber ? 1 : values.count)
    }
    let clock = ContinuousClock()
    let begin = clock.now
    // Of the short ones several: one may be interrupted.
    var least: Double?
    for _ in 0..<3 where clock.now - begin < .milliseconds(100) {
      let start = clock.now
      guard (try? part.run()) != nil else { return nil }
      least = min(least ?? .infinity, max((clock.now - start) / .seconds(1), 1e-9))
    }
    return least
  }
}
