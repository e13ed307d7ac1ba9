import PerturbCommands
import Perturbations
import Platform
import Testing

/// Built-in functions in double precision: the library's numbers to the last bit.
struct PrecisionTests {
  private static let theta: Tensor<Double> = [-0.6, 1.9, 0.1]
  private static let options =
    "--theta -0.6,1.9,0.1 --sigma 0.5 --samples 3000 --seed 4 --cotangent 1 0.1 3 --precision double"

  private func json(_ line: String) throws -> JSON {
    let run = CommandRun(line + " --json")
    #expect(run.code == 0, "\(run.errors)")
    return try JSON(reading: run.output)
  }

  @Test func everyNumberIsTheLibrarys() throws {
    let found = try json(
      "evaluate ranking \(Self.options) --baseline leave-one-out --hessian --standard-error")
    let perturbed = try Perturbed<Tensor<Double>, Tensor<Double>>(
      Ranking(), samples: 3000, sigma: 0.5, baseline: .leaveOneOut)
    let estimate = try perturbed.gradientEstimate(
      at: Self.theta, cotangent: [1, 0.1, 3], key: RandomKey(4))
    let hessian = try perturbed.hessianEstimate(
      at: Self.theta, cotangent: [1, 0.1, 3], key: RandomKey(4))
    #expect(found["value"]?.doubles == estimate.value.scalars)
    #expect(found["standard_error"]?.doubles == estimate.valueStandardError.scalars)
    #expect(found["gradient"]?.doubles == estimate.gradient.scalars)
    #expect(found["gradient_standard_error"]?.doubles == estimate.standardError.scalars)
    #expect(found["hessian"]?.elements?.flatMap(\.doubles) == hessian.value.scalars)
    #expect(
      found["hessian_standard_error"]?.elements?.flatMap(\.doubles)
        == hessian.standardError.scalars)
    let plain = try json("evaluate sort \(Self.options)")
    let (value, pullback) = try vjp(at: Self.theta) {
      try Perturbed<Tensor<Double>, Tensor<Double>>(Sorting(), samples: 3000, sigma: 0.5)(
        $0, key: RandomKey(4))
    }
    #expect(plain["value"]?.doubles == value.scalars)
    #expect(plain["gradient"]?.doubles == (try pullback([1, 0.1, 3])).scalars)
    #expect(CommandRun("evaluate sort \(Self.options)").output.contains("double precision"))
  }

  @Test func diagnosisToo() throws {
    let found = try json("diagnose sort \(Self.options) --sigmas 0.1,0.30000000000000004")
    let expected = try Perturbed<Tensor<Double>, Tensor<Double>>(
      Sorting(), samples: 3000, sigma: 1
    ).diagnose(
      at: Self.theta, sigmas: [0.1, 0.30000000000000004], cotangent: [1, 0.1, 3],
      key: RandomKey(4))
    let rows = try #require(found["rows"]?.elements)
    #expect(rows.map { $0["variance"]?.double } == expected.rows.map(\.variance))
    #expect(rows.map { $0["gradient_norm"]?.double } == expected.rows.map(\.gradientNorm))
    // Digits of sigma that single precision does not have.
    #expect(rows.map { $0["sigma"]?.double } == [0.1, 0.30000000000000004])
  }

  /// Single precision cannot tell these two, 0.01 apart.
  @Test func doublePrecisionTellsWhatSingleCannot() throws {
    let line = "evaluate argmax --theta 100000000,100000000.01 --sigma 0.001 --samples 50"
    #expect(try json(line + " --precision double")["value"]?.doubles == [0, 1])
    #expect(
      try json("diagnose or --theta 1e60 --sigma 1e59 --samples 10 --precision double")["theta"]?
        .doubles == [
          1e60
        ])
  }
}
