internal import Platform

extension StudentT {
  func density(_ z: Double) -> Double? { Elementary.exp(logDensity(z)) }

  /// From the incomplete beta function.
  ///
  /// - Complexity: O(√ν) steps of a continued fraction.
  func cumulative(_ z: Double) -> Double? {
    if z.isNaN { return .nan }
    let tail = Elementary.exp(logTail(abs(z)))
    return z <= 0 ? tail : 1 - tail
  }

  /// As of the draws, which are drawn closer in the far tails.
  ///
  /// Newton's steps that never pass the root: near the middle on F, which is convex below 0; in the
  /// tail on log F as a function of log |z|, which is concave.
  func quantile(_ u: Double) -> Double? {
    if u > 0.5 { return quantile(1 - u).map { -$0 } }
    if u == 0.5 { return 0 }
    if u >= 0.25 {
      var z = 0.0
      for _ in 0..<200 {
        let step = (Elementary.exp(logTail(-z)) - u) * Elementary.exp(-logDensity(z))
        z -= step
        if abs(step) <= 1e-15 * abs(z) { break }
      }
      return z
    }
    // The power law that F tends to from below, and that holds where z² dwarfs ν.
    let nu = degreesOfFreedom
    let target = Elementary.log(u)
    var y = (logPeak + (nu - 1) / 2 * Elementary.log(nu) - target) / nu
    for _ in 0..<200 where y < 300 {
      let tail = logTail(Elementary.exp(y))
      let step = (tail - target) / Elementary.exp(logDensity(Elementary.exp(y)) + y - tail)
      y += step
      if abs(step) <= 1e-15 * Swift.max(abs(y), 1) { break }
    }
    return -Self.bounded(logarithm: y)
  }

  /// The logarithm of p(0) = Γ((ν + 1)/2) / (Γ(ν/2) √(νπ)).
  private var logPeak: Double {
    Self.logHalfStep(degreesOfFreedom / 2) - Elementary.log(degreesOfFreedom * .pi) / 2
  }

  private func logDensity(_ z: Double) -> Double {
    logPeak - (degreesOfFreedom + 1) / 2 * logOnePlusRatio(z)
  }

  /// log(1 + z²/ν)
  private func logOnePlusRatio(_ z: Double) -> Double {
    let ratio = z / degreesOfFreedom * z
    return ratio.isFinite
      ? Elementary.log1p(ratio)
      : 2 * Elementary.log(abs(z)) - Elementary.log(degreesOfFreedom)
  }

  /// log P(Z > z) for z ≥ 0, where P = I(x; ν/2, ½)/2 with x = ν/(ν + z²).
  private func logTail(_ z: Double) -> Double {
    if z == 0 { return -0.693_147_180_559_945_309_4 }
    let a = degreesOfFreedom / 2
    let logX = -logOnePlusRatio(z)
    let x = Elementary.exp(logX)
    let y = -Elementary.expm1(logX)
    // x^a y^½ / B(a, ½)
    let front =
      a * logX + Elementary.log(y) / 2 + Self.logHalfStep(a) - 0.572_364_942_924_700_087_1
    if x < (a + 1) / (a + 2.5) {
      return front + Elementary.log(Self.fraction(a, 0.5, x) / (2 * a))
    }
    return Elementary.log1p(-2 * Elementary.exp(front) * Self.fraction(0.5, a, y))
      - 0.693_147_180_559_945_309_4
  }

  /// log(Γ(a + ½)/Γ(a)): Stirling's series of the ratio past 12, below by Γ(a + 1) = a Γ(a).
  private static func logHalfStep(_ a: Double) -> Double {
    var (a, product) = (a, 1.0)
    while a < 12 {
      product *= a / (a + 0.5)
      a += 1
    }
    let r = 1 / a
    let square = r * r
    let series =
      r
      * (-1.0 / 8 + square
        * (1.0 / 192 + square
          * (-1.0 / 640
            + square * (17.0 / 14336 + square * (-31.0 / 18432 + square * (691.0 / 180224))))))
    return Elementary.log(a) / 2 + series + Elementary.log(product)
  }

  /// The continued fraction of the incomplete beta function, by Lentz's method.
  ///
  /// - SeeAlso: NIST Digital Library of Mathematical Functions, 8.17.22.
  private static func fraction(_ a: Double, _ b: Double, _ x: Double) -> Double {
    var (c, d) = (1.0, 1 / (1 - (a + b) * x / (a + 1)))
    var value = d
    for step in 1...1_000_000 {
      let m = Double(step)
      let even = m * (b - m) * x / ((a - 1 + 2 * m) * (a + 2 * m))
      d = 1 / (1 + even * d)
      c = 1 + even / c
      value *= d * c
      let odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 1 + 2 * m))
      d = 1 / (1 + odd * d)
      c = 1 + odd / c
      value *= d * c
      if abs(d * c - 1) < 1e-16 { break }
    }
    return value
  }
}
