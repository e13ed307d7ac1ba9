import Foundation
import PerturbCommands
import Platform
import Testing

/// The programs of the folder `Examples` tuned for a few steps.
@Suite
struct ExampleTuningTests {
  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Examples").path
  private static let compiler = ["/usr/bin/cc", "/usr/bin/clang", "/usr/local/bin/cc"]
    .first { FileManager.default.isExecutableFile(atPath: $0) }

  @Test(.enabled(if: PythonWorker.isThere, "needs python3"))
  func aControllerIsTuned() throws {
    let run = CommandRun([
      "minimize", "--method", "cma-es", "--start", "10,1,0,0", "--sigma", "2", "--steps", "30",
      "--json", "--", "python3", "\(Self.folder)/pendulum/pendulum.py",
    ])
    #expect(run.code == 0, "\(run.errors)")
    // 60 at the start, where the pendulum falls over; below one where it stands.
    #expect(try #require(JSON(reading: run.output)["best"]?["value"]?.double) < 1)
  }

  @Test(.enabled(if: compiler != nil, "needs a C compiler"))
  func aTileIsTuned() throws {
    let folder = try TemporaryFolder()
    let compile = Process()
    compile.executableURL = URL(fileURLWithPath: Self.compiler ?? "")
    compile.arguments = [
      "-O2", "-o", "\(folder.path)/transpose", "\(Self.folder)/buffer-size/transpose.c", "-lm",
    ]
    try compile.run()
    compile.waitUntilExit()
    let options =
      "minimize --method cma-es --start 1,1 --lower 1,1 --upper 512,512 --log all --jobs 1 "
      + "--sigma 1 --steps 8 --json --"
    let run = CommandRun(
      options.split(separator: " ").map(String.init) + ["\(folder.path)/transpose"])
    #expect(run.code == 0, "\(run.errors)")
    let best = try #require(JSON(reading: run.output)["best"]?["input"]).doubles
    // What is measured differs from run to run; that whole rows or larger tiles beat single elements
    // does not.
    #expect(best.allSatisfy { $0 >= 1 && $0 <= 512 })
    #expect(best[0] * best[1] > 2)
  }

  @Test(
    .enabled(if: PythonWorker.isThere, "needs python3"),
    arguments: [("sphere", 1e-8), ("rosenbrock", 1e-8), ("ellipsoid", 1e-8)])
  func aStandardFunctionIsMinimized(name: String, target: Double) throws {
    let start = name == "rosenbrock" ? "0,0,0" : "1,1,1"
    let run = CommandRun([
      "minimize", "--method", "cma-es", "--start", start, "--steps", "1000", "--until",
      "\(target)", "--json", "--", "python3", "\(Self.folder)/test-functions/functions.py", name,
    ])
    #expect(run.code == 0, "\(run.errors)")
    let result = try JSON(reading: run.output)
    #expect(try #require(result["best"]?["value"]?.double) <= target)
    #expect(try #require(result["evaluations"]?.integer) < 3000)
  }
}
