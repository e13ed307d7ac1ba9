internal import Perturbations
internal import Programs
internal import Tensors

/// A program's one output as a function of the coordinates of its inputs.
struct TunedObjective: Sendable {
  let program: ExternalProgram
  let space: InputSpace
  let budget: EvaluationBudget
  /// Other ranks that evaluate as well; nil where there are none.
  let helpers = ProgramHelpers.current

  /// The value, the estimate of the gradient and their standard errors.
  func estimate(
    _ estimator: ZeroOrder, at coordinates: [Double], key: RandomKey
  ) throws -> ZeroOrderEstimate<Tensor<Double>> {
    try estimator.estimate(at: Tensor(coordinates), key: key, ofBatches: self)
  }

  /// The values at a population; not a number where an evaluation was skipped.
  func values(at population: [[Double]], key: RandomKey) throws -> [Double] {
    let answer = try evaluate(
      BatchRequest(
        inputs: population.flatMap(\.self), width: space.count, count: population.count,
        firstSample: 0, key: key, outputWidth: 1))
    if answer.absent.count == population.count, let reason = answer.reason { throw reason }
    var values = answer.outputs
    for index in answer.absent { values[index] = .nan }
    return values
  }
}

extension TunedObjective: BatchFunction {
  /// Coordinates outside the bounds are mirrored back: a program never sees an input out of bounds.
  func evaluate(_ request: BatchRequest) throws -> BatchAnswer {
    try budget.take(request.count)
    let width = request.width
    var inputs: [Double] = []
    inputs.reserveCapacity(request.inputs.count)
    for row in 0..<request.count {
      let coordinates = Array(request.inputs[row * width..<(row + 1) * width])
      inputs += space.input(at: space.mirrored(coordinates))
    }
    let request = BatchRequest(
      inputs: inputs, width: width, count: request.count, firstSample: request.firstSample,
      period: request.period, key: request.key, outputWidth: request.outputWidth)
    return try helpers?.evaluate(request, program) ?? program.evaluate(request)
  }
}
