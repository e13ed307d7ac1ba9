import Foundation
import PerturbCommands
import Platform
import Testing

/// Few descriptors, threads and processes, little address space.
@Suite
struct ResourceTests {
  private static let worker = ["sh", "-c", "while read line; do echo 1; done"]
  private static let evaluate =
    "evaluate --theta 0.5,2 --samples 300 --json --jobs 64 --".split(separator: " ")
    .map(String.init) + worker
  /// What it prints where nothing is scarce.
  private static let clean: String? = {
    guard let run = try? BuiltProgram(evaluate), run.code() == 0 else { return nil }
    return try? run.numbers
  }()

  @Test(arguments: [20, 26, 40, 60, 100])
  func withFewDescriptorsFewerWorkersDo(limit: Int) throws {
    let run = try BuiltProgram(Self.evaluate, prefix: "ulimit -n \(limit);")
    #expect(run.code() == 0)
    #expect(try run.numbers == Self.clean)
    let errors = try run.errors
    #expect(errors.split(separator: "\n").count <= 1)
    if !errors.isEmpty {
      #expect(errors.hasSuffix(": too many open files\n"))
      #expect(errors.contains(" of 64 processes of "))
    }
  }

  @Test(arguments: [5, 6, 8, 10])
  func withTooFewDescriptorsOneLineSaysIt(limit: Int) throws {
    let run = try BuiltProgram(Self.evaluate, prefix: "ulimit -n \(limit);")
    #expect(run.code() == 1)
    #expect(try run.output == "")
    #expect(try run.errors.split(separator: "\n").count == 1)
    #expect(try run.errors.hasPrefix("perturb: "))
  }

  /// Where no thread can be started, libdispatch would wait for one.
  @Test(arguments: [1, 2, 3, 4, 6, 12])
  func withFewProcessesItEnds(limit: Int) throws {
    // A user of its own, whose processes are counted.
    let own = "setpriv --reuid=\(64_000 + limit) --regid=65534 --clear-groups"
    let isRoot = geteuid() == 0
    guard isRoot, FileManager.default.isExecutableFile(atPath: "/usr/bin/setpriv") else { return }
    // The other user may not be able to go where the program lies.
    let folder = try TemporaryFolder()
    chmod(folder.path, 0o755)
    let copy = "\(folder.path)/perturb"
    try FileManager.default.copyItem(atPath: ExecutableTests.program.path, toPath: copy)
    for arguments in [
      ["evaluate", "argmax", "--theta", "1,2", "--samples", "200000", "--json"], Self.evaluate,
    ] {
      func start() throws -> BuiltProgram {
        try BuiltProgram(
          ["--nproc=\(limit)", copy] + arguments,
          prefix: "f() { shift; exec \(own) prlimit \"$@\"; }; f \"$0\" \"$@\";")
      }
      var run = try start()
      var code = run.code()
      // A process that another test is just starting has the copy open for writing: "text file busy".
      while code == 126 {
        usleep(20_000)
        run = try start()
        code = run.code()
      }
      #expect(code == 0 || code == 1)
      #expect(try run.errors.split(separator: "\n").count <= 1)
      if code == 0, arguments == Self.evaluate { #expect(try run.numbers == Self.clean) }
      if arguments[1] == "argmax" { #expect(code == 0) }
    }
  }

  @Test(arguments: ["<&-", ">&-", "2>&-", "<&- 2>&-", "<&- >&- 2>&-"])
  func closedStandardDescriptorsGetNoPipe(closed: String) throws {
    let run = try BuiltProgram(Self.evaluate, prefix: "exec \(closed);")
    #expect(run.code() == (closed.contains(" >&-") || closed == ">&-" ? 1 : 0))
    if closed == "<&-" { #expect(try run.numbers == Self.clean) }
    if closed == ">&-" {
      #expect(try run.errors == "perturb: cannot write the output: bad file descriptor\n")
    }
  }

  @Test(.enabled(if: FileManager.default.fileExists(atPath: "/dev/full"), "needs /dev/full"))
  func aFullDiskIsAnError() throws {
    for arguments in [Self.evaluate, ["evaluate", "or", "--theta", "1", "--json"], ["--help"]] {
      let run = try BuiltProgram(arguments, prefix: "exec >/dev/full;")
      #expect(run.code() == 1)
      #expect(
        try run.errors == "perturb: cannot write the output: no space left on device\n")
    }
  }

  @Test func aFewDigitsTakeNoMemory() throws {
    let folder = try TemporaryFolder()
    let file = try folder.file(
      "graph.json", #"{"nodes": 100000000, "edges": [[0, 1, 0.5]], "from": 0, "to": 1}"#)
    let run = CommandRun("evaluate shortest-path --graph \(file)")
    #expect(run.code == 1)
    #expect(run.errors.contains("nodes is 100,000,000 with 1 edges, expected at most 10,000,000"))
  }

  @Test(arguments: [
    ("or", "--hessian --samples 10", "--hessian has 5,000 × 5,000 entries"),
    ("or", "--hessian --exact", "--hessian has 5,000 × 5,000 entries"),
    ("sort", "--exact", "sort by its formula has 5,000 × 5,000 entries"),
  ])
  func matricesAreRefusedBeforeTheyAreTaken(
    function: String, options: String, text: String
  ) throws {
    let folder = try TemporaryFolder()
    let numbers = [String](repeating: "0.1", count: 5000).joined(separator: ",")
    let file = try folder.file("theta.json", "[\(numbers)]")
    let run = CommandRun("evaluate \(function) --theta-file \(file) \(options)")
    #expect(run.code == 1)
    #expect(run.errors.hasPrefix("perturb: \(text)"))
    #expect(run.errorLines.count == 1)
  }

  @Test(arguments: [40, 48, 64, 96, 128, 200])
  func withLittleAddressSpaceItEnds(megabytes: Int) throws {
    for arguments in [
      ["evaluate", "ranking", "--theta", "1,2", "--samples", "100000", "--json"], Self.evaluate,
    ] {
      let run = try BuiltProgram(arguments, prefix: "ulimit -v \(megabytes << 10);")
      let code = run.code()
      // 127: the system could not even load it.
      #expect(code == 0 || code == 1 || code == 127)
      if code != 127 { #expect(try run.errors.split(separator: "\n").count <= 1) }
      if code == 0, arguments == Self.evaluate { #expect(try run.numbers == Self.clean) }
    }
  }

  /// A command that is in the middle of a long computation ends all the same.
  @Test func aSignalEndsALongComputation() throws {
    let folder = try TemporaryFolder()
    let numbers = [String](repeating: "0.1", count: 3000).joined(separator: ",")
    let config = try folder.file(
      "run.json",
      "{\"start\": [\(numbers)], \"method\": \"lbfgs\", \"program\": [\"sh\", \"-c\", \"while read l; do echo 1; done\"]}"
    )
    let run = try BuiltProgram(["minimize", "--config", config])
    let number = run.process.processIdentifier
    while run.process.isRunning, ProcessTable.descendants(of: number).isEmpty { usleep(1000) }
    Foundation.Thread.sleep(forTimeInterval: 1)
    kill(number, SIGTERM)
    #expect(run.code() == 128 + SIGTERM)
    #expect(try run.errors.contains("perturb: stopped by SIGTERM"))
  }
}
