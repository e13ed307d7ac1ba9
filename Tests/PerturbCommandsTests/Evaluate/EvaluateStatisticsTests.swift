import PerturbCommands
import Perturbations
import Platform
import Testing

/// What `evaluate` has of variance reduction, standard errors, Hessians and stopping.
struct EvaluateStatisticsTests {
  private static let theta: Tensor<Float> = [-0.6, 1.9, -0.2, 1.1, -1.0]
  private static let point = "--theta -0.6,1.9,-0.2,1.1,-1.0 --sigma 0.5"

  private func json(_ line: String) throws -> JSON {
    let run = CommandRun("evaluate \(line) --json")
    #expect(run.code == 0)
    #expect(run.errors == "")
    return try JSON(reading: run.output)
  }

  private func library(
    _ baseline: Baseline, _ sampling: Sampling, samples: Int = 4000
  ) throws -> Perturbed<Tensor<Float>, Tensor<Float>> {
    try Perturbed(
      Ranking(), samples: samples, sigma: 0.5, baseline: baseline, sampling: sampling)
  }

  @Test(
    arguments: [
      ("--baseline none", .none, .independent), ("--baseline point", .point, .independent),
      ("--baseline leave-one-out", .leaveOneOut, .independent),
      ("--baseline antithetic", .none, .antithetic),
      ("--baseline quasi-monte-carlo", .none, .quasiMonteCarlo()),
      ("--baseline orthogonal", .none, .orthogonal),
      ("--sampling antithetic", .none, .antithetic),
      ("--sampling orthogonal --baseline leave-one-out", .leaveOneOut, .orthogonal),
      ("--baseline antithetic --sampling antithetic", .none, .antithetic),
      ("--baseline point --sampling independent", .point, .independent),
    ] as [(String, Baseline, Sampling)])
  func eachWayIsTheLibrarysToTheLastBit(
    line: String, baseline: Baseline, sampling: Sampling
  ) throws {
    let perturbed = try library(baseline, sampling)
    let g: Tensor<Float> = [1, 2, 3, 4, 5]
    let (value, pullback) = try vjp(at: Self.theta) { try perturbed($0, key: RandomKey(7)) }
    let gradient = try pullback(g)
    let estimate = try perturbed.gradientEstimate(
      at: Self.theta, cotangent: g, key: RandomKey(7))
    let command = "ranking \(Self.point) --samples 4000 --seed 7 --cotangent 1 2 3 4 5 \(line)"
    for option in ["", " --standard-error"] {
      let found = try json(command + option)
      #expect(found["value"]?.floats == value.scalars)
      #expect(found["gradient"]?.floats == gradient.scalars)
      #expect(
        found["standard_error"]?.floats
          == (option.isEmpty ? nil : estimate.valueStandardError.scalars))
      #expect(
        found["gradient_standard_error"]?.floats
          == (option.isEmpty ? nil : estimate.standardError.scalars))
    }
  }

  @Test func jsonHasTheMembersThatWereAskedForInOrder() throws {
    let line = "argmax \(Self.point) --noise gumbel --samples 500"
    #expect(
      try json(line + " --standard-error").memberNames
        == [
          "value", "standard_error", "interval_95", "degrees_of_freedom", "samples", "seconds",
        ])
    #expect(
      try json(line + " --cotangent 1 0 0 0 0 --hessian").memberNames
        == ["value", "gradient", "hessian", "samples", "seconds"])
    #expect(
      try json(line + " --cotangent 1 0 0 0 0 --hessian --standard-error").memberNames
        == [
          "value", "standard_error", "interval_95", "gradient", "gradient_standard_error",
          "gradient_interval_95", "hessian", "hessian_standard_error", "hessian_interval_95",
          "degrees_of_freedom", "samples", "seconds",
        ])
    #expect(
      try json(line + " --until-standard-error 0.5").memberNames
        == [
          "value", "standard_error", "interval_95", "degrees_of_freedom", "samples",
          "reached_standard_error", "seconds",
        ])
  }

  /// Student's t of 7 degrees of freedom: 2.3646 at 97.5 %.
  @Test func fewScramblingsHaveWideIntervals() throws {
    let line = "ranking \(Self.point) --samples 800 --sampling quasi-monte-carlo"
    let found = try json(line + " --cotangent 1 2 3 4 5 --standard-error")
    #expect(found["degrees_of_freedom"]?.integer == 7)
    for (name, prefix) in [("value", ""), ("gradient", "gradient_")] {
      let value = try #require(found[name]).doubles
      let errors = try #require(found[prefix + "standard_error"]).doubles
      let lower = try #require(found[prefix + "interval_95"]?["lower"]).doubles
      let upper = try #require(found[prefix + "interval_95"]?["upper"]).doubles
      for k in 0..<5 {
        #expect(abs(upper[k] - value[k] - 2.3646 * errors[k]) < 1e-3 * errors[k] + 1e-6)
        #expect(abs(value[k] - lower[k] - 2.3646 * errors[k]) < 1e-3 * errors[k] + 1e-6)
      }
    }
    let text = CommandRun("evaluate " + line).output
    #expect(
      text.contains("\n95 % interval: ± 2.36 standard errors (s.e.), of 7 degrees of freedom\n"),
      "\(text)")
    let many = CommandRun("evaluate ranking \(Self.point)").output
    #expect(many.contains("\n95 % interval: ± 1.96 standard errors (s.e.)\n"), "\(many)")
  }

  /// P(−6 + Z ≥ 0) is 1e-9: no sample shows it.
  @Test func anOutputWithoutSpreadIsNotCalledExact() throws {
    let line = "or --theta=-6 --samples 2000"
    let expected = 2 * 3.0.squareRoot() / 2000
    let lines = CommandRun("evaluate " + line).output.split(separator: "\n")
    #expect(
      lines.contains(
        "–: no spread in 2,000 samples: the error is only known to be below about 0.0017"))
    #expect(lines.contains { $0.split(separator: " ") == ["-1", "-1", "–"] })
    #expect(!lines.contains { $0.hasPrefix("95 %") }, "there is no error of which it is a multiple")
    let found = try json(line + " --standard-error")
    #expect(found["standard_error"]?.doubles == [0])
    let error = try #require(found["no_spread_error"]?.double)
    #expect(abs(error / expected - 1) < 1e-12)
    let upper = try #require(found["interval_95"]?["upper"]?.doubles.first)
    #expect(abs((upper + 1) / (1.96 * expected) - 1) < 0.01)
    #expect(try json("or --theta=-1 --samples 2000 --standard-error")["no_spread_error"] == nil)
  }

  @Test func whatHasNoVarianceHasNoStandardError() throws {
    let line = "evaluate sort --theta 1,2 --noise cauchy --samples 1000"
    let text = CommandRun(line).output
    #expect(text.contains("\nNaN: "))
    #expect(!text.contains("95 % interval"))
    #expect(
      try JSON(reading: CommandRun(line + " --standard-error --json").output)["standard_error"]?
        .elements == [.null, .null])
  }

  /// E = 2 Φ(−4) − 1 = −0.99993666: the first block of samples shows nothing but −1.
  @Test func aRareEventIsWaitedFor() throws {
    let line = "or --theta=-4 --until-standard-error 2e-5 --seed 3"
    let found = try json(line)
    #expect(found["reached_standard_error"] == .bool(true))
    #expect(try #require(found["samples"]?.integer) > 100_000)
    let value = try #require(found["value"]?.doubles.first)
    let error = try #require(found["standard_error"]?.doubles.first)
    #expect(error > 0 && abs(value + 0.999_936_66) < 4 * error)
    let capped = CommandRun("evaluate or --theta=-6 --samples 5000 --until-standard-error 1e-6")
    #expect(capped.code == 0)
    #expect(
      capped.output.contains("The standard error 1e-06 is not reached: the largest is 0.00069"),
      "\(capped.output)")
  }

  @Test func noiseThatIsRoundedAwayIsRefused() throws {
    let line = "evaluate argmax --theta 1000000,1000000 --sigma 0.01 --cotangent 1,0"
    let refused = CommandRun(line)
    #expect(refused.code == 1 && refused.output == "")
    #expect(refused.errorLines.count == 1)
    #expect(refused.errors.hasPrefix("perturb: sigma is 0.01, less than the distance"))
    #expect(refused.errors.contains("double precision"))
    let double = try json(
      "argmax --theta 1000000,1000000 --sigma 0.01 --cotangent 1,0 --precision double "
        + "--standard-error")
    let value = try #require(double["value"]?.doubles)
    let errors = try #require(double["standard_error"]?.doubles)
    #expect(abs(value[0] - 0.5) < 4 * errors[0])
  }

  @Test(arguments: ["evaluate argmax", "diagnose argmax --sigmas 4,100"])
  func coarseNoiseIsWarnedOfOnce(command: String) throws {
    let run = CommandRun("\(command) --theta 1000000,1000000 --sigma 4 --samples 500 --json")
    #expect(run.code == 0)
    #expect(run.errorLines.count == 1)
    #expect(run.errors.hasPrefix("perturb: warning: sigma is 4.0, 64 times the distance"))
    #expect(CommandRun("evaluate argmax --theta 10,10 --sigma 4 --samples 500").errors == "")
  }

  /// σ² H = Σ gᵢ pᵢ ((eᵢ − p)(eᵢ − p)ᵀ − diag p + p pᵀ) of a softmax p.
  @Test func theHessianIsThatOfTheSoftmaxWithinItsStandardErrors() throws {
    let found = try json(
      "argmax \(Self.point) --noise gumbel --samples 200000 --baseline leave-one-out "
        + "--cotangent 1 0 2 0 0 --hessian --standard-error --seed 4")
    let p = (Self.theta / 0.5).softmax().scalars.map(Double.init)
    let g = [1.0, 0, 2, 0, 0]
    let hessian = try #require(found["hessian"]?.elements?.map(\.doubles))
    let errors = try #require(found["hessian_standard_error"]?.elements?.map(\.doubles))
    #expect(hessian.map(\.count) == [5, 5, 5, 5, 5])
    for k in 0..<5 {
      for l in 0..<5 {
        let expected = (0..<5).reduce(0.0) { sum, i in
          let (dk, dl) = ((i == k ? 1.0 : 0) - p[k], (i == l ? 1.0 : 0) - p[l])
          return sum + g[i] * p[i] * (dk * dl - (k == l ? p[k] : 0) + p[k] * p[l])
        }
        #expect(abs(hessian[k][l] - expected / 0.25) < 4.5 * errors[k][l])
        #expect(hessian[k][l] == hessian[l][k])
        #expect(errors[k][l] < 0.1)
      }
    }
  }

  @Test func theHessianOfASingleNumberNeedsNoCotangent() throws {
    let line = "or --theta -0.3 0.2 --samples 3000 --hessian"
    let without = try json(line)
    #expect(without["gradient"] == nil)
    #expect(without["hessian"] == (try json(line + " --cotangent 1"))["hessian"])
    let perturbed = try Perturbed(LogicalOr(), samples: 3000, sigma: 1)
    let expected = try perturbed.hessianEstimate(
      at: [-0.3, 0.2], cotangent: 1, key: RandomKey(0)
    ).value.cast(to: Float.self).scalars
    #expect(without["hessian"]?.elements?.flatMap(\.floats) == expected)
    let text = CommandRun("evaluate " + line).output
    #expect(text.contains("\nHessian\n"))
  }

  @Test func aBatchHasAHessianForEachRow() throws {
    let folder = try TemporaryFolder()
    let batch = try folder.file("batch.json", "[[-0.6, 1.9], [3, -1], [0, 0]]")
    let found = try json(
      "argmax --samples 100 --theta-file \(batch) --cotangent 1 0 0 1 1 1 --hessian")
    #expect(
      found["hessian"]?.elements?.map { $0.elements?.map { $0.elements?.count } } == [
        [2, 2], [2, 2], [2, 2],
      ])
  }

  @Test func samplesAreTakenUntilTheStandardErrorIsReached() throws {
    let line = "argmax \(Self.point) --noise gumbel --seed 5 --until-standard-error 0.002"
    let found = try json(line)
    let samples = try #require(found["samples"]?.integer)
    #expect(samples > 20_000 && samples < 80_000 && samples % 4096 == 0)
    let errors = try #require(found["standard_error"]?.doubles)
    #expect(errors.allSatisfy { $0 <= 0.002 })
    for threads in [1, 3] {
      let again = try json(line + " --threads \(threads)")
      #expect(again["samples"] == found["samples"])
      #expect(again["value"] == found["value"])
    }
    // What a fixed number of samples gives.
    let fixed = try json(
      "argmax \(Self.point) --noise gumbel --seed 5 --samples \(samples) --standard-error "
        + "--cotangent 1 2 3 4 5")
    #expect(fixed["value"] == found["value"])
    #expect(fixed["standard_error"] == found["standard_error"])
    let both = try json(line + " --cotangent 1 2 3 4 5 --standard-error")
    #expect(both["samples"] == found["samples"])
    #expect(both["gradient"] == fixed["gradient"])
    #expect(both["gradient_standard_error"] == fixed["gradient_standard_error"])
  }

  @Test func samplesAreTakenUntilTheGradientsStandardErrorIsReached() throws {
    let line =
      "argmax \(Self.point) --seed 5 --precision double --baseline leave-one-out "
      + "--cotangent 1 2 3 4 5"
    let stop = line + " --until-gradient-standard-error 0.02"
    let found = try json(stop)
    #expect(found["reached_standard_error"] == .bool(true))
    let samples = try #require(found["samples"]?.integer)
    #expect(samples > 4096 && samples < 1_000_000 && samples % 4096 == 0)
    let errors = try #require(found["gradient_standard_error"]?.doubles)
    #expect(errors.allSatisfy { $0 <= 0.02 })
    let fixed = try json(line + " --samples \(samples) --standard-error")
    #expect(fixed["value"] == found["value"])
    let gradients = try [found, fixed].map { try #require($0["gradient"]?.doubles) }
    #expect(zip(gradients[0], gradients[1]).allSatisfy { abs($0 - $1) < 1e-11 })
    #expect(try json(stop + " --threads 3")["gradient"] == found["gradient"])
    #expect(
      try json(stop + " --hessian")["hessian"]
        == json(
          line + " --samples \(samples) --hessian")["hessian"])
    let text = CommandRun(
      "evaluate " + line + " --samples 5000 --until-gradient-standard-error 1e-6")
    #expect(text.code == 0)
    #expect(
      text.output.contains("The standard error 1e-06 of the gradient is not reached: the largest"),
      "\(text.output)")
    let rare = CommandRun(
      "evaluate or --theta=-8 --cotangent 1 --baseline point --samples 5000 "
        + "--until-gradient-standard-error 1e-3")
    #expect(rare.output.contains("has shown no spread"), "\(rare.output)")
  }

  @Test func aSamplingIsChosenOrAFormulaTaken() throws {
    let line = "ranking \(Self.point) --cotangent 1 2 3 4 5 --sampling automatic"
    #expect(try json(line)["value"] == json("ranking \(Self.point) --exact")["value"])
    #expect(CommandRun("evaluate " + line).output.contains("expectation by formula"))
    // Errors of samples were asked for; Cauchy noise has no formula.
    for other in [" --standard-error", " --noise cauchy", " --until-gradient-standard-error 0.05"] {
      let found = try json(line + other + " --samples 20000")
      let (sampling, baseline) = (
        try #require(found["sampling"]?.string), try #require(found["baseline"]?.string)
      )
      #expect(Sampling.named(sampling) != nil)
      #expect(["leave-one-out", "linear"].contains(baseline))
      let named = try json(
        line.replacingLast("automatic", by: sampling) + " --baseline \(baseline)" + other
          + " --samples 20000")
      #expect(named["value"] == found["value"] && named["gradient"] == found["gradient"])
      #expect(named["sampling"] == nil)
    }
    let text = CommandRun("evaluate " + line + " --noise cauchy --samples 20000").output
    #expect(text.contains(", chosen by a pilot"), "\(text)")
  }

  @Test func theCapIsSaidWhereItStopsTheSearch() throws {
    let line = "argmax \(Self.point) --samples 5000 --until-standard-error 1e-6"
    let found = try json(line)
    #expect(found["samples"]?.integer == 5000)
    #expect(try #require(found["standard_error"]?.doubles.max()) > 1e-6)
    let text = CommandRun("evaluate " + line).output
    #expect(text.contains("The standard error 1e-06 is not reached: the largest is 0.0"), "\(text)")
    let reached = CommandRun("evaluate argmax \(Self.point) --until-standard-error 0.1").output
    #expect(!reached.contains("not reached"))
  }

  @Test func aMissingBaselineIsMentionedWhereItMatters() throws {
    let line = "evaluate ranking \(Self.point) --samples 30000 --cotangent 1 2 3 4 5"
    let text = CommandRun(line).output
    let hint = try #require(text.split(separator: "\n").last)
    #expect(hint.hasPrefix("With --baseline leave-one-out the gradient's variance is "))
    let gain = try #require(hint.split(separator: " ").compactMap { Double($0) }.first)
    func variance(_ baseline: String) throws -> Double {
      let errors = try JSON(
        reading: CommandRun(line + " --standard-error --json --baseline \(baseline)").output)[
          "gradient_standard_error"]
      return try #require(errors?.doubles).reduce(0) { $0 + $1 * $1 }
    }
    let expected = try variance("none") / variance("leave-one-out")
    #expect(expected > 50 && abs(gain / expected - 1) < 0.1)
    #expect(!CommandRun(line + " --baseline point").output.contains("times smaller"))
    // An argmax whose cotangent is 0 at the largest entry gains nothing.
    #expect(
      !CommandRun("evaluate argmax \(Self.point) --cotangent 1 0 0 0 0").output
        .contains("times smaller"))
  }

  @Test func progressIsForTerminalsAndForWorkOfMoreThanASecond() throws {
    let arguments = ["evaluate", "sort", "--theta", "3,1,2", "--samples", "20000", "--json"]
    let short = CommandRun(arguments, showsProgress: true)
    #expect(short.errors == "", "it takes less than a second")
    let watched = CommandRun(arguments, showsProgress: true, progressDelay: .zero)
    #expect(watched.errors.hasPrefix("\r\u{1B}[Ksort "))
    #expect(watched.errors.contains(" % of the pass, 0 s"))
    #expect(watched.errors.hasSuffix("\r\u{1B}[K"), "the line is cleared at the end")
    let elsewhere = CommandRun(arguments, progressDelay: .zero)
    #expect(elsewhere.errors == "", "nobody watches")
    #expect(
      try JSON(reading: watched.output)["value"] == (try JSON(reading: short.output))["value"])
  }
}

extension String {
  /// The text with its last word replaced.
  fileprivate func replacingLast(_ word: String, by other: String) -> String {
    hasSuffix(word) ? dropLast(word.count) + other : self
  }
}
