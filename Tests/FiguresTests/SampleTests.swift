import Figures
import Foundation
import Testing

@Suite struct SampleTests {
  @Test(.enabled(if: ProcessInfo.processInfo.environment["FIGURES_SAMPLES"] != nil))
  func writesSamples() throws {
    let folder = try #require(ProcessInfo.processInfo.environment["FIGURES_SAMPLES"])
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    for (name, figure) in Samples.all {
      try figure.svg().write(toFile: "\(folder)/\(name).svg", atomically: true, encoding: .utf8)
    }
    try PageTests.page.html().write(
      toFile: "\(folder)/index.html", atomically: true, encoding: .utf8)
  }
}
