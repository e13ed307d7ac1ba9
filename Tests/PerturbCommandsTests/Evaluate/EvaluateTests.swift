import PerturbCommands
import Perturbations
import Platform
import Testing

struct EvaluateTests {
  static let theta: Tensor<Float> = [-0.6, 1.9, -0.2, 1.1, -1.0]
  static let argmax =
    "evaluate argmax --theta -0.6,1.9,-0.2,1.1,-1.0 --sigma 0.5 --noise gumbel --samples 20000"

  private func json(_ line: String) throws -> JSON {
    let run = CommandRun(line + " --json")
    #expect(run.code == 0)
    #expect(run.errors == "")
    #expect(run.output.filter { $0 == "\n" }.count == 1, "one object on one line")
    return try JSON(reading: run.output)
  }

  @Test func jsonHasExactlyTheMembersThatWereAskedFor() throws {
    let value = try json(Self.argmax)
    #expect(value.memberNames == ["value", "samples", "seconds"])
    #expect(value["value"]?.elements?.count == 5)
    #expect(value["samples"]?.integer == 20_000)
    #expect(try #require(value["seconds"]?.double) > 0)
    let both = try json(Self.argmax + " --cotangent 1,0,0,0,0")
    #expect(both.memberNames == ["value", "gradient", "samples", "seconds"])
    #expect(both["gradient"]?.elements?.count == 5)
  }

  @Test func argmaxIsTheSoftmaxWithinItsStandardError() throws {
    let value = try #require(try json(Self.argmax + " --seed 3")["value"]?.doubles)
    let softmax = (Self.theta / 0.5).softmax().scalars.map(Double.init)
    for (value, expected) in zip(value, softmax) {
      let error = (expected * (1 - expected) / 20_000).squareRoot()
      #expect(abs(value - expected) < 4.5 * error)
    }
  }

  @Test(arguments: [0, 1, 42, 4_294_967_295] as [UInt64])
  func seedIsTheKeyOfTheLibraryCallToTheLastBit(seed: UInt64) throws {
    let cotangent: Tensor<Float> = [1, -2, 0.5, 3, 0]
    let perturbed = try Perturbed(ArgMax(), samples: 20_000, sigma: 0.5, noise: .gumbel)
    let (value, pullback) = try vjp(at: Self.theta) { try perturbed($0, key: RandomKey(seed)) }
    let result = try json(Self.argmax + " --seed \(seed) --cotangent 1 -2 0.5 3 0")
    #expect(result["value"]?.floats == value.scalars)
    #expect(result["gradient"]?.floats == (try pullback(cotangent)).scalars)
  }

  /// From optax's `make_perturbed_fun` with `use_baseline=True` and `jax.random.PRNGKey(seed)`,
  /// 200 samples; the same cases as in the fixtures of `PerturbationsTests`.
  @Test(arguments: [
    (
      "argmax --theta -0.6,1.9,-0.2,1.1,-1 --noise gumbel --sigma 0.25 --cotangent 1,2,3,4,5",
      [0.0, 0.955, 0.0, 0.045, 0.0],
      [0.103893235, -0.48075023, -0.39915523, 0.34048373, -0.016203023]
    ),
    (
      "ranking --theta 1.6,2,-0.4,-0.1,0.2,-1 --noise normal --sigma 1 --cotangent 1,2,3,4,5,6",
      [4.02, 4.37, 1.455, 1.995, 2.32, 0.84],
      [-1.1986916, -0.49600506, -1.7718465, 0.043652274, 2.1585124, 1.2340038]
    ),
    (
      "or --theta -0.3,0.05,-0.2 --noise gumbel --sigma 0.25 --cotangent 1",
      [0.65], [0.21073467, 1.8652958, 0.9235346]
    ),
  ])
  func seedsGiveTheNumbersOfOptax(line: String, value: [Double], gradient: [Double]) throws {
    let result = try json("evaluate \(line) --samples 200 --seed 0 --baseline point")
    let pairs = zip(
      try #require(result["value"]?.doubles) + (try #require(result["gradient"]?.doubles)),
      value + gradient)
    #expect(result["value"]?.elements?.count == value.count)
    #expect(result["gradient"]?.elements?.count == gradient.count)
    for (ours, theirs) in pairs { #expect(abs(ours - theirs) <= 1e-5 * max(1, abs(theirs))) }
  }

  @Test func numbersDoNotDependOnTheThreads() throws {
    let line = Self.argmax + " --cotangent 1 2 3 4 5"
    let one = try json(line + " --threads 1")
    let three = try json(line + " --threads 3")
    #expect(one["value"] == three["value"])
    #expect(one["gradient"] == three["gradient"])
  }

  @Test func everyFunctionGivesItsUnperturbedOutputAtTinyNoise() throws {
    func value(_ line: String) throws -> [Double]? {
      try json("evaluate \(line) --samples 10 --sigma 1e-4")["value"]?.doubles
    }
    #expect(try value("argmax --theta 1 3 2") == [0, 1, 0])
    #expect(try value("ranking --theta 1 3 2") == [0, 2, 1])
    #expect(try value("top-k --k 2 --theta 1 3 2") == [0, 1, 1])
    #expect(try value("or --theta -1 -2") == [-1])
    #expect(try value("and --theta 1 2") == [1])
    let sorted = try #require(try value("sort --theta 1 3 2"))
    #expect(zip(sorted, [1, 2, 3]).allSatisfy { abs($0 - $1) < 1e-3 })
  }

  @Test(arguments: [
    ["--theta", "-0.6,1.9"], ["--theta", "-0.6", "1.9"], ["--theta=-0.6,1.9"],
    ["--theta=-0.6", "1.9"], ["--theta", "-0.6, 1.9"], ["--theta", "-.6", "+1.9e0"],
  ])
  func negativeNumbersCanBeWrittenInAnyOfTheseWays(theta: [String]) throws {
    let common = ["--samples", "50", "--json"]
    let run = CommandRun(["evaluate", "argmax"] + theta + common)
    let plain = CommandRun(["evaluate"] + theta + ["argmax"] + common)
    let expected = try Perturbed(ArgMax(), samples: 50, sigma: 1)([-0.6, 1.9], key: RandomKey(0))
    #expect(try JSON(reading: run.output)["value"]?.floats == expected.scalars)
    #expect(try JSON(reading: plain.output)["value"]?.floats == expected.scalars)
  }

  @Test func thetaFileGivesAPointOrABatch() throws {
    let folder = try TemporaryFolder()
    let point = try folder.file("point.json", "[-0.6, 1.9]\n")
    let batch = try folder.file("batch.json", "[[-0.6, 1.9], [3, -1]]")
    let perturbed = try Perturbed(ArgMax(), samples: 100, sigma: 1)
    #expect(
      try json("evaluate argmax --samples 100 --theta-file \(point)")["value"]?.floats
        == perturbed([-0.6, 1.9], key: RandomKey(0)).scalars)
    let result = try json(
      "evaluate argmax --samples 100 --theta-file \(batch) --cotangent 1 0 0 1")
    let expected = try perturbed([[-0.6, 1.9], [3, -1]], key: RandomKey(0), batched: true)
    #expect(
      result["value"]?.elements?.map(\.floats) == [
        Array(expected.scalars[..<2]), Array(expected.scalars[2...]),
      ])
    #expect(result["gradient"]?.elements?.map { $0.elements?.count } == [2, 2])
  }

  @Test func baselineKeepsTheValueAndChangesTheEstimateOfTheGradient() throws {
    let line = Self.argmax + " --cotangent 1 2 3 4 5"
    let none = try json(line)
    for name in ["point", "leave-one-out"] {
      let other = try json(line + " --baseline \(name)")
      #expect(other["value"] == none["value"])
      #expect(other["gradient"] != none["gradient"])
    }
  }

  @Test func noiseWithoutAScoreServesForAValue() throws {
    let value = try json("evaluate or --theta 0.5 --noise uniform --samples 20000")["value"]
    let expected = try Perturbed(LogicalOr(), samples: 20_000, sigma: 1, noise: .uniform.valueOnly)
    #expect(value?.floats == (try expected([0.5], key: RandomKey(0))).scalars)
  }

  @Test(arguments: [4000, 800_000])
  func standardErrorOfAFrequencyIsThatOfTheBinomialDistribution(samples: Int) throws {
    let theta = NumberArray([0.3, 0])
    var evaluation = Evaluation(
      PerturbedProblem(.argmax, theta: theta, samples: samples, sigma: 1, noise: "gumbel"))
    #expect(try evaluation.run().valueError == nil)
    evaluation.problem.cotangent = [1, 0]
    for errors in [Evaluation.StandardErrors.rough, .exact] {
      evaluation.standardErrors = errors
      let outcome = try evaluation.run()
      let share = Double(outcome.value.values[0])
      let error = try #require(outcome.valueError?.values[0])
      let expected = (share * (1 - share) / Double(samples)).squareRoot()
      // All samples tell it but for N − 1 in the place of N.
      #expect(abs(Double(error) / expected - 1) < (errors == .exact ? 2e-4 : 0.01))
      #expect(outcome.gradientError?.values.allSatisfy { $0 > 0 } == true)
    }
  }

  @Test func textHasThePerturbedBesideTheUnperturbedOutput() {
    let run = CommandRun("evaluate argmax --theta -1 3 --samples 10 --sigma 1e-3 --cotangent 1 1")
    #expect(run.code == 0)
    let lines = run.output.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines[0] == "argmax of 2 numbers, perturbed")
    #expect(lines[1].hasPrefix("10 samples, sigma 0.001, normal noise, seed 0, "))
    #expect(
      lines[3].split(separator: " ") == [
        "entry", "theta", "unperturbed", "perturbed", "s.e.", "gradient", "s.e.",
      ])
    #expect(lines[4].split(separator: " ").prefix(4) == ["0", "-1", "0", "0"])
    #expect(lines[5].split(separator: " ").prefix(4) == ["1", "3", "1", "1"])
  }
}
