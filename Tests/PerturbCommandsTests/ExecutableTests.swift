import Foundation
import PerturbCommands
import Platform
import Testing

/// The built program itself, for what a library cannot show: streams and exit codes.
struct ExecutableTests {
  private struct Run {
    let code: Int32
    let output: String
    let errors: String
  }

  /// The program beside the tests, where the build puts both.
  static var program: URL {
    var folder = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
    for bundle in Bundle.allBundles where bundle.bundlePath.hasSuffix(".xctest") {
      folder = bundle.bundleURL.deletingLastPathComponent()
    }
    return folder.appendingPathComponent("perturb")
  }

  private func run(_ line: String) throws -> Run {
    let process = Process()
    process.executableURL = Self.program
    process.arguments = line.split(separator: " ").map(String.init)
    let (output, errors) = (Pipe(), Pipe())
    process.standardOutput = output
    process.standardError = errors
    try process.run()
    let texts = [output, errors].map {
      String(decoding: $0.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    }
    process.waitUntilExit()
    return Run(code: process.terminationStatus, output: texts[0], errors: texts[1])
  }

  @Test func evaluateWritesOneObjectAndNothingElse() throws {
    let result = try run("evaluate argmax --theta -0.6 1.9 --samples 1000 --json --cotangent 1 0")
    #expect(result.code == 0)
    #expect(result.errors == "")
    #expect(
      try JSON(reading: result.output).memberNames == ["value", "gradient", "samples", "seconds"])
  }

  @Test(arguments: [
    "evaluate argmax --theta 1,2 --sigma -1", "evaluate nothing --theta 1",
    "evaluate argmax --theta-file missing.json", "gallery --out /proc/out", "--unknown",
  ])
  func aMistakeEndsWithALineOnTheErrorStreamAndACode(line: String) throws {
    let result = try run(line)
    #expect(result.code != 0)
    #expect(result.output == "")
    #expect(result.errors.hasPrefix("perturb: "))
    #expect(result.errors.split(separator: "\n").count <= 2)
  }

  @Test func galleryShowsNoProgressWhereNobodyWatches() throws {
    let folder = try TemporaryFolder()
    let result = try run("gallery or --samples 20 --out \(folder.path)/out")
    #expect(result.code == 0)
    #expect(result.errors == "")
    #expect(try folder.names("out").contains("index.html"))
  }
}
