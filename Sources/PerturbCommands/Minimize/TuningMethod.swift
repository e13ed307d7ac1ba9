internal import Perturbations

/// How `perturb minimize` goes from a point to a better one.
enum TuningMethod: String, OptionChoice {
  case adam
  case sgd
  case lbfgs
  case es
  case cmaES = "cma-es"

  static var kind: String { "method" }

  var summary: String {
    switch self {
    case .adam: "Adam on estimated gradients"
    case .sgd: "gradient descent, with --momentum where wanted"
    case .lbfgs: "L-BFGS on central differences along orthogonal directions"
    case .es: "Adam on gradients of ranks, which outliers do not disturb"
    case .cmaES: "CMA-ES, for noisy and ill-conditioned problems of few inputs"
    }
  }

  var defaultSigma: Double {
    switch self {
    case .cmaES: 0.5
    // A line search compares values with slopes, which differ by O(σ²).
    case .lbfgs: 0.001
    case .adam, .sgd, .es: 0.1
    }
  }

  var defaultLearningRate: Double { self == .sgd ? 0.01 : 0.05 }

  /// The defaults of all methods for a help text: Adam's, and those that differ.
  static func defaults(_ value: (Self) -> Double) -> String {
    let others = allCases.reversed().filter { value($0) != value(.adam) }
    return (["\(value(.adam))"] + others.map { "\(value($0)) for \($0.rawValue)" })
      .enumerated().map { $0 == 0 ? $1 : ($0 == 1 ? "; " : ", ") + $1 }.joined()
  }
}

/// What the directions of estimates are drawn from.
enum TuningDirections: String, OptionChoice {
  case normal
  case orthogonal
  case rademacher
  case sphere

  static var kind: String { "directions" }
}

extension ZeroOrder.Method: OptionChoice {
  static var kind: String { "estimator" }
}
