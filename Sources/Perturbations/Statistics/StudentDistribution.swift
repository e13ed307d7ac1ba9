internal import Platform

/// Student's t distribution, for intervals around means with few degrees of freedom.
enum StudentDistribution {
  /// P(|T| ≤ t) for ν degrees of freedom.
  ///
  /// - Complexity: O(ν) up to 400 degrees, where the finite sums are used; beyond, the normal
  ///   distribution's with four terms of the expansion in 1/ν.
  /// - SeeAlso: Abramowitz and Stegun 1964, 26.7.3 and 26.7.4.
  static func centralProbability(_ t: Double, degreesOfFreedom ν: Int) -> Double {
    let n = Double(ν)
    let square = 1 / (1 + t * t / n)
    let (sine, cosine) = (t / (n + t * t).squareRoot(), square.squareRoot())
    var (term, sum) = (1.0, 0.0)
    if ν % 2 == 0 {
      for k in stride(from: 0, to: ν - 1, by: 2) {
        sum += term
        term *= square * Double(k + 1) / Double(k + 2)
      }
      return sine * sum
    }
    for k in stride(from: 1, to: ν - 1, by: 2) {
      sum += term
      term *= square * Double(k + 1) / Double(k + 2)
    }
    let angle = Elementary.atan(t / n.squareRoot())
    return 2 / Double.pi * (angle + sine * cosine * sum)
  }

  /// The t with P(|T| ≤ t) = `level`.
  ///
  /// - Parameters:
  ///   - level: Between 0 and 1.
  ///   - degreesOfFreedom: ν, at least 1.
  /// - Returns: The half width of an interval, in standard errors.
  /// - SeeAlso: Abramowitz and Stegun 1964, 26.7.5, for many degrees.
  static func halfWidth(level: Double, degreesOfFreedom: Int) -> Double {
    let ν = degreesOfFreedom
    if ν > 400 {
      let x = solve(level) { Elementary.erf($0 / 2.0.squareRoot()) }
      let (n, y) = (Double(ν), x * x)
      let first = x * (y + 1) / 4
      let second = x * ((5 * y + 16) * y + 3) / 96
      let third = x * (((3 * y + 19) * y + 17) * y - 15) / 384
      return x + (first + (second + third / n) / n) / n
    }
    return solve(level) { centralProbability($0, degreesOfFreedom: ν) }
  }

  /// The t at which an increasing function has a value, by bisection to the last digit.
  private static func solve(_ level: Double, _ probability: (Double) -> Double) -> Double {
    var (low, high) = (0.0, 1.0)
    while probability(high) < level, high < 1e300 { (low, high) = (high, 2 * high) }
    while true {
      let middle = low + (high - low) / 2
      if middle <= low || middle >= high { return middle }
      if probability(middle) < level { low = middle } else { high = middle }
    }
  }
}
