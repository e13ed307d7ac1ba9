internal import Tensors

/// A function as the engine sees it: from blocks of perturbed inputs to blocks of outputs.
protocol BlockEvaluator<Scalar>: Sendable {
  associatedtype Scalar: TensorFloatingPoint

  /// The shapes and types of the output's leaves for one example, where they are known without
  /// calling the function.
  func knownOutput(for input: ExampleLayout) throws -> ExampleLayout?

  /// Whether the function runs outside of this process, where a call may cost much and have no answer.
  var runsOutside: Bool { get }

  /// In which form outputs are found and kept.
  func outputForm(_ sampler: Sampler<Scalar>) -> OutputForm

  /// The expectation of the output by formula, or nil where there is none.
  func expectation(under noise: Noise) -> (any ExactExpectation)?

  /// Whether the function takes about as long as its noise, so that the cost of a sample depends on how it
  /// is drawn.
  var isQuick: Bool { get }

  /// Memory for one thread.
  ///
  /// - Throws: Where the function's own memory cannot be made.
  func makeWorkspace(
    _ sampler: Sampler<Scalar>, samplesPerBlock: Int
  ) throws -> any BlockWorkspace<Scalar>
}

extension BlockEvaluator {
  var runsOutside: Bool { false }

  func outputForm(_ sampler: Sampler<Scalar>) -> OutputForm { .dense }
  func expectation(under noise: Noise) -> (any ExactExpectation)? { nil }
  var isQuick: Bool { false }
}

/// In which form the output of a sample is found and kept.
enum OutputForm {
  /// Numbers.
  case dense
  /// Zeros and ones: kept as bits.
  case bits
  /// One-hot at the first largest or smallest entry of the input, whose index is found while the noise
  /// is drawn.
  case index(ofLargest: Bool)
  /// One number: 1 where at least so many entries of the input are not negative, −1 elsewhere. Found
  /// while the noise is drawn where derivatives may follow.
  case vote(least: Int)

  var isIndex: Bool { if case .index = self { true } else { false } }
}

/// What one thread needs to evaluate a function.
protocol BlockWorkspace<Scalar>: AnyObject {
  associatedtype Scalar: TensorFloatingPoint

  /// Evaluates the function at the perturbed inputs of a range of samples of one row.
  ///
  /// - Parameters:
  ///   - row: The example of the batch.
  ///   - samples: At most as many as a block has.
  ///   - layout: The output's shapes; filled in by the first evaluation, checked by the others.
  ///   - context: Asked between evaluations that may take long.
  ///   - output: Gives the memory for [samples, output width], once the width is known.
  /// - Returns: The positions of samples that have no output, whose numbers are zeros.
  /// - Throws: `PerturbationError` for a function that fails or changes the shape of its output;
  ///   `CancellationError`.
  func evaluate(
    row: Int, samples: Range<Int>, layout: inout ExampleLayout?, _ context: EvaluationContext,
    output: (_ width: Int) -> UnsafeMutablePointer<Scalar>
  ) throws -> [Int]

  /// Evaluates the function at θ itself.
  func evaluateUnperturbed(
    row: Int, layout: inout ExampleLayout?, output: (_ width: Int) -> UnsafeMutablePointer<Scalar>
  ) throws
}

/// Runs a user's function for one sample; an error of its own comes out with the sample and its key.
func callingFunction<Result>(
  sample: Int, key: RandomKey, _ body: () throws -> Result
) throws -> Result {
  do {
    return try body()
  } catch let error as CancellationError {
    throw error
  } catch {
    throw PerturbationError.functionFailed(
      sample: sample, key: key.child(UInt64(Swift.max(sample, 0))), error: error)
  }
}
