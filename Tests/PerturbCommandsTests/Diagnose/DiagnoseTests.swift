import PerturbCommands
import Perturbations
import Platform
import Testing

struct DiagnoseTests {
  private static let line =
    "diagnose ranking --theta 0.3,0.1,0.2,-0.4 --samples 2000 --sigmas 0.1,0.5,2 --seed 3"

  private func json(_ line: String) throws -> JSON {
    let run = CommandRun(line + " --json")
    #expect(run.code == 0)
    #expect(run.errors == "")
    return try JSON(reading: run.output)
  }

  @Test func theNumbersAreTheLibrarys() throws {
    let found = try json(Self.line + " --baseline leave-one-out --cotangent 1 2 3 4")
    let perturbed = try Perturbed(
      Ranking(), samples: 2000, sigma: 1, baseline: .leaveOneOut)
    let expected = try perturbed.diagnose(
      at: [0.3, 0.1, 0.2, -0.4] as Tensor<Float>, sigmas: [0.1, 0.5, 2], cotangent: [1, 2, 3, 4],
      key: RandomKey(3))
    let names = [
      "sigma", "changed", "squared_bias", "variance", "gradient_norm", "gradient_error",
      "signal_to_noise",
    ]
    let rows = try #require(found["rows"]?.elements)
    #expect(rows.map { row in names.map { row[$0]?.double } } == expected.table)
    #expect(found["samples"]?.integer == 2000)
    #expect(found["smallest_error_sigma"]?.double == expected.smallestError?.sigma)
  }

  @Test func aSamplingIsRecommended() throws {
    let found = try #require(try json(Self.line)["recommended"])
    #expect(found["exact"] == .bool(true))
    let perturbed = try Perturbed(Ranking(), samples: 2000, sigma: 1)
    let rows = try perturbed.diagnose(
      at: [0.3, 0.1, 0.2, -0.4] as Tensor<Float>, sigmas: [0.1, 0.5, 2], key: RandomKey(3)
    ).rows
    let clearest = try #require(rows.max { $0.signalToNoise < $1.signalToNoise })
    #expect(found["sigma"]?.double == clearest.sigma)
    let line = Self.line.replacing("--samples 2000", with: "--samples 20000")
    let more = try #require(try json(line)["recommended"])
    #expect(more["candidates"]?.elements?.count == 8)
    let folder = try TemporaryFolder()
    let run = CommandRun(line + " --out \(folder.path)/out").output.replacing("\n", with: " ")
    #expect(run.contains("perturb evaluate --exact takes no samples"), "\(run)")
    #expect(run.contains("as a pilot of"), "\(run)")
  }

  @Test func withoutSigmasTheRangeLiesAroundTheOneGiven() throws {
    let found = try json("diagnose argmax --theta 1 2 --sigma 0.5 --samples 100")
    let sigmas = found["rows"]?.elements?.compactMap { $0["sigma"]?.double }
    #expect(sigmas == [0.03125, 0.0625, 0.125, 0.25, 0.5, 1, 2, 4, 8])
  }

  @Test func aFolderHasThePageTheFigureAndTheNumbers() throws {
    let folder = try TemporaryFolder()
    let out = folder.path + "/out"
    let run = CommandRun(Self.line + " --out \(out)")
    #expect(run.errors == "")
    #expect(run.code == 0)
    #expect(run.output.contains("signal/noise"))
    #expect(run.output.contains("stands out of its noise"))
    #expect(try folder.names("out") == ["diagnosis.svg", "index.html", "results.json"])
    #expect(try folder.names() == ["out"], "no folder beside it is left over")
    #expect(try folder.text("out/diagnosis.svg").hasPrefix("<svg"))
    #expect(try folder.text("out/index.html").contains("<svg"))
    let results = try JSON(reading: folder.text("out/results.json"))
    #expect(results["generator"]?.string?.hasPrefix("perturb diagnose ") == true)
    #expect(results["rows"] == (try json(Self.line))["rows"])
    // Its own page is replaced, a gallery's is not.
    #expect(CommandRun(Self.line + " --out \(out)").code == 0)
    let gallery = CommandRun("gallery argmax-batch --samples 10 --out \(out)")
    #expect(gallery.code == 1)
    #expect(gallery.errors.contains("that this command did not write"))
    #expect(try folder.names("out") == ["diagnosis.svg", "index.html", "results.json"])
  }

  @Test func noSampleThatDiffersIsSaid() throws {
    let folder = try TemporaryFolder()
    let run = CommandRun(
      "diagnose or --theta 5 --samples 50 --sigmas 0.001 --baseline point --out \(folder.path)/out")
    #expect(run.code == 0)
    #expect(run.output.contains("At none of these sigmas"))
    #expect(!run.output.contains("nan"))
    #expect(try folder.text("out/diagnosis.svg").hasPrefix("<svg"))
  }

  @Test func progressNamesTheSigma() {
    let arguments = ["diagnose", "argmax", "--theta", "1,2", "--samples", "10", "--json"]
    #expect(CommandRun(arguments, showsProgress: true).errors == "", "it takes less than a second")
    let watched = CommandRun(arguments, showsProgress: true, progressDelay: .zero)
    #expect(watched.errors.contains("diagnose argmax sigma 1 of 9, 100 % of the pass"))
    #expect(watched.errors.hasSuffix("\r\u{1B}[K"))
  }
}
