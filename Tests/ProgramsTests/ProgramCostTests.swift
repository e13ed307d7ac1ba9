import Foundation
import Programs
import Testing

/// What evaluating in another process costs; run by itself, on a machine with nothing else to do:
///
///     PERTURBATIONS_MEASURE=1 swift test -c release --filter ProgramCostTests
@Suite(
  .enabled(if: CompiledProgram.compiler != nil, "needs a C compiler"),
  .enabled(
    if: ProcessInfo.processInfo.environment["PERTURBATIONS_MEASURE"] != nil,
    "measures only with PERTURBATIONS_MEASURE=1"), .serialized)
struct ProgramCostTests {
  private func seconds(_ work: () throws -> Void) rethrows -> Double {
    let start = ContinuousClock.now
    try work()
    return (ContinuousClock.now - start) / .seconds(1)
  }

  private func median(_ count: Int, _ work: () throws -> Double) rethrows -> Double {
    try (0..<count).map { _ in try work() }.sorted()[count / 2]
  }

  /// Ten numbers there and back, beyond what the program needs for the same lines from a file.
  @Test func overheadOfAnEvaluation() throws {
    let count = 20_000
    let inputs = (0..<count).map { row in (0..<10).map { 0.1 * Double(row * 10 + $0) } }
    let program = try ExternalProgram(
      CompiledProgram.worker, arguments: ["echo"], jobs: 1, outputs: 10)
    _ = try program(inputs[0])
    let all = try median(7) {
      try seconds { _ = try program.evaluate(inputs) } / Double(count)
    }
    let single = try median(7) {
      try seconds { for input in inputs.prefix(2000) { _ = try program(input) } } / 2000
    }
    let file = CompiledProgram.newPath("lines")
    let lines = inputs.map { "\($0)\n" }.joined()
    try Data(lines.utf8).write(to: URL(fileURLWithPath: file))
    let own = try median(7) {
      let process = Process()
      process.executableURL = URL(fileURLWithPath: CompiledProgram.worker)
      process.arguments = ["echo"]
      process.standardInput = FileHandle(forReadingAtPath: file)
      process.standardOutput = FileHandle(forWritingAtPath: "/dev/null")
      return try seconds {
        try process.run()
        process.waitUntilExit()
      } / Double(count)
    }
    print(
      "evaluation: \(all * 1e6) µs in a batch, \(single * 1e6) µs one at a time, "
        + "the program itself \(own * 1e6) µs")
    #expect(all - own < 20e-6)
  }

  /// A program that computes for a millisecond.
  @Test func twoJobsAreTwiceAsFast() throws {
    let inputs = (0..<400).map { [Double($0)] }
    func time(_ jobs: Int) throws -> Double {
      let program = try ExternalProgram(
        CompiledProgram.worker, arguments: ["slow", "0.001"], jobs: jobs, outputs: 1)
      _ = try program.evaluate(Array(inputs.prefix(8)))
      return try median(5) { try seconds { _ = try program.evaluate(inputs) } }
    }
    let (one, two) = (try time(1), try time(2))
    print("400 evaluations of 1 ms: \(one) s with one job, \(two) s with two, ratio \(one / two)")
    #expect(one / two >= 1.8)
  }
}
