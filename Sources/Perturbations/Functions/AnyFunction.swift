internal import Solvers
internal import Tensors

/// A function of any kind as perturbed functions hold it: it is bound to an input and a key for each
/// call.
struct AnyFunction<Input: Tree & Sendable, Output: Tree & Sendable>: Sendable {
  /// A call of the function, and what makes the output from its leaves.
  struct Bound {
    let call: any SampledCall
    let makeOutput: @Sendable ([Value]) -> Output
  }

  let bind: @Sendable (_ input: Input, _ request: CallRequest) throws -> Bound

  private init(bind: @escaping @Sendable (Input, CallRequest) throws -> Bound) { self.bind = bind }

  /// A function of tensors, in the precision of the input.
  init(sequential: Bool, _ function: @escaping @Sendable (Input) throws -> Output) {
    self.init { input, request in
      func bound<Scalar: TensorFloatingPoint>(_: Scalar.Type) -> Bound {
        let template = OutputTemplate<Output>()
        let empty = input.withoutElements
        let evaluator = TensorEvaluator<Scalar, Input, Output>(
          input: empty, sequential: sequential, function: function, output: template)
        return Bound(
          call: sampledCall(evaluator, request) { empty.leafPaths },
          makeOutput: { template.filled(with: $0) })
      }
      return inPrecision(of: try input.scalarType(), single: bound, double: bound)
    }
  }
}

extension AnyFunction {
  /// A function from one tensor to another, given by what evaluates it.
  init<Scalar: TensorFloatingPoint>(
    _ evaluator: some BlockEvaluator<Scalar>
  ) where Input == Tensor<Scalar>, Output == Tensor<Scalar> {
    self.init { _, request in
      Bound(
        call: sampledCall(evaluator, request) { [""] }, makeOutput: { Tensor($0[0]) })
    }
  }
}

/// A call of a perturbed function: derivatives and statistics from the same samples.
typealias SampledCall = EstimatedCall & StatisticsCall

/// A call that is sampled as asked for, or as it finds best.
private func sampledCall<Scalar: TensorFloatingPoint>(
  _ evaluator: some BlockEvaluator<Scalar>, _ request: CallRequest,
  paths: @escaping @Sendable () -> [String]
) -> any SampledCall {
  let call = PerturbedCall<Scalar>(evaluator, request, paths: paths)
  return request.smoothing.sampling == .automatic ? AutomaticCall(call) : call
}

/// What a call is made of besides the function and the input's elements.
struct CallRequest {
  var smoothing: Smoothing
  let key: RandomKey
  let batch: PerturbedBatch
  /// Whether a pullback may follow, so that it pays to keep the outputs.
  let mayBeDifferentiated: Bool
  /// What messages call it.
  var name = "Perturbed"
  /// What is made of the function's outputs.
  var transform = OutputTransform.identity
  /// Whether ⟨y, x⟩ is summed beside the outputs.
  var findsObjective = false
}
