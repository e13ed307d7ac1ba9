public import Solvers

/// A solver whose expectation under noise has a formula.
///
/// A solver of one's own may be a built-in one in disguise, and return the expectation of that:
///
/// ```swift
/// struct Cheapest: ExactSolver {
///   let sense: Sense? = .minimize
///   func outputShape(forInput shape: [Int]) -> [Int] { shape }
///   func solve(
///     _ costs: Span<Float>, into output: inout MutableSpan<Float>, scratch: inout Void
///   ) throws(SolverError) {
///     var least = 0
///     for i in costs.indices {
///       output[i] = 0
///       if costs[i] < costs[least] { least = i }
///     }
///     output[least] = 1
///   }
///   func expectation(under noise: Noise) throws(PerturbationError) -> any ExactExpectation {
///     try ArgMin().expectation(under: noise)
///   }
/// }
/// ```
///
/// or one with a formula of its own, a type that conforms to ``ExactExpectation``.
public protocol ExactSolver: Solver {
  /// The expectation of the output at θ + σZ, for Z of independent draws of the noise.
  ///
  /// - Throws: ``PerturbationError`` for noise under which there is no formula.
  func expectation(under noise: Noise) throws(PerturbationError) -> any ExactExpectation
}

/// E[f(θ + σZ)] by formula, as a function of θ and σ.
public protocol ExactExpectation: Sendable {
  /// Computes the value and what its derivatives need.
  ///
  /// - Parameters:
  ///   - theta: θ, finite and not empty.
  ///   - sigma: σ, positive and finite.
  ///   - tolerance: How far an element of the value may be off, where it takes quadrature.
  /// - Returns: What knows the value and the derivatives at this θ.
  /// - Throws: Whatever makes θ one that has no expectation.
  func evaluated(
    at theta: [Double], sigma: Double, tolerance: Double
  ) throws -> any EvaluatedExpectation
}

/// An expectation V at one θ, with its derivatives; J = ∂V/∂θ.
public protocol EvaluatedExpectation: Sendable {
  /// V.
  var value: [Double] { get }

  /// An estimate of the largest error of an element of the value, rounding included.
  var errorBound: Double { get }

  /// The expectation of ⟨y, x⟩ for x = θ + σZ and its solution y, whose gradient V is; nil where the
  /// function is no optimum of that.
  ///
  /// - Throws: What kept it from being found.
  var optimum: Double? { get throws }

  /// Jᵀg, of the input's length.
  func cotangent(_ g: [Double]) throws -> [Double]

  /// J u, of the value's length.
  func tangent(_ u: [Double]) throws -> [Double]

  /// ∂/∂θ ⟨g, J u⟩, of the input's length: the Hessian of ⟨g, V⟩ times u.
  func secondCotangent(_ g: [Double], _ u: [Double]) throws -> [Double]

  /// Σ uᵢ vⱼ ∂²V/∂θᵢ∂θⱼ, of the value's length.
  func secondTangent(_ u: [Double], _ v: [Double]) throws -> [Double]

  /// ∂V/∂σ, of the value's length.
  func sigmaDerivative() throws -> [Double]
}

extension EvaluatedExpectation {
  /// Not known.
  public var optimum: Double? { nil }
  /// None.
  public func secondCotangent(_ g: [Double], _ u: [Double]) throws -> [Double] {
    throw PerturbationError.unsupportedDerivative("this expectation has no second derivative")
  }
  /// None.
  public func secondTangent(_ u: [Double], _ v: [Double]) throws -> [Double] {
    throw PerturbationError.unsupportedDerivative("this expectation has no second derivative")
  }
  /// None.
  public func sigmaDerivative() throws -> [Double] {
    throw PerturbationError.unsupportedDerivative("this expectation has no derivative in sigma")
  }
}
