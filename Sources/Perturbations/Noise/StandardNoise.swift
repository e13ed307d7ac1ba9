internal import Platform
internal import Tensors

/// The formulas of a distribution whose draws and scores come from the kernels.
struct StandardNoise: NoiseDistribution {
  let distribution: RandomDistribution

  var name: String { "\(distribution)" }

  var isSymmetric: Bool {
    switch distribution {
    case .normal, .logistic, .laplace, .rademacher: true
    case .gumbel, .uniform, .exponential: false
    }
  }

  func sample(_ count: Int, key: RandomKey) -> [Double] { key.draws(count, from: distribution) }

  var mean: Double? {
    switch distribution {
    case .normal, .logistic, .laplace, .rademacher: 0
    case .gumbel: 0.577_215_664_901_532_86
    case .uniform: 0.5
    case .exponential: 1
    }
  }

  var variance: Double? {
    switch distribution {
    case .normal, .rademacher, .exponential: 1
    case .gumbel: .pi * .pi / 6
    case .logistic: .pi * .pi / 3
    case .laplace: 2
    case .uniform: 1.0 / 12
    }
  }

  func density(_ z: Double) -> Double? {
    switch distribution {
    case .normal: NormalFunctions.density(z)
    case .gumbel: Elementary.exp(-z - Elementary.exp(-z))
    case .logistic: logisticDensity(z)
    case .laplace: Elementary.exp(-abs(z)) / 2
    case .uniform: z >= 0 && z < 1 ? 1 : 0
    case .exponential: z >= 0 ? Elementary.exp(-z) : 0
    case .rademacher: nil
    }
  }

  func cumulative(_ z: Double) -> Double? {
    switch distribution {
    case .normal: NormalFunctions.cumulative(z)
    case .gumbel: Elementary.exp(-Elementary.exp(-z))
    case .logistic: 1 / (1 + Elementary.exp(-z))
    case .laplace: z <= 0 ? Elementary.exp(z) / 2 : 1 - Elementary.exp(-z) / 2
    case .uniform: Swift.min(Swift.max(z, 0), 1)
    case .exponential: z > 0 ? -Elementary.expm1(-z) : 0
    case .rademacher: z < -1 ? 0 : z < 1 ? 0.5 : 1
    }
  }

  func quantile(_ u: Double) -> Double? {
    switch distribution {
    case .normal: NormalFunctions.quantile(u)
    case .gumbel: -Elementary.log(-Elementary.log(u))
    case .logistic: Elementary.log(u) - Elementary.log1p(-u)
    case .laplace: u <= 0.5 ? Elementary.log(2 * u) : -Elementary.log(2 * (1 - u))
    case .uniform: u
    case .exponential: -Elementary.log1p(-u)
    case .rademacher: nil
    }
  }

  func score(_ z: Double) -> Double? {
    switch distribution {
    case .normal: z
    case .gumbel: -Elementary.expm1(-z)
    case .logistic: Elementary.tanh(z / 2)
    case .laplace: z > 0 ? 1 : z < 0 ? -1 : 0
    case .uniform, .exponential, .rademacher: nil
    }
  }

  func scoreDerivative(_ z: Double) -> Double? {
    switch distribution {
    case .normal: 1
    case .gumbel: Elementary.exp(-z)
    case .logistic: 2 * logisticDensity(z)
    case .laplace, .uniform, .exponential, .rademacher: nil
    }
  }

  private func logisticDensity(_ z: Double) -> Double {
    let e = Elementary.exp(-abs(z))
    return e / ((1 + e) * (1 + e))
  }
}

/// The standard normal distribution.
enum NormalFunctions {
  /// 1/√(2π)
  static let peak = 0.398_942_280_401_432_677_94

  static func density(_ z: Double) -> Double { peak * Elementary.exp(-z * z / 2) }

  static func cumulative(_ z: Double) -> Double {
    0.5 * Elementary.erfc(z * -0.707_106_781_186_547_524_4)
  }

  /// Two steps of Halley's method, which cube the error, from a formula that is right to 4.5e-4.
  ///
  /// - SeeAlso: Abramowitz and Stegun, "Handbook of mathematical functions", 26.2.23.
  static func quantile(_ u: Double) -> Double {
    if u > 0.5 { return -quantile(1 - u) }
    let t = (-2 * Elementary.log(u)).squareRoot()
    let numerator = (0.010328 * t + 0.802853) * t + 2.515517
    let denominator = ((0.001308 * t + 0.189269) * t + 1.432788) * t + 1
    var z = numerator / denominator - t
    for _ in 0..<2 {
      let error = (cumulative(z) - u) / density(z)
      z -= error / (1 + z * error / 2)
    }
    return z
  }
}
