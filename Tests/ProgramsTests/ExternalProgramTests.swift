import Foundation
import Perturbations
import Programs
import Testing

@Suite(.enabled(if: CompiledProgram.compiler != nil, "needs a C compiler"))
struct ExternalProgramTests {
  private func worker(
    _ mode: String..., jobs: Int = 2, timeout: Duration? = nil, retries: Int = 0,
    onFailure: ExternalProgram.FailurePolicy = .stop, numbered: Bool = false
  ) throws -> ExternalProgram {
    try ExternalProgram(
      CompiledProgram.worker, arguments: mode, jobs: jobs, timeout: timeout, retries: retries,
      onFailure: onFailure, numbered: numbered)
  }

  @Test func numbersArriveExactly() throws {
    let program = try worker("echo")
    let values: [Double] = [
      0, -0.0, 1, -1, 0.1, 1.0 / 3, 1e300, -1e-300, .leastNonzeroMagnitude, .pi, 1e15,
      123_456_789_012_345_680, 1e22, 1e23, 9_007_199_254_740_994, 1e16 - 2, Double(Float(0.1)),
      4.35, 2.2250738585072014e-308,
      .greatestFiniteMagnitude,
    ]
    let answer = try program(values)
    #expect(answer.map(\.bitPattern) == values.map(\.bitPattern))
  }

  @Test(arguments: [1, 2, 5])
  func answersAreInOrder(jobs: Int) throws {
    let program = try worker("uneven", jobs: jobs)
    let inputs = (0..<500).map { [Double($0 % 7) * 0.1, Double($0)] }
    let answers = try program.evaluate(inputs)
    #expect(answers == inputs.map { [$0[0] + $0[1]] })
    #expect(program.statistics.evaluations == 500)
    #expect(program.statistics.starts <= jobs)
    #expect(program.statistics.failures == 0)
  }

  /// Quick evaluations need few processes, and few evaluations need no more than there are.
  @Test func processesAreStartedAsTheyAreNeeded() throws {
    let few = try worker("sum", jobs: 1024)
    #expect(try few.evaluate([[1], [2], [3]]) == [[1], [2], [3]])
    #expect(few.statistics.starts <= 3)
    let many = try worker("sum", jobs: 1024)
    let inputs = (0..<20_000).map { [Double($0)] }
    #expect(try many.evaluate(inputs) == inputs)
    #expect(many.statistics.starts < 512)
  }

  @Test func severalThreadsShareTheWorkers() async throws {
    let program = try worker("sum", jobs: 3)
    try await withThrowingTaskGroup(of: Bool.self) { group in
      for task in 0..<4 {
        group.addTask {
          let inputs = (0..<2000).map { [Double($0), Double(task)] }
          return try program.evaluate(inputs) == inputs.map { [$0[0] + $0[1]] }
        }
      }
      for try await isRight in group { #expect(isRight) }
    }
  }

  /// Those who wait for answers block their threads. More of them than there are processors block the
  /// whole shared pool; workers start, answer, fail and are replaced all the same.
  @Test
  func evaluationsMayBlockEveryCooperativeThread() async throws {
    let count = 4 * ProcessInfo.processInfo.activeProcessorCount + 4
    try await withThrowingTaskGroup(of: Bool.self) { group in
      for task in 0..<count {
        group.addTask {
          let steady = try worker("sum", jobs: 2)
          let inputs = (0..<200).map { [Double($0), Double(task)] }
          let crashing = try worker("crash", jobs: 2, retries: 1, onFailure: .skip)
          let some = (0..<6).map { [$0 % 3 == 2 ? 0.9 : 0.25] }
          let oneShot = try ExternalProgram(
            "sh", arguments: ["-c", "echo $1", "-", "{0}"], jobs: 2)
          let isRight =
            try steady.evaluate(inputs) == inputs.map { [$0[0] + $0[1]] }
            && crashing.evaluate(some) == some.map { $0 == [0.9] ? nil : $0 }
            && oneShot.evaluate([[Double(task)], [2]]) == [[Double(task)], [2]]
          for program in [steady, crashing, oneShot] { program.stop() }
          return isRight
        }
      }
      var finished = 0
      for try await isRight in group {
        #expect(isRight)
        finished += 1
      }
      #expect(finished == count)
    }
  }

  /// The same from the threads of estimators.
  @Test
  func estimatorsMayBlockEveryCooperativeThread() async throws {
    let count = 4 * ProcessInfo.processInfo.activeProcessorCount + 4
    let program = try worker("sum", jobs: 3)
    let smooth = try Perturbed<Tensor<Double>, Tensor<Double>>(program, samples: 200, sigma: 0.5)
    let expected = try smooth([0.5, 1], key: RandomKey(3)).scalars
    try await withThrowingTaskGroup(of: [Double].self) { group in
      for _ in 0..<count {
        group.addTask { try smooth([0.5, 1], key: RandomKey(3)).scalars }
      }
      for try await value in group { #expect(value == expected) }
    }
  }

  @Test func longLinesFillNoPipe() throws {
    let program = try worker("echo", jobs: 1)
    // 60,000 numbers make a megabyte, many times what a pipe holds.
    let inputs = (0..<6).map { row in (0..<60_000).map { 0.1 + Double($0 * row) } }
    #expect(try program.evaluate(inputs) == inputs)
  }

  @Test func oneShotProgramsTakeArguments() throws {
    let sum = try ExternalProgram(
      "sh", arguments: ["-c", "echo noise; echo $(($1 + $2))", "-", "{}"])
    #expect(sum.isOneShot)
    #expect(try sum([2, 40]) == [42])
    #expect(try sum.evaluate([[1, 2], [3, 4], [5, 6]]) == [[3], [7], [11]])
    let second = try ExternalProgram("sh", arguments: ["-c", "echo $0 ' '", "{1}"])
    #expect(try second([1.5, 2.5]) == [2.5])
    let joined = try ExternalProgram("sh", arguments: ["-c", "echo [$0]; echo; echo", "{}"])
    #expect(try joined([1, 2.5]) == [1])
    let comma = try ExternalProgram("sh", arguments: ["-c", "printf '[%s]' ${0#--x=}", "--x={}"])
    #expect(try comma([1, -2.5]) == [1, -2.5])
  }

  @Test func oneShotProgramsReadAFile() throws {
    let path = CompiledProgram.newPath("seen")
    let program = try ExternalProgram(
      "sh", arguments: ["-c", "echo $0 > \(path); cat $0", "{file}"], jobs: 1)
    #expect(try program([0.1, 2, -3]) == [0.1, 2, -3])
    let file = try String(contentsOfFile: path, encoding: .utf8)
      .trimmingCharacters(in: .whitespacesAndNewlines)
    #expect(!FileManager.default.fileExists(atPath: file))
  }

  @Test func aPlaceholderPastTheInputIsRefused() throws {
    let program = try ExternalProgram("echo", arguments: ["{3}"])
    #expect(throws: ProgramError.self) { try program([1, 2]) }
  }

  @Test func whatCannotBeStartedIsSaid() throws {
    let program = try ExternalProgram("/nowhere/at/all")
    let error = #expect(throws: ProgramError.self) { try program([1]) }
    #expect("\(try #require(error))".hasPrefix("cannot start '/nowhere/at/all': "))
  }

  @Test func parametersAreChecked() {
    #expect(throws: ProgramError.self) { try ExternalProgram("") }
    #expect(throws: ProgramError.self) { try ExternalProgram("x", jobs: 0) }
    #expect(throws: ProgramError.self) { try ExternalProgram("x", timeout: .zero) }
    #expect(throws: ProgramError.self) { try ExternalProgram("x", retries: -1) }
    #expect(throws: ProgramError.self) { try ExternalProgram("x", outputs: 0) }
  }

  // MARK: Failures

  private func failure(
    _ program: ExternalProgram,
    _ inputs: [[Double]] = [[0.1, 0], [0.2, 0], [0.9, 0.25], [0.3, 0]]
  ) throws -> SampleFailure {
    let error = #expect(throws: ProgramError.self) { try program.evaluate(inputs) }
    guard case .sampleFailed(let failure) = try #require(error) else {
      throw try #require(error)
    }
    #expect(!failure.description.contains("\n"))
    return failure
  }

  @Test func aCrashIsNamed() throws {
    let failure = try failure(worker("crash", retries: 2))
    #expect(failure.cause == .crashed(signal: 11))
    #expect(failure.input == [0.9, 0.25])
    #expect(failure.attempts == 3)
    #expect(failure.errorLines == ["first line", "about to crash"])
    #expect(failure.description.contains("on input [0.9, 0.25]"))
    #expect(failure.description.contains("about to crash"))
  }

  @Test func anExitIsNamed() throws {
    #expect(try failure(worker("exit")).cause == .exited(code: 3))
  }

  @Test func aHangEnds() throws {
    let failure = try failure(worker("hang", timeout: .seconds(1)))
    #expect(failure.cause == .timedOut(seconds: 1))
    #expect(failure.input == [0.9, 0.25])
  }

  @Test func garbageIsNamed() throws {
    #expect(try failure(worker("garbage")).cause == .garbage("hello, world"))
  }

  @Test func theWrongCountIsNamed() throws {
    #expect(try failure(worker("count")).cause == .wrongCount(got: 2, expected: 1))
  }

  @Test func whatIsNotFiniteIsNamed() throws {
    #expect(try failure(worker("nan")).cause == .notFinite("nan"))
  }

  @Test func aClosedOutputIsNamed() throws {
    #expect(try failure(worker("close-output", jobs: 1)).cause == .closedOutput)
  }

  @Test func aClosedInputIsNamed() throws {
    // More than the pipe holds, so that the writer notices.
    let inputs = [[0.9]] + (0..<4).map { _ in (0..<40_000).map { 0.1 * Double($0) } }
    let program = try worker("close-input", jobs: 1)
    let error = #expect(throws: ProgramError.self) {
      try program.evaluate([inputs[0] + inputs[1]] + inputs[1...].map { [0.1] + $0 })
    }
    guard case .sampleFailed(let failure) = try #require(error) else { return }
    #expect(failure.cause == .closedInput)
    #expect(failure.input.first == 0.9)
  }

  /// Both lines come at once: the first does not count either.
  @Test func outputNobodyAskedForIsNamed() throws {
    let failure = try failure(worker("twice", jobs: 1), [[0.9]])
    #expect(failure.cause == .unaskedOutput("[2]"))
    #expect(failure.description.hasSuffix("printed '[2]' without having been asked"))
  }

  /// The second line comes when the answer has been taken: whoever finishes hears of it.
  @Test func aLineTooManyIsNoticedAtTheEnd() throws {
    let program = try worker("twice-late", jobs: 2)
    #expect(try program([0.9]) == [1])
    let error = #expect(throws: ProgramError.self) { try program.finish() }
    guard case .sampleFailed(let failure) = try #require(error) else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(failure.cause == .unaskedOutput("[2]"))
  }

  /// One worker prints its line too many while another one still computes for the same call.
  @Test func aLineTooManyFailsTheCallsUnderWay() throws {
    let failure = try failure(worker("twice-late", jobs: 2), [[0.1], [0.9], [0.4]])
    #expect(failure.cause == .unaskedOutput("[2]"))
  }

  @Test func shiftedAnswersAreNoticedAtTheEnd() throws {
    let program = try worker("twice-late", jobs: 1)
    // The second answer is the first's second line, unless it came too late for that.
    do throws(ProgramError) {
      _ = try program.evaluate([[0.9], [0.1], [0.2], [0.3]])
    } catch {
      guard case .sampleFailed(let failure) = error else { throw error }
      guard case .unaskedOutput = failure.cause else { throw error }
      return
    }
    #expect(throws: ProgramError.self) { try program.finish() }
  }

  @Test func whatIsWellFinishesWithoutAnError() throws {
    for program in [try worker("sum"), try worker("numbered", numbered: true)] {
      #expect(try program.evaluate([[1], [2], [3]]) == [[1], [2], [3]])
      try program.finish()
      #expect(program.statistics.failures == 0)
      guard case .stopped? = #expect(throws: ProgramError.self, performing: { try program([1]) })
      else {
        Issue.record("evaluated after the end")
        return
      }
      try program.finish()
    }
    let unused = try worker("sum")
    try unused.finish()
  }

  // MARK: Answers that are not whole, or missing

  /// Different numbers, with 0.9 at some places.
  private func inputs(_ count: Int, bad: Set<Int>) -> [[Double]] {
    (0..<count).map { bad.contains($0) ? [0.9] : [0.001 * Double($0)] }
  }

  /// "1" is the beginning of 103.2, not an answer.
  @Test(arguments: [
    ("cut", SampleFailure.Cause.crashed(signal: 9)), ("cut-exit", .exited(code: 3)),
  ])
  func aPartOfALineIsNoAnswer(mode: String, cause: SampleFailure.Cause) throws {
    #expect(try failure(worker(mode)).cause == cause)
    let program = try worker(mode, onFailure: .skip)
    #expect(try program.evaluate([[0.1], [0.9], [0.2]]) == [[0.1], nil, [0.2]])
  }

  /// Without numbers, only the time limit tells that a question had no answer, and all later answers
  /// were those of other questions.
  @Test(arguments: [1, 2])
  func aMissingAnswerShiftsNoOther(jobs: Int) throws {
    let program = try worker(
      "silent", jobs: jobs, timeout: .seconds(1), onFailure: .skip)
    let inputs = inputs(60, bad: [17, 40])
    #expect(try program.evaluate(inputs) == inputs.map { $0 == [0.9] ? nil : $0 })
    #expect(program.statistics.skipped == 2)
    #expect(program.statistics.evaluations == 58)
  }

  /// Batches of several threads go to the same worker; none is done before its answers are certain.
  @Test func aMissingAnswerShiftsNoOtherThreads() async throws {
    let program = try worker("silent", jobs: 1, timeout: .seconds(1), onFailure: .skip)
    try await withThrowingTaskGroup(of: Bool.self) { group in
      for task in 0..<4 {
        group.addTask {
          let inputs = inputs(40, bad: task == 2 ? [11] : [])
          return try program.evaluate(inputs) == inputs.map { $0 == [0.9] ? nil : $0 }
        }
      }
      for try await isRight in group { #expect(isRight) }
    }
  }

  // MARK: Numbered questions

  @Test(arguments: [1, 3])
  func numberedAnswersBelongToTheirQuestions(jobs: Int) throws {
    let program = try worker("numbered", "later", jobs: jobs, numbered: true)
    #expect(program.isNumbered)
    let inputs = (0..<500).map { (index: Int) -> [Double] in
      [index % 3 == 1 ? 0.6 : 0.1, Double(index)]
    }
    #expect(try program.evaluate(inputs) == inputs.map { [$0[0] + $0[1]] })
    #expect(program.statistics.failures == 0)
  }

  /// The missing one is known: nothing else is asked again.
  @Test func aMissingNumberIsKnown() throws {
    let program = try worker(
      "numbered", "silent", jobs: 1, timeout: .seconds(1), onFailure: .skip, numbered: true)
    let inputs = inputs(60, bad: [17])
    #expect(try program.evaluate(inputs) == inputs.map { $0 == [0.9] ? nil : $0 })
    #expect(program.statistics.failures == 1)
  }

  @Test func aNumberTwiceIsNoAnswer() throws {
    let program = try worker("numbered", "twice", jobs: 1, numbered: true)
    var error: ProgramError?
    do throws(ProgramError) {
      _ = try program.evaluate([[0.9], [0.1], [0.2]])
      try program.finish()
    } catch let thrown { error = thrown }
    guard case .sampleFailed(let failure) = try #require(error) else { return }
    guard case .unaskedOutput = failure.cause else {
      Issue.record("\(failure)")
      return
    }
  }

  @Test func aNumberedAnswerIsNumbers() throws {
    let failure = try failure(worker("numbered", "text", numbered: true))
    #expect(failure.input == [0.9, 0.25])
    guard case .garbage = failure.cause else {
      Issue.record("\(failure)")
      return
    }
    // One that does not know of numbers.
    let other = try self.failure(worker("sum", numbered: true), [[0.25]])
    #expect(other.cause == .garbage("[0.25]"))
    #expect(throws: ProgramError.self) {
      try ExternalProgram("echo", arguments: ["{}"], numbered: true)
    }
  }

  @Test func aFloodOfErrorsHoldsNobodyUp() throws {
    let program = try worker("flood")
    #expect(try program.evaluate((0..<20).map { [Double($0)] }) == (0..<20).map { [Double($0)] })
  }

  @Test func theLastLineMayLackItsLineFeed() throws {
    // Each process gives one answer and is gone; one retry suffices, since a new one comes first.
    let program = try worker("one-answer", retries: 1)
    let inputs = (0..<10).map { [Double($0)] }
    #expect(try program.evaluate(inputs) == inputs)
  }

  @Test func aSampleIsTriedAgain() throws {
    let program = try worker("crash-once", CompiledProgram.newPath("once"), retries: 1)
    #expect(try program.evaluate([[0.1], [0.9], [0.2]]) == [[0.1], [7], [0.2]])
    #expect(program.statistics.failures == 1)
  }

  @Test(arguments: ["crash", "exit", "garbage", "count", "nan", "close-output"])
  func samplesAreSkipped(mode: String) throws {
    let program = try worker(mode, retries: 1, onFailure: .skip)
    let inputs = (0..<12).map { [$0 % 4 == 3 ? 0.9 : 0.125 * Double($0 % 4)] }
    let answers = try program.evaluate(inputs)
    #expect(answers == inputs.map { $0 == [0.9] ? nil : $0 })
    #expect(program.statistics.skipped == 3)
    #expect(program.statistics.failures == 6)
    #expect(program.statistics.evaluations == 9)
  }

  // MARK: Ends

  /// Processes of the worker program whose arguments hold a marker, zombies included.
  private func processes(_ marker: String) throws -> Int {
    let names = try FileManager.default.contentsOfDirectory(atPath: "/proc")
    return names.filter { Int($0) != nil }.filter { number in
      guard let data = FileManager.default.contents(atPath: "/proc/\(number)/cmdline") else {
        return false
      }
      return String(decoding: data, as: UTF8.self).contains(marker)
    }.count
  }

  /// Children of this process that have ended and were not waited for.
  private func zombies() throws -> Int {
    let own = ProcessInfo.processInfo.processIdentifier
    let names = try FileManager.default.contentsOfDirectory(atPath: "/proc")
    return names.filter { Int($0) != nil }.filter { number in
      guard let data = FileManager.default.contents(atPath: "/proc/\(number)/stat") else {
        return false
      }
      let text = String(decoding: data, as: UTF8.self)
      guard text.contains("(worker)"), let end = text.lastIndex(of: ")") else { return false }
      let fields = text[end...].split(separator: " ")
      return fields[1] == "Z" && fields[2] == "\(own)"
    }.count
  }

  @Test(.enabled(if: FileManager.default.fileExists(atPath: "/proc/self"), "needs /proc"))
  func nothingIsLeftBehind() throws {
    let marker = "marker-\(UUID().uuidString)"
    let program = try worker(
      "hang-with-child", marker, timeout: .seconds(1), onFailure: .skip)
    let answers = try program.evaluate([[0.1], [0.9], [0.2], [0.9], [0.3]])
    #expect(answers == [[0.1], nil, [0.2], nil, [0.3]])
    program.stop()
    // Children of a worker are ended with its group; the system reaps them.
    for _ in 0..<30_000 {
      if try processes(marker) == 0 { break }
      Foundation.Thread.sleep(forTimeInterval: 0.02)
    }
    #expect(try processes(marker) == 0)
    // Other tests' workers are zombies until they are reaped, which takes no time; one of this test would
    // stay.
    for _ in 0..<30_000 {
      if try zombies() == 0 { break }
      Foundation.Thread.sleep(forTimeInterval: 0.02)
    }
    #expect(try zombies() == 0)
    #expect(throws: ProgramError.self) { try program([0.1]) }
  }

  @Test(.enabled(if: FileManager.default.fileExists(atPath: "/proc/self"), "needs /proc"))
  func workersEndWithTheirProgram() throws {
    let marker = "marker-\(UUID().uuidString)"
    do {
      let program = try worker("sum", marker)
      #expect(try program([1, 2]) == [3])
      #expect(try processes(marker) >= 1)
    }
    for _ in 0..<30_000 {
      if try processes(marker) == 0 { break }
      Foundation.Thread.sleep(forTimeInterval: 0.02)
    }
    #expect(try processes(marker) == 0)
  }

  @Test func stoppingEndsEvaluations() async throws {
    let program = try worker("hang")
    let waiting = Task.detached { () -> ProgramError? in
      do { _ = try program([0.9]) } catch { return error as? ProgramError }
      return nil
    }
    try await Task.sleep(for: .milliseconds(200))
    program.stop()
    guard case .stopped? = await waiting.value else {
      Issue.record("the evaluation did not end")
      return
    }
  }
}
