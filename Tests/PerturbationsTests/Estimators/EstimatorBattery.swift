import Perturbations
import Testing

/// What theory says about a perturbed function at one input.
struct ClosedForm {
  let value: [Double]
  /// The gradient of ⟨g, value⟩ for a cotangent g, and g.
  let pullbacks: [(cotangent: [Double], gradient: [Double])]
  /// The Hessian of ⟨g, value⟩ times u, with g and u.
  let products: [(cotangent: [Double], direction: [Double], product: [Double])]
  /// The Hessian of ⟨g, value⟩ for a cotangent g, row-major, and g.
  var hessians: [(cotangent: [Double], matrix: [Double])] = []
}

/// A deviation in standard errors, and what it belongs to.
struct Deviation: CustomStringConvertible {
  let what: String
  let deviation: Double
  let bound: Double
  var isAcceptable: Bool { deviation <= bound }
  var description: String { "\(what): \(deviation) standard errors, allowed are \(bound)" }
}

/// 4 standard errors for one comparison; for `count` of them what has the same chance to be passed:
/// normal tails fall as exp(−z²/2), so that √(16 + 2 log count) makes up for the number.
func bound(comparisons count: Int) -> Double {
  var logarithm = 0.0
  var rest = Double(count)
  while rest > 1 {
    rest /= 2
    logarithm += 0.693_147_2
  }
  return (16 + 2 * logarithm).squareRoot()
}

/// The largest deviation in standard errors. An element that never varies has to be right, up to the
/// rounding of its type.
func largestDeviation<Scalar: TensorFloatingPoint>(
  _ what: String, _ value: Tensor<Scalar>, _ error: Tensor<Scalar>, _ expected: [Double],
  samples: Int, rounding: Double? = nil
) -> Deviation {
  let rounding = rounding ?? (Scalar.elementType == .float ? 1e-6 : 1e-12)
  var largest = 0.0
  let values = value.scalars.map(\.asDouble)
  let errors = error.scalars.map(\.asDouble)
  guard values.count == expected.count else {
    return Deviation(what: "\(what) has \(values.count) elements", deviation: .infinity, bound: 0)
  }
  for index in values.indices {
    let scale = max(1, abs(expected[index]))
    // An event that did not happen in N samples may have a probability of some 1/N.
    let unseen = errors[index] == 0 ? 10 * scale / Double(samples) : 0
    let distance = max(0, abs(values[index] - expected[index]) - rounding * scale - unseen)
    let deviation = distance == 0 ? 0 : distance / errors[index]
    largest = max(largest, deviation.isNaN ? .infinity : deviation)
  }
  return Deviation(
    what: what, deviation: largest, bound: bound(comparisons: values.count))
}

/// Compares value, pullbacks, Hessian products and Hessians with the closed form, in standard errors.
/// The value comes with the first pullback, from the same samples.
func deviations<Scalar: TensorFloatingPoint>(
  of perturbed: Perturbed<Tensor<Scalar>, Tensor<Scalar>>, at theta: Tensor<Scalar>,
  key: RandomKey, closedForm: ClosedForm, batched: Bool = false
) throws -> [Deviation] {
  func tensor(_ scalars: [Double], _ shape: Shape) -> Tensor<Scalar> {
    Tensor(shape: shape, scalars: scalars.map { Scalar(nearest: $0) })
  }
  let n = perturbed.samples
  let shape: Shape =
    closedForm.value.count == 1 ? [] : batched ? theta.shape : [closedForm.value.count]
  var result: [Deviation] = []
  for (cotangent, expected) in closedForm.pullbacks {
    let gradient = try perturbed.gradientEstimate(
      at: theta, cotangent: tensor(cotangent, shape), key: key, batched: batched)
    if result.isEmpty {
      result.append(
        largestDeviation(
          "value", gradient.value, gradient.valueStandardError, closedForm.value, samples: n))
    }
    result.append(
      largestDeviation(
        "pullback of \(cotangent)", gradient.gradient, gradient.standardError, expected, samples: n)
    )
  }
  for (cotangent, direction, expected) in closedForm.products {
    let product = try perturbed.hessianProductEstimate(
      at: theta, cotangent: tensor(cotangent, shape),
      direction: tensor(direction, theta.shape), key: key, batched: batched)
    result.append(
      largestDeviation(
        "Hessian of \(cotangent) along \(direction)", product.value, product.standardError,
        expected, samples: n))
  }
  for (cotangent, expected) in closedForm.hessians {
    let hessian = try perturbed.hessianEstimate(
      at: theta, cotangent: tensor(cotangent, shape), key: key, batched: batched)
    result.append(
      largestDeviation(
        "Hessian of \(cotangent)", hessian.value, hessian.standardError, expected, samples: n,
        rounding: Scalar.elementType == .float ? 1e-6 : 1e-12))
  }
  return result
}

/// Expects a perturbed function to agree with its closed form within standard errors.
func checkEstimator<Scalar: TensorFloatingPoint>(
  _ perturbed: Perturbed<Tensor<Scalar>, Tensor<Scalar>>, at theta: Tensor<Scalar>,
  key: RandomKey = RandomKey(11), closedForm: ClosedForm, batched: Bool = false,
  location: SourceLocation = #_sourceLocation
) throws {
  for deviation in try deviations(
    of: perturbed, at: theta, key: key, closedForm: closedForm, batched: batched)
  {
    #expect(deviation.isAcceptable, "\(deviation)", sourceLocation: location)
  }
}

// MARK: - Closed forms

/// Softmax of θ/σ: the expectation of the argmax under Gumbel noise.
///
/// - Parameters:
///   - rows: θ, one example or a batch.
///   - sigma: σ.
///   - cotangents: Those of the pullbacks, the same in each row.
///   - direction: That of the product with the first cotangent's Hessian; nil for the whole Hessian.
/// - Returns: The closed form.
func softmaxForm(
  _ rows: [[Double]], sigma: Double, cotangents: [[Double]], direction: [Double]? = nil
) -> ClosedForm {
  let all = rows.map { Tensor($0.map { $0 / sigma }).softmax().scalars }
  func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
  /// The derivative of p along u.
  func along(_ p: [Double], _ u: [Double]) -> [Double] {
    let mean = dot(p, u)
    return zip(p, u).map { $0 * ($1 - mean) / sigma }
  }
  func tiled(_ x: [Double]) -> [Double] { rows.flatMap { _ in x } }
  /// The Hessian of ⟨g, p⟩ times u.
  func product(_ p: [Double], _ g: [Double], _ u: [Double]) -> [Double] {
    let change = along(p, u)
    let (mean, changeOfMean) = (dot(p, g), dot(change, g))
    return p.indices.map { (change[$0] * (g[$0] - mean) - p[$0] * changeOfMean) / sigma }
  }
  let pullbacks = cotangents.map { g in (tiled(g), all.flatMap { along($0, g) }) }
  guard let direction else {
    return ClosedForm(
      value: all.flatMap { $0 }, pullbacks: pullbacks, products: [],
      hessians: [
        (
          tiled(cotangents[0]),
          all.flatMap { p in
            p.indices.flatMap { k in
              product(p, cotangents[0], p.indices.map { $0 == k ? 1 : 0 })
            }
          }
        )
      ])
  }
  return ClosedForm(
    value: all.flatMap { $0 }, pullbacks: pullbacks,
    products: [
      (
        tiled(cotangents[0]), tiled(direction),
        all.flatMap { product($0, cotangents[0], direction) }
      )
    ])
}

/// ⟨a, θ⟩ + ½ θᵀ diag(h) θ + c under noise of mean 0 and variance v in each element.
func quadraticForm(
  _ theta: [Double], linear a: [Double], diagonal h: [Double], constant c: Double, sigma: Double,
  variance: Double = 1, cotangent g: Double = 1
) -> ClosedForm {
  let trace = h.reduce(0, +)
  let value = theta.indices.reduce(c + sigma * sigma * variance * trace / 2) {
    $0 + a[$1] * theta[$1] + h[$1] * theta[$1] * theta[$1] / 2
  }
  let direction = theta.indices.map { 1 + 0.5 * Double($0) }
  return ClosedForm(
    value: [value],
    pullbacks: [([g], theta.indices.map { g * (a[$0] + h[$0] * theta[$0]) })],
    products: [([g], direction, theta.indices.map { g * h[$0] * direction[$0] })])
}

/// The quadratic function of ``quadraticForm``.
func quadratic<Scalar: TensorFloatingPoint>(
  linear: [Double], diagonal: [Double], constant: Double
) -> @Sendable (Tensor<Scalar>) -> Tensor<Scalar> {
  let a = Tensor(linear.map { Scalar(nearest: $0) })
  let h = Tensor(diagonal.map { Scalar(nearest: $0 / 2) })
  return { x in (a * x + h * x * x).sum() + Scalar(nearest: constant) }
}
