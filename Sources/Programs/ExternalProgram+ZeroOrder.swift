public import Perturbations

extension ZeroOrder {
  /// A program's one output, whose gradient is estimated: to be used inside `gradient(at:of:)` beside
  /// parts that are differentiated exactly.
  ///
  /// - Parameters:
  ///   - x: θ, the program's input.
  ///   - key: The key of the directions; by default the next of the enclosing `RandomKey.withDefault`.
  ///   - program: Prints one number. Its jobs run at a time, whatever the estimator's threads are.
  /// - Returns: f(θ), a tensor without axes.
  /// - Throws: `PerturbationError` for an input that is empty or not finite, and for a program that
  ///   fails at θ; ``ProgramError`` for one that fails elsewhere.
  public func value<Scalar: TensorFloatingPoint>(
    at x: Tensor<Scalar>, key: RandomKey? = nil, of program: ExternalProgram
  ) throws -> Tensor<Scalar> {
    try feeding(program).value(at: x, key: key, ofBatches: program)
  }

  /// A program's one output and the estimate of its gradient.
  ///
  /// - Parameters:
  ///   - x: θ, the program's input.
  ///   - key: The key of the directions; by default the next of the enclosing `RandomKey.withDefault`.
  ///   - program: Prints one number.
  /// - Returns: f(θ), and a tensor of θ's shape.
  /// - Throws: As ``value(at:key:of:)``.
  public func valueAndGradient<Scalar: TensorFloatingPoint>(
    at x: Tensor<Scalar>, key: RandomKey? = nil, of program: ExternalProgram
  ) throws -> (value: Tensor<Scalar>, gradient: Tensor<Scalar>) {
    let estimate = try estimate(at: x, key: key, of: program)
    return (Tensor(Scalar(estimate.value)), estimate.gradient)
  }

  /// A program's one output, the estimate of its gradient and their standard errors.
  ///
  /// - Parameters:
  ///   - x: θ, the program's input.
  ///   - key: The key of the directions; by default the next of the enclosing `RandomKey.withDefault`.
  ///   - program: Prints one number.
  /// - Returns: The estimates; they are not followed by gradients around the call. A sample of which
  ///   either evaluation was skipped has no part in them.
  /// - Throws: As ``value(at:key:of:)``.
  public func estimate<Scalar: TensorFloatingPoint>(
    at x: Tensor<Scalar>, key: RandomKey? = nil, of program: ExternalProgram
  ) throws -> ZeroOrderEstimate<Tensor<Scalar>> {
    try feeding(program).estimate(at: x, key: key, ofBatches: program)
  }

  /// The same estimator with as many threads as hand blocks to the program's workers.
  private func feeding(_ program: ExternalProgram) throws -> ZeroOrder {
    try with(threads: program.feedingThreads)
  }
}
