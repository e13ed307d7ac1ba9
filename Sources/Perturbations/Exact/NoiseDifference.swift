internal import CKernels
internal import Platform

extension ExactNoise {
  /// The distribution of the difference of two independent draws, which is symmetric:
  ///
  /// | noise | G(x) | g(x) | g′(x) |
  /// |---|---|---|---|
  /// | normal | Φ(x/√2) | φ(x/√2)/√2 | −x g/2 |
  /// | Gumbel | S(x) | S(1 − S) | g (1 − 2S) |
  /// | logistic, h = x/2 | (1 + coth h − h/sinh² h)/2 | (h coth h − 1)/(2 sinh² h) | its derivative |
  /// | Laplace, x ≥ 0 | 1 − e⁻ˣ (2 + x)/4 | (1 + x) e⁻ˣ/4 | −x e⁻ˣ/4 |
  /// | uniform, 0 ≤ x ≤ 1 | 1 − (1 − x)²/2 | 1 − x | −1 |
  ///
  /// Each function takes a run of numbers, in place.
  func differenceCumulative(_ x: UnsafeMutablePointer<Double>, count: Int) {
    switch self {
    case .normal:
      for i in 0..<count { x[i] *= 0.5 }
      ck_unary(CK_ERF, CK_F64, x, x, count)
      for i in 0..<count { x[i] = 0.5 + 0.5 * x[i] }
    case .gumbel, .minimumGumbel: ck_unary(CK_SIGMOID, CK_F64, x, x, count)
    case .logistic: for i in 0..<count { x[i] = LogisticDifference.cumulative(x[i]) }
    case .laplace:
      for i in 0..<count {
        let size = abs(x[i])
        let tail = Elementary.exp(-size) * (2 + size) / 4
        x[i] = x[i] < 0 ? tail : 1 - tail
      }
    case .uniform:
      for i in 0..<count {
        let rest = Swift.max(1 - abs(x[i]), 0)
        let tail = rest * rest / 2
        x[i] = x[i] < 0 ? tail : 1 - tail
      }
    }
  }

  /// H(x) = ∫ G up to x for a run of numbers, in place; H(x) − H(−x) = x.
  func differenceIntegral(_ x: UnsafeMutablePointer<Double>, count: Int) {
    for i in 0..<count {
      let size = abs(x[i])
      let rest: Double =
        switch self {
        case .normal:
          2 * 0.282_094_791_773_878_143_47 * Elementary.exp(size * size * -0.25)
            - size / 2 * Elementary.erfc(size / 2)
        case .gumbel, .minimumGumbel: Elementary.log1p(Elementary.exp(-size))
        // h coth h − h
        case .logistic:
          size < 1e-8 ? 1 - size / 2 : size * Elementary.exp(-size) / -Elementary.expm1(-size)
        case .laplace: Elementary.exp(-size) * (3 + size) / 4
        case .uniform: Swift.max(1 - size, 0) * Swift.max(1 - size, 0) * Swift.max(1 - size, 0) / 6
        }
      x[i] = Swift.max(x[i], 0) + rest
    }
  }

  /// g(x) for a run of numbers, in place.
  func differenceDensity(_ x: UnsafeMutablePointer<Double>, count: Int) {
    switch self {
    case .normal:
      for i in 0..<count { x[i] = x[i] * x[i] * -0.25 }
      ck_unary(CK_EXP, CK_F64, x, x, count)
      // 1/√(4π)
      for i in 0..<count { x[i] *= 0.282_094_791_773_878_143_47 }
    case .gumbel, .minimumGumbel:
      for i in 0..<count { x[i] = -abs(x[i]) }
      ck_unary(CK_EXP, CK_F64, x, x, count)
      for i in 0..<count { x[i] /= (1 + x[i]) * (1 + x[i]) }
    case .logistic: for i in 0..<count { x[i] = LogisticDifference.density(x[i]) }
    case .laplace:
      for i in 0..<count { x[i] = (1 + abs(x[i])) * Elementary.exp(-abs(x[i])) / 4 }
    case .uniform: for i in 0..<count { x[i] = Swift.max(1 - abs(x[i]), 0) }
    }
  }

  /// g′(x) for a run of numbers, in place.
  func differenceSlope(_ x: UnsafeMutablePointer<Double>, count: Int) {
    switch self {
    case .normal:
      for i in 0..<count {
        x[i] *= -0.5 * 0.282_094_791_773_878_143_47 * Elementary.exp(x[i] * x[i] * -0.25)
      }
    case .gumbel, .minimumGumbel:
      for i in 0..<count {
        let e = Elementary.exp(-abs(x[i]))
        let size = e * (1 - e) / ((1 + e) * (1 + e) * (1 + e))
        x[i] = x[i] > 0 ? -size : size
      }
    case .logistic: for i in 0..<count { x[i] = LogisticDifference.slope(x[i]) }
    case .laplace: for i in 0..<count { x[i] *= Elementary.exp(-abs(x[i])) / -4 }
    case .uniform:
      for i in 0..<count { x[i] = abs(x[i]) >= 1 || x[i] == 0 ? 0 : x[i] > 0 ? -1 : 1 }
    }
  }
}

/// The difference of two logistic variables, in h = x/2; near 0 from the series of
/// coth h − h/sinh² h = Σ 2n cₙ h²ⁿ⁻¹, where coth h = 1/h + Σ cₙ h²ⁿ⁻¹.
private enum LogisticDifference {
  /// 2n cₙ = 2n 2²ⁿ B₂ₙ/(2n)! for n = 1 … 18.
  static let coefficients: [Double] = {
    // cₙ = 2 (−1)ⁿ⁺¹ ζ(2n)/π²ⁿ
    (1...18).map { n in
      var zeta = 1.0
      var power = 1.0
      if n == 1 {
        zeta = .pi * .pi / 6
      } else {
        for m in stride(from: 400, through: 2, by: -1) {
          zeta += Elementary.pow(Double(m), -2 * Double(n))
        }
        // What is left, ∫ m⁻²ⁿ dm from 400½.
        zeta += Elementary.pow(400.5, 1 - 2 * Double(n)) / (2 * Double(n) - 1)
      }
      for _ in 0..<n { power *= .pi * .pi }
      return Double(2 * n) * 2 * (n % 2 == 1 ? zeta : -zeta) / power
    }
  }()

  static let radius = 0.8

  /// Σ cₙ (2n − 1) … (2n − k) h²ⁿ⁻¹⁻ᵏ
  static func series(_ h: Double, derivative k: Int) -> Double {
    var sum = 0.0
    for n in stride(from: 18, through: 1, by: -1) {
      var factor = coefficients[n - 1]
      for j in 0..<k { factor *= Double(2 * n - 1 - j) }
      sum = sum * h * h + factor
    }
    return k == 0 ? sum * h : k == 1 ? sum : sum / h
  }

  static func cumulative(_ x: Double) -> Double {
    let h = abs(x) / 2
    if h < radius { return 0.5 + 0.5 * series(x / 2, derivative: 0) }
    // 1 − G = e (h (1 − e) … with e = e⁻²ʰ: G = (1 − e − 2 h e)/(1 − e)²
    let e = Elementary.exp(-2 * h)
    let upper = (1 - e - 2 * h * e) / ((1 - e) * (1 - e))
    return x > 0 ? upper : 1 - upper
  }

  static func density(_ x: Double) -> Double {
    let h = abs(x) / 2
    if h < radius { return series(h, derivative: 1) / 4 }
    let e = Elementary.exp(-2 * h)
    // coth h = (1 + e)/(1 − e), sinh² h = (1 − e)²/(4e)
    return 2 * e * (h * (1 + e) - (1 - e)) / ((1 - e) * (1 - e) * (1 - e))
  }

  static func slope(_ x: Double) -> Double {
    let h = abs(x) / 2
    if h == 0 { return 0 }
    let size: Double
    if h < radius {
      size = series(h, derivative: 2) / 8
    } else {
      let e = Elementary.exp(-2 * h)
      let coth = (1 + e) / (1 - e)
      let inverse = 4 * e / ((1 - e) * (1 - e))
      size = ((coth - h * inverse) / 2 - (h * coth - 1) * coth) * inverse / 2
    }
    return x > 0 ? size : -size
  }
}
