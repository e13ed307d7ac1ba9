// Runs the cases of the comparison, one request a line on standard input, one answer a line on
// standard output. Started and driven by compare/compare.py.

import Foundation
import Perturbations

/// The most memory that was resident, in bytes. On Linux `getrusage` would count what the process that
/// started this one had resident.
func peakMemory() -> Int {
  #if os(Linux)
    let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
    return (line?.split(separator: " ").compactMap { Int($0) }.first ?? 0) * 1024
  #else
    var usage = rusage()
    getrusage(RUSAGE_SELF, &usage)
    return usage.ru_maxrss
  #endif
}

/// Processor time of all threads of this process so far: what a run costs on a busy machine too.
func processorTime() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}

func seconds(_ duration: Duration) -> Double {
  Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
}

func answer(_ request: Request, _ prepared: inout PreparedCase?) throws -> Response {
  switch request.action {
  case .prepare:
    guard let setup = request.setup else { throw CaseError("no setup") }
    prepared = try prepare(setup)
    return Response()
  case .run:
    guard let prepared, let seed = request.seed else { throw CaseError("nothing prepared") }
    let repeats = request.repeats ?? 1
    var outputs = Outputs()
    let before = processorTime()
    let duration = try ContinuousClock().measure {
      for _ in 0..<repeats { outputs = try prepared(seed) }
    }
    let processor = processorTime() - before
    return Response(
      seconds: seconds(duration) / Double(repeats), processorSeconds: processor / Double(repeats),
      output: request.wantsOutput == true ? outputs.numbers : nil, peakMemory: peakMemory())
  }
}

var prepared: PreparedCase?
while let line = readLine() {
  let response: Response
  do {
    let request = try JSONDecoder().decode(Request.self, from: Data(line.utf8))
    response = try answer(request, &prepared)
  } catch {
    response = Response(error: "\(error)")
  }
  let encoder = JSONEncoder()
  encoder.nonConformingFloatEncodingStrategy = .convertToString(
    positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
  // Not through a buffer: the driver waits for the line.
  FileHandle.standardOutput.write(try encoder.encode(response) + Data("\n".utf8))
}
