// Where a thread of its own can be started.
#if canImport(Darwin) || canImport(Glibc) || canImport(Musl)
  internal import Platform
  public import Tensors

  /// A perturbed function whose function is `async`: an actor, a client of a service, anything that is
  /// awaited.
  ///
  /// ```swift
  /// let service = Simulation(address)         // an actor
  /// let soft = try AsyncPerturbed(Smoothing(samples: 1000, sigma: 0.1), concurrency: 32) {
  ///   (x: [Float]) in try await service.run(x)
  /// }
  /// let value = try await soft(theta, key: key)
  /// let grads = try await soft.withPerturbed { soft in
  ///   try gradient(at: theta) { try soft($0, key: key).norm() }
  /// }
  /// ```
  ///
  /// A gradient is computed by a function that awaits nothing. So ``withPerturbed(_:)`` runs its closure on
  /// a thread of its own, on which the perturbed function is an ordinary ``Perturbed``: value, derivatives
  /// of any kind, standard errors and the rest work as they do elsewhere. When a block of samples is to be
  /// evaluated that thread waits, and the task that called awaits the function for each of them.
  /// No thread of the shared pool is blocked.
  ///
  /// The numbers are the same for any concurrency and for any order in which evaluations end. Memory is
  /// that of a perturbed function: of one block of inputs and outputs at a time, whatever the number of
  /// samples.
  public struct AsyncPerturbed<Scalar: TensorFloatingPoint>: Sendable {
    /// How the function is smoothed.
    public let smoothing: Smoothing
    /// How many evaluations may be under way at a time.
    public let concurrency: Int
    private let makePerturbed:
      @Sendable (AsyncQuestions) throws(PerturbationError) -> Perturbed<
        Tensor<Scalar>, Tensor<Scalar>
      >

    /// Perturbs an `async` function of numbers or arrays (``PlainValue``).
    ///
    /// - Parameters:
    ///   - smoothing: Samples, σ, noise and the rest; `threads` has no meaning here.
    ///   - concurrency: How many evaluations may be under way at a time, those of one block of samples:
    ///     4,096 of them, or fewer (at least 4) for inputs or outputs of more than 8 numbers.
    ///   - function: From the elements of θ + σz to an output of the same shape each time. Called exactly
    ///     as often as a perturbed function is, in child tasks of the task that calls.
    /// - Throws: ``PerturbationError`` for parameters out of range and noise without a score.
    public init<Argument: PlainValue, Result: PlainValue>(
      _ smoothing: Smoothing, concurrency: Int = 16,
      _ function: @escaping @Sendable (Argument) async throws -> Result
    ) throws(PerturbationError) where Argument.Scalar == Scalar, Result.Scalar == Scalar {
      guard concurrency >= 1 else {
        throw .invalidParameter(
          name: "concurrency", value: "\(concurrency)", expected: "at least 1")
      }
      self.smoothing = smoothing
      self.concurrency = concurrency
      var own = smoothing
      // The thread that asks is the only one; others would be taken from the pool that is to answer.
      own.threads = 1
      let ownSmoothing = own
      makePerturbed = { questions throws(PerturbationError) in
        try Perturbed(
          AnyFunction(
            AsyncEvaluator(function: function, concurrency: concurrency, questions: questions)),
          ownSmoothing)
      }
      // Reports parameters out of range.
      _ = try makePerturbed(AsyncQuestions())
    }

    /// The mean of the function's outputs at the perturbed inputs.
    ///
    /// - Parameters:
    ///   - input: θ.
    ///   - key: The key of the noise; by default the next of `RandomKey.withDefault`.
    ///   - batched: Whether θ has a batch axis in front; the output has it then too.
    /// - Returns: The mean.
    /// - Throws: ``PerturbationError``, with the sample and its key where the function fails;
    ///   `CancellationError` where the task is cancelled or the function throws one.
    public func callAsFunction(
      _ input: Tensor<Scalar>, key: RandomKey? = nil, batched: Bool = false
    ) async throws -> Tensor<Scalar> {
      let key = try RandomKey.resolve(key)
      return try await withPerturbed { try $0(input, key: key, batched: batched) }
    }

    /// Runs a closure for which the function is an ordinary perturbed one.
    ///
    /// - Parameter body: Runs on a thread of its own, with the default keys of the caller. What it is given
    ///   is of use inside it only. When the calling task is cancelled the next evaluation throws
    ///   `CancellationError`.
    /// - Returns: What the closure returns.
    /// - Throws: What the closure throws: ``PerturbationError``, with the sample and its key where the
    ///   function fails; `CancellationError` where the task is cancelled or the function throws one.
    public func withPerturbed<Result: Sendable>(
      _ body: @escaping @Sendable (Perturbed<Tensor<Scalar>, Tensor<Scalar>>) throws -> Result
    ) async throws -> Result {
      let questions = AsyncQuestions()
      let perturbed = try makePerturbed(questions)
      let outcome = AsyncOutcome<Result>()
      let defaults = RandomKey.Defaults()
      let hasStarted = Thread.start {
        outcome.set(Swift.Result { try defaults.use { try body(perturbed) } })
        questions.finish()
      }
      guard hasStarted else {
        throw PerturbationError.invalidParameter(
          name: "the number of threads", value: "that of this process",
          expected: "room for one more, which asks for evaluations")
      }
      while let question = await questions.next() { await question.answer() }
      return try outcome.get()
    }
  }
#endif
