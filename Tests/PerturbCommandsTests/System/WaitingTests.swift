import Foundation
import PerturbCommands
import Platform
import Testing

/// Time that passes while nothing happens.
@Suite(.enabled(if: PythonWorker.isThere, "needs python3"))
struct WaitingTests {
  // MARK: A program that does not answer

  private func run(
    _ options: String, _ statement: String, isWatched: Bool = false,
    delay: Duration = .milliseconds(300)
  ) -> CommandRun {
    CommandRun(
      ["evaluate"] + options.split(separator: " ").map(String.init) + ["--"]
        + PythonWorker.program(statement), showsProgress: isWatched,
      noticeDelay: delay)
  }

  @Test(arguments: [false, true])
  func aSilentProgramIsSaidToBeOnce(isWatched: Bool) {
    let run = run(
      "--theta 1 --samples 3 --jobs 1", "import time; time.sleep(1); print(x[0])",
      isWatched: isWatched)
    #expect(run.code == 0)
    let lines = run.errors.split(separator: "\n").filter { $0.contains("no answer") }
    #expect(lines.count == 1)
    #expect(lines[0].contains("perturb: 'python3 -u -c "))
    #expect(lines[0].hasSuffix("and is waited for without a limit: --timeout sets one"))
  }

  @Test func theLimitIsNamedWhereThereIsOne() {
    let run = run(
      "--theta 1 --samples 1 --jobs 1 --timeout 100", "import time; time.sleep(1); print(x[0])")
    #expect(run.errorLines.count == 1)
    #expect(run.errors.hasSuffix("has given no answer for 0 s, and may take 100 s (--timeout)\n"))
  }

  @Test func oneThatAnswersIsNotSilent() {
    let run = run(
      "--theta 1 --samples 25 --jobs 1", "import time; time.sleep(0.1); print(x[0])",
      delay: .seconds(2))
    #expect(run.errors == "")
  }

  // MARK: Stops and clocks

  private static let options =
    "evaluate --theta 0.5,2 --samples 40 --jobs 2 --retries 0 --timeout 5 --json --"
    .split(separator: " ").map(String.init)

  private static func program(_ marker: String) -> [String] {
    PythonWorker.program(
      "import time; time.sleep(0.1); print((x[0] - 3) ** 2 + x[1])  # \(marker)")
  }

  /// For longer than an answer may take.
  @Test(.enabled(if: FileManager.default.fileExists(atPath: "/proc/self"), "needs /proc"))
  func aStopOfAllIsNoTimeOut() throws {
    let clean = try BuiltProgram(Self.options + Self.program("clean"))
    #expect(clean.code() == 0)
    let run = try BuiltProgram(Self.options + Self.program("stopped"))
    let number = run.process.processIdentifier
    while run.process.isRunning, ProcessTable.descendants(of: number).isEmpty { usleep(1000) }
    let all = [number] + ProcessTable.descendants(of: number)
    #expect(all.count >= 2)
    // perturb first, which else might see its workers stand still.
    for process in all { kill(process, SIGSTOP) }
    Foundation.Thread.sleep(forTimeInterval: 6)
    for process in all { kill(process, SIGCONT) }
    #expect(run.code() == 0)
    #expect(try run.errors == "")
    #expect(try run.numbers == clean.numbers)
  }

  /// A library before the system's that sets the time of day back by a day, again and again.
  @Test func aClockThatIsSetBackIsNoTimeOut() throws {
    let folder = try TemporaryFolder()
    let source = try folder.file(
      "clock.c",
      """
      #define _GNU_SOURCE
      #include <dlfcn.h>
      #include <sys/syscall.h>
      #include <sys/time.h>
      #include <time.h>
      #include <unistd.h>
      static int calls;
      static long shift(void) { return 86400L * (++calls % 1000); }
      int clock_gettime(clockid_t clock, struct timespec *time) {
        int code = (int)syscall(SYS_clock_gettime, clock, time);
        if (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE) time->tv_sec -= shift();
        return code;
      }
      int gettimeofday(struct timeval *restrict value, void *restrict zone) {
        struct timespec time;
        clock_gettime(CLOCK_REALTIME, &time);
        value->tv_sec = time.tv_sec;
        value->tv_usec = time.tv_nsec / 1000;
        return 0;
      }
      time_t time(time_t *result) {
        struct timespec now;
        clock_gettime(CLOCK_REALTIME, &now);
        if (result) *result = now.tv_sec;
        return now.tv_sec;
      }
      """)
    let library = "\(folder.path)/clock.so"
    let compiler = Process()
    compiler.executableURL = URL(fileURLWithPath: "/bin/sh")
    compiler.arguments = [
      "-c",
      "${CC:-cc} -shared -fPIC -O1 -o \"$0\" \"$1\" 2>/dev/null || clang -shared -fPIC -O1 -o \"$0\" \"$1\"",
      library, source,
    ]
    try compiler.run()
    compiler.waitUntilExit()
    guard compiler.terminationStatus == 0 else { return }
    let clean = try BuiltProgram(Self.options + Self.program("clean"))
    #expect(clean.code() == 0)
    let run = try BuiltProgram(
      Self.options + Self.program("clean"), environment: ["LD_PRELOAD": library])
    #expect(run.code() == 0)
    #expect(try run.errors == "")
    #expect(try run.numbers == clean.numbers)
    // The library does what it says.
    let date = try BuiltProgram(
      [], prefix: "date +%s; date +%s; exit;", environment: ["LD_PRELOAD": library])
    _ = date.code()
    let times = try date.output.split(separator: "\n").compactMap { Double($0) }
    #expect(times.count == 2 && times.allSatisfy { $0 < Date().timeIntervalSince1970 - 80_000 })
  }
}
