internal import Tensors

/// The gradient of decisions as costs move by λ along the loss's gradient g: what ``BlackBox`` and implicit
/// maximum likelihood have in common.
struct Interpolation<Scalar: TensorFloatingPoint> {
  /// What messages call it.
  let name: String
  /// 1 where costs are minimised, −1 where they are maximised.
  let sign: Double
  /// Whether costs are moved both ways.
  var isTwoSided = false
  /// λ for ĉ and g; 0 for no gradient.
  let lambda: (_ costs: Tensor<Scalar>, _ cotangent: Tensor<Scalar>) -> Double
  /// Told the gradient.
  var isDone: (Tensor<Scalar>) -> Void = { _ in }

  /// What `decide` gives for the costs, with that gradient.
  func decisions(
    _ costs: Tensor<Scalar>, by decide: @escaping (Tensor<Scalar>) throws -> Tensor<Scalar>
  ) throws -> Tensor<Scalar> {
    try withPullback(at: costs, name: name) { costs in
      let decisions = try decide(costs)
      return (
        decisions,
        { cotangent in
          let size = lambda(costs, cotangent)
          guard size > 0 else { return .zeros(like: costs) }
          let step = cotangent * .number(sign * size)
          let better = try decide(costs + step)
          let worse = isTwoSided ? try decide(costs - step) : decisions
          let gradient = (better - worse) * .number(sign / (isTwoSided ? 2 * size : size))
          isDone(gradient)
          return gradient
        }
      )
    }
  }
}
