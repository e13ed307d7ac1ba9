import PerturbCommands
import Platform
import Testing

/// The gallery's figure of variances holds what the page says of it.
struct VarianceExampleTests {
  @Test func theReductionsAreWorthWhatThePageSays() throws {
    let folder = try TemporaryFolder()
    let run = CommandRun("gallery variance --samples 1024 --out \(folder.path)/out")
    #expect(run.errors == "")
    let values = try #require(
      try JSON(reading: folder.text("out/results.json"))["examples"]?["variance"]?["values"])
    #expect(values["numbers of samples"]?.doubles == [16, 64, 256, 1024])
    func variances(_ function: String, _ reduction: String) throws -> [Double] {
      try #require(values["gradient variance of \(function), \(reduction)"]?.doubles)
    }
    for function in ["argmax", "ranking", "smooth function"] {
      let plain = try variances(function, "leave-one-out")
      // Independent samples: 64 times as many, a 64th of the variance; 128 estimates of each.
      #expect(plain[0] / plain[3] > 40 && plain[0] / plain[3] < 100, "\(function): \(plain)")
      let better = try variances(function, "quasi-Monte Carlo, leave-one-out")
      #expect(better[3] < 0.6 * plain[3], "\(function)")
      #expect(try variances(function, "orthogonal, leave-one-out")[3] < plain[3])
      #expect(try variances(function, "antithetic").count == 4)
      let (one, two) = (
        try #require(values["difference variance of \(function), one key"]?.doubles),
        try #require(values["difference variance of \(function), two keys"]?.doubles)
      )
      #expect(zip(one, two).allSatisfy { 10 * $0 < $1 }, "\(function)")
    }
    let (none, baseline) = (try variances("ranking", "none"), try variances("ranking", "f(θ)"))
    #expect(zip(none, baseline).allSatisfy { $0 > 100 * $1 })
    #expect(try folder.text("out/index.html").contains("Which to choose"))
  }
}
