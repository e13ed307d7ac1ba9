internal import Synchronization
public import Tensors

// Functions that work with something that is not `Sendable`: a simulator with buffers, a handle of a C
// library, a generator that is set back before each run.

extension Perturbed {
  /// Perturbs a plain function of a simulator that is not `Sendable`: each thread makes one of its own.
  ///
  /// ```swift
  /// let flow = try Perturbed(Smoothing(samples: 1000, sigma: 0.1)) {
  ///   Simulator(grid)                       // once for each thread
  /// } evaluating: { simulator, x in
  ///   simulator.run(x)                      // once for each sample
  /// }
  /// ```
  ///
  /// A simulator is used by one thread at a time, and stays for the derivatives of the call that it was
  /// made for. Which samples one simulator gets depends on the threads; for the same bits on any number of
  /// them its output must not depend on what it was used for before.
  ///
  /// - Parameters:
  ///   - smoothing: Samples, σ, noise and the rest.
  ///   - makeSimulator: Makes a simulator, on the thread that begins with it; called at most twice
  ///     for each thread, for each call of the function. What it throws, the call throws.
  ///   - function: From a simulator and the elements of θ + σz to an output of the same shape each time,
  ///     numbers or arrays (``PlainValue``).
  /// - Throws: ``PerturbationError`` for parameters out of range and noise without a score.
  public init<Simulator, Argument: PlainValue, Result: PlainValue>(
    _ smoothing: Smoothing,
    makingPerThread makeSimulator: @escaping @Sendable () throws -> Simulator,
    evaluating function: @escaping @Sendable (inout Simulator, Argument) throws -> Result
  ) throws(PerturbationError)
  where
    Input == Tensor<Argument.Scalar>, Output == Tensor<Argument.Scalar>,
    Result.Scalar == Argument.Scalar
  {
    try self.init(AnyFunction(ArrayEvaluator(making: makeSimulator, function)), smoothing)
  }

  /// Perturbs a plain function of a simulator that is not `Sendable` and of which there is only one: the
  /// threads take turns, so that it is called by one at a time.
  ///
  /// ```swift
  /// let simulator = Simulator(grid)    // given away: not used elsewhere after this
  /// let flow = try Perturbed(Smoothing(samples: 1000, sigma: 0.1), sharing: simulator) {
  ///   (simulator, x: [Float]) in simulator.run(x)
  /// }
  /// ```
  ///
  /// - Parameters:
  ///   - smoothing: Samples, σ, noise and the rest.
  ///   - simulator: The simulator, which belongs to the perturbed function from here on.
  ///   - function: From the simulator and the elements of θ + σz to an output of the same shape each
  ///     time, numbers or arrays (``PlainValue``); the same output whatever was simulated before.
  /// - Throws: ``PerturbationError`` for parameters out of range and noise without a score.
  public init<Simulator, Argument: PlainValue, Result: PlainValue>(
    _ smoothing: Smoothing, sharing simulator: sending Simulator,
    _ function: @escaping @Sendable (inout Simulator, Argument) throws -> Result
  ) throws(PerturbationError)
  where
    Input == Tensor<Argument.Scalar>, Output == Tensor<Argument.Scalar>,
    Result.Scalar == Argument.Scalar
  {
    let shared = Shared(simulator)
    try self.init(smoothing) { (x: Argument) in
      try shared.simulator.withLock { try function(&$0, x) }
    }
  }
}

private final class Shared<Simulator>: Sendable {
  let simulator: Mutex<Simulator>
  init(_ simulator: sending Simulator) { self.simulator = Mutex(simulator) }
}
