public import Perturbations

extension ExternalProgram: BatchFunction {
  package func evaluate(_ request: BatchRequest) throws -> BatchAnswer {
    let answers = try evaluate(
      inputs: request.inputs, width: request.width, count: request.count,
      outputWidth: request.outputWidth ?? settings.outputs, firstSample: request.firstSample,
      period: request.period, key: request.key)
    return BatchAnswer(
      outputs: answers.outputs, width: answers.width, absent: answers.skipped,
      reason: answers.failures.first.map { ProgramError.sampleFailed($0) })
  }

  /// Threads that hand blocks of samples to the workers: enough that no worker waits while a block
  /// is summed. A block has at least 16 samples.
  package var feedingThreads: Int { max(2, jobs / 16 + 1) }
}

extension Perturbed where Input == Tensor<Float>, Output == Tensor<Float> {
  /// Perturbs an external program.
  ///
  /// ```swift
  /// let program = try ExternalProgram("./simulate", jobs: 8)
  /// let smooth = try Perturbed(program, samples: 10_000, sigma: 0.1)
  /// ```
  ///
  /// The result does not depend on how many jobs there are. With
  /// ``ExternalProgram/FailurePolicy/skip`` values and gradients are means over the samples that have
  /// an answer; standard errors and other statistics refuse calls with skipped samples.
  ///
  /// - Parameters:
  ///   - program: What maps θ + σz to an output. It is given each number exactly.
  ///   - samples: The number N of evaluations.
  ///   - sigma: The scale σ of the noise, in units of the input.
  ///   - noise: The noise.
  ///   - baseline: What estimates of derivatives subtract from the outputs.
  ///   - sampling: How samples depend on one another.
  ///   - outputBudget: Bytes up to which outputs are kept for a pullback.
  /// - Throws: `PerturbationError` for parameters out of range and noise without a score. A call
  ///   throws ``ProgramError``.
  public init(
    _ program: ExternalProgram, samples: Int, sigma: Double, noise: Noise = .normal,
    baseline: Baseline = .none, sampling: Sampling = .independent,
    outputBudget: Int = defaultOutputBudget
  ) throws(PerturbationError) {
    try self.init(
      program,
      Smoothing(
        samples: samples, sigma: sigma, noise: noise, baseline: baseline, sampling: sampling,
        outputBudget: outputBudget))
  }

  /// Perturbs an external program; its jobs run at a time, whatever the threads of `smoothing` are.
  ///
  /// - Throws: `PerturbationError` for parameters out of range and noise without a score. A call
  ///   throws ``ProgramError``.
  public init(
    _ program: ExternalProgram, _ smoothing: Smoothing
  ) throws(PerturbationError) {
    var smoothing = smoothing
    smoothing.threads = program.feedingThreads
    try self.init(batchFunction: program, smoothing)
  }
}

extension Perturbed where Input == Tensor<Double>, Output == Tensor<Double> {
  /// Perturbs an external program in double precision.
  ///
  /// - Throws: `PerturbationError` for parameters out of range and noise without a score. A call
  ///   throws ``ProgramError``.
  @_disfavoredOverload
  public init(
    _ program: ExternalProgram, samples: Int, sigma: Double, noise: Noise = .normal,
    baseline: Baseline = .none, sampling: Sampling = .independent,
    outputBudget: Int = defaultOutputBudget
  ) throws(PerturbationError) {
    try self.init(
      program,
      Smoothing(
        samples: samples, sigma: sigma, noise: noise, baseline: baseline, sampling: sampling,
        outputBudget: outputBudget))
  }

  /// Perturbs an external program; its jobs run at a time, whatever the threads of `smoothing` are.
  ///
  /// - Throws: `PerturbationError` for parameters out of range and noise without a score. A call
  ///   throws ``ProgramError``.
  @_disfavoredOverload
  public init(
    _ program: ExternalProgram, _ smoothing: Smoothing
  ) throws(PerturbationError) {
    var smoothing = smoothing
    smoothing.threads = program.feedingThreads
    try self.init(batchFunction: program, smoothing)
  }
}
