internal import Tensors

/// A function as the engine sees it: from blocks of perturbed inputs to blocks of outputs.
protocol BlockEvaluator<Scalar>: Sendable {
  associatedtype Scalar: TensorFloatingPoint

  /// The shapes and types of the output's leaves for one example, where they are known without
  /// calling the function.
  func knownOutput(for input: ExampleLayout) throws -> ExampleLayout?

  /// Whether outputs are one-hot and given by the index of their one.
  func isOneHot(_ sampler: Sampler<Scalar>) -> Bool

  /// The samples of the call that have no output, as evaluations find them; nil where there are
  /// none.
  var absent: AbsentSamples? { get }

  /// Memory for one thread.
  func makeWorkspace(_ sampler: Sampler<Scalar>, samplesPerBlock: Int) -> any BlockWorkspace<Scalar>
}

extension BlockEvaluator {
  func isOneHot(_ sampler: Sampler<Scalar>) -> Bool { false }

  var absent: AbsentSamples? { nil }
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
  ///   - output: Gives the memory for [samples, output width], once the width is known.
  /// - Throws: `PerturbationError` for a function that fails or changes the shape of its output.
  func evaluate(
    row: Int, samples: Range<Int>, layout: inout ExampleLayout?,
    output: (_ width: Int) -> UnsafeMutablePointer<Scalar>
  ) throws

  /// Whether outputs are one-hot: blocks are then evaluated by ``evaluateOneHot(row:samples:into:)``.
  var isOneHot: Bool { get }

  /// Writes the index of the one in each sample's output.
  func evaluateOneHot(row: Int, samples: Range<Int>, into index: UnsafeMutablePointer<Int32>) throws

  /// The same, and sums[w][k] += Σ s(zᵢₖ) over the samples i whose one is at w.
  ///
  /// - Parameters:
  ///   - row: The example of the batch.
  ///   - samples: At most as many as a block has.
  ///   - index: Where the index of each sample's one goes.
  ///   - sums: [width, width], for a width up to ``SampleReduction/mostWinners``.
  /// - Throws: Nothing that ``evaluateOneHot(row:samples:into:)`` does not.
  func evaluateOneHotScores(
    row: Int, samples: Range<Int>, into index: UnsafeMutablePointer<Int32>,
    sums: UnsafeMutablePointer<Double>
  ) throws

  /// Evaluates the function at θ itself.
  func evaluateUnperturbed(
    row: Int, layout: inout ExampleLayout?, output: (_ width: Int) -> UnsafeMutablePointer<Scalar>
  ) throws
}

extension BlockWorkspace {
  var isOneHot: Bool { false }

  func evaluateOneHot(
    row: Int, samples: Range<Int>, into index: UnsafeMutablePointer<Int32>
  ) throws {
    trap("Perturbed", "the outputs are not one-hot")
  }

  func evaluateOneHotScores(
    row: Int, samples: Range<Int>, into index: UnsafeMutablePointer<Int32>,
    sums: UnsafeMutablePointer<Double>
  ) throws {
    trap("Perturbed", "the outputs are not one-hot")
  }
}

/// The shapes and types of a tree's leaves for one example.
struct ExampleLayout: Sendable, Equatable, CustomStringConvertible {
  var shapes: [Shape]
  var types: [ElementType]

  /// Elements over all leaves.
  var width: Int { shapes.reduce(0) { $0 + $1.elementCount } }

  var description: String {
    shapes.count == 1
      ? "an output of shape \(shapes[0])"
      : "\(shapes.count) outputs of shapes \(shapes.map(\.description).joined(separator: ", "))"
  }

  /// Notes the layout of the first outputs and compares all others with it.
  static func check(
    _ layout: inout ExampleLayout?, _ found: ExampleLayout, sample: Int, key: RandomKey
  ) throws {
    if let expected = layout {
      guard expected == found else {
        throw PerturbationError.outputChangedShape(
          sample: sample, key: key.child(UInt64(Swift.max(sample, 0))),
          expected: expected.description, got: found.description)
      }
    } else {
      layout = found
    }
  }
}

/// Runs a user's function for one sample; an error of its own comes out with the sample and its key.
func callingFunction<Result>(
  sample: Int, key: RandomKey, _ body: () throws -> Result
) throws -> Result {
  do {
    return try body()
  } catch {
    throw PerturbationError.functionFailed(
      sample: sample, key: key.child(UInt64(Swift.max(sample, 0))), error: error)
  }
}
