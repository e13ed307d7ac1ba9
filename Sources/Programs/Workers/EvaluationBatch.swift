internal import Dispatch
internal import Perturbations
internal import Synchronization

/// Evaluations that somebody waits for: inputs written out, and room for the answers.
///
/// The thread that asks fills in the inputs and waits; from then on only the pump touches the
/// batch, until it is done.
final class EvaluationBatch: @unchecked Sendable {
  /// The samples of the inputs of a request, of which a batch is the part from `offset` on.
  struct Samples {
    let first: Int
    let offset: Int
    /// After how many inputs the samples begin again.
    let period: Int?
  }

  /// All inputs, one after the other.
  let inputs: [Double]
  let width: Int
  let count: Int
  /// The lines of the inputs and where each ends; empty where programs take arguments.
  let lines: [UInt8]
  let lineEnds: [Int]
  /// The number of entries of an answer, or nil for a batch of one whose answer is to tell.
  let outputWidth: Int?
  /// Which samples the inputs are of, and the key of the call.
  let samples: Samples?
  let key: RandomKey?

  /// The answers: [count, output width].
  var outputs: [Double]
  /// The inputs without an answer, in their order once the batch is done.
  var skipped: [Int] = []
  var failures: [SampleFailure] = []
  /// How often inputs have failed that did.
  var failedAttempts: [Int: Int] = [:]
  /// Inputs among which one had no answer, and which are therefore asked alone.
  var suspects: Set<Int> = []
  private(set) var remaining: Int
  private(set) var error: ProgramError?
  private let done = DispatchSemaphore(value: 0)

  init(
    inputs: [Double], width: Int, count: Int, outputWidth: Int?, samples: Samples?,
    key: RandomKey?, asLines: Bool
  ) {
    self.inputs = inputs
    self.width = width
    self.count = count
    self.outputWidth = outputWidth
    self.samples = samples
    self.key = key
    var lines: [UInt8] = []
    var ends: [Int] = []
    if asLines {
      lines.reserveCapacity(inputs.count * 20 + count * 3)
      ends.reserveCapacity(count)
      for row in 0..<count {
        NumberLine.append(inputs[row * width..<(row + 1) * width], to: &lines)
        ends.append(lines.count)
      }
    }
    self.lines = lines
    lineEnds = ends
    outputs = [Double](repeating: 0, count: (outputWidth ?? 0) * count)
    remaining = count
  }

  func input(_ index: Int) -> [Double] { Array(inputs[index * width..<(index + 1) * width]) }

  func line(_ index: Int) -> Range<Int> { (index == 0 ? 0 : lineEnds[index - 1])..<lineEnds[index] }

  /// The sample's index in the call; -1 for none.
  func sample(_ index: Int) -> Int {
    guard let samples else { return -1 }
    let position = samples.offset + index
    return samples.first + (samples.period.map { position % $0 } ?? position)
  }

  var isDone: Bool { remaining == 0 || error != nil }

  /// One input is settled.
  func settle() {
    guard !isDone else { return }
    remaining -= 1
    if remaining == 0 {
      skipped.sort()
      done.signal()
    }
  }

  /// Nothing further will be evaluated.
  func fail(_ error: ProgramError) {
    guard !isDone else { return }
    self.error = error
    done.signal()
  }

  func wait() throws(ProgramError) {
    done.wait()
    if let error { throw error }
  }
}
