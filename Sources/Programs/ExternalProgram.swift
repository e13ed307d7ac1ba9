internal import Dispatch
internal import Perturbations
internal import Platform
internal import Synchronization

/// Any executable that reads numbers and prints numbers, as a function.
///
/// ```swift
/// let simulator = try ExternalProgram("./simulate", arguments: ["--seed", "1"], jobs: 4)
/// let smooth = try Perturbed(simulator, samples: 10_000, sigma: 0.1)
/// let (value, slope) = try valueAndGradient(at: theta) { try smooth($0, key: key).sum() }
/// ```
///
/// A program is run in one of two ways:
///
/// - *long-lived*: it reads one JSON array of numbers per line from its standard input and prints
///   one array, or one number, per line, in order, and goes on until its input ends. It must write
///   each answer out at once (`flush`). Where questions are `numbered`, each line is an object:
///   `{"id": 7, "x": [0.5, -2]}` is answered by `{"id": 7, "y": [1.25]}`.
/// - *one-shot*, where its arguments hold a placeholder: `{}` stands for all numbers, `{0}` for the
///   first, `{file}` for a file that holds them. It is started for each evaluation, and the last line
///   that it prints is the answer.
///
/// `jobs` workers run at a time, each a process of its own in a process group of its own. They are
/// started when they are needed and ended when the last copy of the value goes, when the process
/// exits, or by ``stop()``. Results do not depend on how many there are.
///
/// A worker that crashes, takes longer than `timeout`, or prints anything but the right count of
/// finite numbers is ended and replaced, and the evaluation is tried again, `retries` times. Answers
/// without numbers belong to questions by their order alone: where one is missing at the time limit,
/// all that it may have shifted are asked again, and a line too many is an error, if need be that of
/// ``finish()``.
public struct ExternalProgram: Sendable {
  /// What becomes of a sample whose evaluation has failed for the last time.
  public enum FailurePolicy: String, Sendable, CaseIterable {
    /// The call throws ``ProgramError/sampleFailed(_:)``.
    case stop
    /// The estimate is made without the sample.
    ///
    /// That is the mean over those inputs at which the program works: where failures are more
    /// frequent for some inputs than for others, an estimate is biased towards the others, by up to
    /// the fraction of skipped samples times the difference of the two means.
    case skip
  }

  let settings: ProgramSettings
  private let workers: Workers

  /// Ends the workers with the last copy of the program.
  private final class Workers: Sendable {
    let pump: WorkerPump
    init(_ settings: ProgramSettings) { pump = WorkerPump(settings) }
    deinit { pump.close() }
  }

  /// A program.
  ///
  /// - Parameters:
  ///   - executable: A path where it has a slash, otherwise the name of a program in `PATH`.
  ///   - arguments: Its arguments; a placeholder in them makes it one-shot.
  ///   - jobs: How many processes work at a time; nil for one per processor.
  ///   - timeout: How long one evaluation may take; nil for as long as it takes. The first one of a
  ///     process counts from its start.
  ///   - retries: How often an evaluation that failed is tried again.
  ///   - onFailure: What becomes of a sample whose evaluation has failed for the last time.
  ///   - outputs: How many numbers an answer has; nil for as many as that of the first sample.
  ///   - numbered: Whether questions and answers carry their numbers, so that no answer can be taken
  ///     for that of another question; they may then come in any order.
  /// - Throws: ``ProgramError/invalidParameter(name:value:expected:)``. Whether the program can be
  ///   started shows at its first evaluation.
  public init(
    _ executable: String, arguments: [String] = [], jobs: Int? = nil, timeout: Duration? = nil,
    retries: Int = 2, onFailure: FailurePolicy = .stop, outputs: Int? = nil,
    numbered: Bool = false
  ) throws(ProgramError) {
    let settings = ProgramSettings(
      executable: executable, arguments: arguments, jobs: jobs ?? Processors.count,
      timeout: timeout, retries: retries, onFailure: onFailure, outputs: outputs,
      isOneShot: ArgumentPlaceholders.areIn(arguments), isNumbered: numbered)
    try settings.validate()
    self.settings = settings
    workers = Workers(settings)
  }

  /// The path or the name of the program.
  public var executable: String { settings.executable }
  /// The program's arguments.
  public var arguments: [String] { settings.arguments }
  /// How many processes work at a time.
  public var jobs: Int { settings.jobs }
  /// How long one evaluation may take.
  public var timeout: Duration? { settings.timeout }
  /// How often an evaluation that failed is tried again.
  public var retries: Int { settings.retries }
  /// What becomes of a sample whose evaluation has failed for the last time.
  public var onFailure: FailurePolicy { settings.onFailure }
  /// Whether a process is started for each evaluation.
  public var isOneShot: Bool { settings.isOneShot }
  /// Whether questions and answers carry their numbers.
  public var isNumbered: Bool { settings.isNumbered }
  /// What the workers have done so far.
  public var statistics: ProgramStatistics { workers.pump.statistics }

  /// Has somebody told what happens while answers are waited for; takes effect with the next call.
  package func observe(_ observer: ProgramObserver) { workers.pump.observe(observer) }

  /// The program's answer to one input.
  ///
  /// - Throws: ``ProgramError``; a failed evaluation is an error under either policy.
  public func callAsFunction(_ input: [Double]) throws(ProgramError) -> [Double] {
    let answers = try evaluate(
      inputs: input, width: input.count, count: 1, outputWidth: settings.outputs)
    if let failure = answers.failures.first { throw .sampleFailed(failure) }
    return answers.outputs
  }

  /// The program's answers to many inputs.
  ///
  /// - Parameter inputs: Arrays of one length.
  /// - Returns: An answer for each input, all of one length; nil for one that was skipped.
  /// - Throws: ``ProgramError``.
  public func evaluate(_ inputs: [[Double]]) throws(ProgramError) -> [[Double]?] {
    let width = inputs.first?.count ?? 0
    if let other = inputs.first(where: { $0.count != width }) {
      throw .invalidParameter(
        name: "an input", value: "\(other.count) numbers", expected: "\(width) as the first has")
    }
    let answers = try evaluate(
      inputs: inputs.flatMap(\.self), width: width, count: inputs.count,
      outputWidth: settings.outputs)
    let skipped = Set(answers.skipped)
    return (0..<inputs.count).map { index in
      if skipped.contains(index) { return nil }
      return Array(answers.outputs[index * answers.width..<(index + 1) * answers.width])
    }
  }

  /// Ends all workers and waits until they are gone. Evaluations under way and all later ones throw
  /// ``ProgramError/stopped``.
  public func stop() {
    let done = DispatchSemaphore(value: 0)
    workers.pump.close { done.signal() }
    done.wait()
  }

  /// Lets all workers come to the end of their input, waits until they are gone, and tells whether any
  /// has printed a line too many: answers may then have been taken for those of other questions, and
  /// nothing that was computed with the program is to be trusted.
  ///
  /// To be called after the last evaluation. Workers that take longer than a second are ended. Later
  /// evaluations throw ``ProgramError/stopped``.
  ///
  /// - Throws: ``ProgramError/sampleFailed(_:)`` with the cause `unaskedOutput`.
  public func finish() throws(ProgramError) {
    let done = DispatchSemaphore(value: 0)
    workers.pump.close(patience: .seconds(1)) { done.signal() }
    done.wait()
    if let fault = workers.pump.finalFault { throw .sampleFailed(fault) }
  }

  // MARK: Batches

  /// The answers of a batch.
  struct Answers {
    var outputs: [Double]
    var width: Int
    /// Positions of inputs without an answer, whose outputs are zeros.
    var skipped: [Int] = []
    var failures: [SampleFailure] = []
  }

  /// Evaluates a batch of [count, width] inputs. Where `outputWidth` is nil, an answer has as many
  /// entries as the first. The first input is that of `firstSample` (-1 for none), after `period`
  /// inputs the samples begin again; both and the key are for messages.
  func evaluate(
    inputs: [Double], width: Int, count: Int, outputWidth: Int?, firstSample: Int = -1,
    period: Int? = nil, key: RandomKey? = nil
  ) throws(ProgramError) -> Answers {
    if let greatest = ArgumentPlaceholders.greatestIndex(in: settings.arguments), greatest >= width
    {
      throw .invalidParameter(
        name: "the placeholder {\(greatest)}", value: "out of range",
        expected: "an index below \(width), the count of numbers")
    }
    var answers = Answers(outputs: [], width: outputWidth ?? 0)
    var start = 0
    // The first answer tells how long all others are to be.
    var known = outputWidth
    while known == nil, start < count {
      let batch = batch(inputs, width, start..<start + 1, nil, firstSample, period, key)
      try workers.pump.run(batch)
      if batch.skipped.isEmpty {
        known = batch.outputs.count
        answers.width = batch.outputs.count
        answers.outputs =
          [Double](repeating: 0, count: start * batch.outputs.count) + batch.outputs
      } else {
        answers.skipped.append(start)
        answers.failures += batch.failures
      }
      start += 1
    }
    guard let known, start < count else { return answers }
    let rest = batch(inputs, width, start..<count, known, firstSample, period, key)
    try workers.pump.run(rest)
    if start == 0 { answers.outputs = rest.outputs } else { answers.outputs += rest.outputs }
    answers.skipped += rest.skipped.map { $0 + start }
    answers.failures += rest.failures
    return answers
  }

  private func batch(
    _ inputs: [Double], _ width: Int, _ range: Range<Int>, _ outputWidth: Int?, _ firstSample: Int,
    _ period: Int?, _ key: RandomKey?
  ) -> EvaluationBatch {
    let isWhole = range.lowerBound == 0 && range.count * width == inputs.count
    return EvaluationBatch(
      inputs: isWhole
        ? inputs : Array(inputs[range.lowerBound * width..<range.upperBound * width]),
      width: width, count: range.count, outputWidth: outputWidth,
      samples: firstSample < 0
        ? nil : .init(first: firstSample, offset: range.lowerBound, period: period), key: key,
      asLines: !settings.isOneShot)
  }
}

extension ExternalProgram: CustomStringConvertible {
  /// The program with its arguments, as one types it.
  public var description: String { settings.text }
}
