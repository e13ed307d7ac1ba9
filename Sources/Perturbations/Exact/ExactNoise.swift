internal import CKernels
internal import Platform
internal import Tensors

/// A standard noise with what expectations without sampling need of it, for runs of numbers.
///
/// Cumulative probabilities are absolutely right, to rounding, and at least ``floor``: integrands
/// divide by them what they are a factor of, so that a small one cancels.
enum ExactNoise: Sendable {
  case normal, gumbel, logistic, laplace
  /// On [0, 1).
  case uniform
  /// −Z for Gumbel's Z.
  case minimumGumbel

  static let floor = 1e-17

  /// Past 1,000 every tail is 0, and infinities would make numbers that are none.
  static func limited(_ x: Double) -> Double { Swift.min(Swift.max(x, -1000), 1000) }

  init?(_ distribution: RandomDistribution) {
    switch distribution {
    case .normal: self = .normal
    case .gumbel: self = .gumbel
    case .logistic: self = .logistic
    case .laplace: self = .laplace
    case .uniform: self = .uniform
    case .exponential, .rademacher: return nil
    }
  }

  /// −Z is distributed as the mirrored noise plus `mirrorShift`.
  var mirrored: ExactNoise {
    switch self {
    case .normal, .logistic, .laplace, .uniform: self
    case .gumbel: .minimumGumbel
    case .minimumGumbel: .gumbel
    }
  }

  /// E Z
  var mean: Double {
    switch self {
    case .normal, .logistic, .laplace: 0
    case .uniform: 0.5
    case .gumbel: 0.577_215_664_901_532_86
    case .minimumGumbel: -0.577_215_664_901_532_86
    }
  }

  var mirrorShift: Double { self == .uniform ? -1 : 0 }

  /// All but about 1e-16 of Z lies between these.
  var bulk: (lower: Double, upper: Double) {
    switch self {
    case .normal: (-8.4, 8.4)
    case .gumbel: (-3.7, 37)
    case .minimumGumbel: (-37, 3.7)
    case .logistic, .laplace: (-37, 37)
    case .uniform: (0, 1)
    }
  }

  /// Where the density or its slope jumps; nil where the noise is smooth.
  var corners: [Double]? {
    switch self {
    case .laplace: [0]
    case .uniform: [0, 1]
    case .normal, .gumbel, .logistic, .minimumGumbel: nil
    }
  }

  /// Where the density itself jumps, and by how much: its slope p′ is an impulse there.
  var jumps: [(place: Double, height: Double)] { self == .uniform ? [(0, 1), (1, -1)] : [] }

  /// The step of the trapezoidal rule with which integrands over the order of `count` numbers are
  /// right to about 1e-11, and to 1e-6 with twice the step; measured where all are alike.
  func step(count: Int) -> Double {
    let logarithm = Elementary.log(Double(count))
    return switch self {
    case .normal: 0.33 / (1 + 0.3 * logarithm)
    case .logistic: 0.28
    case .gumbel, .minimumGumbel: 0.3 / (1 + 0.45 * logarithm)
    case .laplace, .uniform: 1
    }
  }

  /// F(x) and p(x) for a run of numbers; no memory is another's.
  func evaluate(
    _ x: UnsafePointer<Double>, count: Int, cumulative: UnsafeMutablePointer<Double>,
    density: UnsafeMutablePointer<Double>
  ) {
    switch self {
    case .normal:
      for i in 0..<count {
        cumulative[i] = x[i] * 0.707_106_781_186_547_524_4
        density[i] = x[i] * x[i] * -0.5
      }
      ck_unary(CK_ERF, CK_F64, cumulative, cumulative, count)
      ck_unary(CK_EXP, CK_F64, density, density, count)
      for i in 0..<count {
        cumulative[i] = 0.5 + 0.5 * cumulative[i]
        density[i] *= NormalFunctions.peak
      }
    case .logistic:
      for i in 0..<count { density[i] = -abs(x[i]) }
      ck_unary(CK_EXP, CK_F64, density, density, count)
      for i in 0..<count {
        let share = 1 / (1 + density[i])
        cumulative[i] = (x[i] < 0 ? density[i] : 1) * share
        density[i] *= share * share
      }
    case .laplace:
      for i in 0..<count { density[i] = -abs(x[i]) }
      ck_unary(CK_EXP, CK_F64, density, density, count)
      for i in 0..<count {
        density[i] *= 0.5
        cumulative[i] = x[i] < 0 ? density[i] : 1 - density[i]
      }
    case .uniform:
      for i in 0..<count {
        cumulative[i] = Swift.min(Swift.max(x[i], 0), 1)
        // Half of the jump where it is, so that what is symmetric stays so.
        density[i] = x[i] > 0 && x[i] < 1 ? 1 : x[i] == 0 || x[i] == 1 ? 0.5 : 0
      }
    case .gumbel:
      for i in 0..<count { density[i] = Swift.min(-x[i], 6.5) }
      ck_unary(CK_EXP, CK_F64, density, density, count)
      for i in 0..<count { cumulative[i] = -density[i] }
      ck_unary(CK_EXP, CK_F64, cumulative, cumulative, count)
      for i in 0..<count { density[i] *= cumulative[i] }
    case .minimumGumbel:
      for i in 0..<count { density[i] = Swift.min(x[i], 6.5) }
      ck_unary(CK_EXP, CK_F64, density, density, count)
      for i in 0..<count { cumulative[i] = -density[i] }
      ck_unary(CK_EXPM1, CK_F64, cumulative, cumulative, count)
      for i in 0..<count {
        cumulative[i] = -cumulative[i]
        density[i] *= 1 - cumulative[i]
      }
    }
    for i in 0..<count { cumulative[i] = Swift.max(cumulative[i], Self.floor) }
  }

  /// p′(x)/p(x) = −s(x) for a run of numbers, without impulses.
  func slopes(_ x: UnsafePointer<Double>, count: Int, into out: UnsafeMutablePointer<Double>) {
    switch self {
    case .normal: for i in 0..<count { out[i] = -x[i] }
    case .logistic:
      for i in 0..<count { out[i] = x[i] * -0.5 }
      ck_unary(CK_TANH, CK_F64, out, out, count)
    case .laplace: for i in 0..<count { out[i] = x[i] < 0 ? 1 : x[i] > 0 ? -1 : 0 }
    case .uniform: for i in 0..<count { out[i] = 0 }
    case .gumbel:
      for i in 0..<count { out[i] = Swift.min(-x[i], 6.5) }
      ck_unary(CK_EXPM1, CK_F64, out, out, count)
    case .minimumGumbel:
      for i in 0..<count { out[i] = Swift.min(x[i], 6.5) }
      ck_unary(CK_EXPM1, CK_F64, out, out, count)
      for i in 0..<count { out[i] = -out[i] }
    }
  }
}

extension ExactNoise {
  /// How much further up the largest of `count` draws reaches than one.
  func excess(count: Int) -> Double {
    switch self {
    case .normal, .minimumGumbel: 0.13 * Elementary.log(Double(count))
    case .gumbel, .logistic, .laplace: Elementary.log(Double(count))
    case .uniform: 0
    }
  }
}
