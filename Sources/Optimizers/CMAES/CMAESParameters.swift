internal import Platform

/// The constants of CMA-ES for a dimension and a size of the population.
///
/// - SeeAlso: N. Hansen, "The CMA Evolution Strategy: A Tutorial", arXiv:1604.00772, table 1 and
///   equations (49) to (58).
struct CMAESParameters: Sendable {
  /// λ.
  let population: Int
  /// wᵢ by rank, the first half positive with sum 1, the others negative or 0.
  let weights: [Double]
  /// μ, how many weights are positive.
  let parents: Int
  /// μ_eff.
  let effectiveParents: Double
  /// c_c, of the path of the covariance.
  let pathRate: Double
  /// c_σ, of the path of the step size.
  let stepPathRate: Double
  /// d_σ.
  let damping: Double
  /// c₁.
  let rankOneRate: Double
  /// c_μ.
  let rankMuRate: Double
  /// E‖N(0, 1)‖.
  let expectedLength: Double

  /// 4 + ⌊3 ln n⌋.
  static func defaultPopulation(_ dimension: Int) -> Int {
    4 + Int(3 * Elementary.log(Double(dimension)))
  }

  init(dimension: Int, population: Int) {
    let n = Double(dimension)
    self.population = population
    let half = Elementary.log(Double(population + 1) / 2)
    let raw = (1...population).map { half - Elementary.log(Double($0)) }
    parents = raw.count { $0 > 0 }
    let positive = raw.prefix(parents)
    let negative = raw.dropFirst(parents)
    func effective(_ weights: ArraySlice<Double>) -> Double {
      let sum = weights.reduce(0, +)
      let squares = weights.reduce(0) { $0 + $1 * $1 }
      return squares > 0 ? sum * sum / squares : 0
    }
    let mu = effective(positive)
    effectiveParents = mu
    pathRate = (4 + mu / n) / (n + 4 + 2 * mu / n)
    stepPathRate = (mu + 2) / (n + mu + 5)
    damping = 1 + 2 * max(0, ((mu - 1) / (n + 1)).squareRoot() - 1) + stepPathRate
    rankOneRate = 2 / ((n + 1.3) * (n + 1.3) + mu)
    rankMuRate = min(
      1 - rankOneRate, 2 * (0.25 + mu + 1 / mu - 2) / ((n + 2) * (n + 2) + mu))
    let limits = [
      1 + rankOneRate / rankMuRate, 1 + 2 * effective(negative) / (mu + 2),
      (1 - rankOneRate - rankMuRate) / (n * rankMuRate),
    ]
    let negativeSum = limits.reduce(.infinity) { min($0, $1) }
    let positiveTotal = positive.reduce(0, +)
    let negativeTotal = -negative.reduce(0, +)
    weights = raw.map {
      $0 > 0
        ? $0 / positiveTotal : (negativeTotal > 0 ? $0 * negativeSum / negativeTotal : 0)
    }
    expectedLength = n.squareRoot() * (1 - 1 / (4 * n) + 1 / (21 * n * n))
  }
}
