public import Tensors

// What none of the other forms takes, so that the compiler says what is expected instead of which of
// them comes closest.

extension Perturbed where Input == Tensor<Float>, Output == Tensor<Float> {
  /// Takes no other functions.
  @available(
    *, unavailable,
    message: """
      a perturbed function takes and gives numbers of one type, Float or Double, arrays of them, or \
      trees of tensors; make an index or a truth value a number: Float(index), isLate ? 1 : 0
      """
  )
  @_disfavoredOverload
  public init<Argument, Result>(
    _ smoothing: Smoothing, sequential: Bool = false,
    _ function: @escaping @Sendable (Argument) throws -> Result
  ) { fatalError("unavailable") }

  /// Takes no other functions.
  @available(
    *, unavailable,
    message: """
      a perturbed function takes and gives numbers of one type, Float or Double, arrays of them, or \
      trees of tensors; make an index or a truth value a number: Float(index), isLate ? 1 : 0
      """
  )
  @_disfavoredOverload
  public init<Argument, Result>(
    samples: Int, sigma: Double, noise: Noise = .normal, baseline: Baseline = .none,
    sampling: Sampling = .independent, sequential: Bool = false, threads: Int? = nil,
    outputBudget: Int = defaultOutputBudget,
    _ function: @escaping @Sendable (Argument) throws -> Result
  ) { fatalError("unavailable") }

  /// Takes no other functions.
  @available(
    *, unavailable,
    message: """
      a perturbed function takes and gives numbers of one type, Float or Double, arrays of them, or \
      trees of tensors; make an index or a truth value a number: Float(index), isLate ? 1 : 0
      """
  )
  @_disfavoredOverload
  public init<Argument, Result>(
    _ function: @escaping @Sendable (Argument) throws -> Result, samples: Int, sigma: Double,
    noise: Noise = .normal, baseline: Baseline = .none, sampling: Sampling = .independent,
    sequential: Bool = false, threads: Int? = nil, outputBudget: Int = defaultOutputBudget
  ) { fatalError("unavailable") }
}
