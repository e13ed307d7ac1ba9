import PerturbCommands
import Perturbations
import Testing

/// Document 002, on the data that it drew.
@Suite struct ZeroOrderTrainingTests {
  private let key = RandomKey(5)

  /// The data, the directions and the mistake are the document's: every printed number comes out.
  @Test(arguments: [ZeroOrderTraining.Form.functional, .module])
  func theDocumentsNumbersWithItsMistake(form: ZeroOrderTraining.Form) {
    let training = ZeroOrderTraining(form)
    let losses = training.documentRun().losses
    #expect(losses.count == 25)
    for (found, printed) in zip(losses, training.printed) {
      #expect(abs(found - printed) <= 0.000_050_1)
    }
  }

  /// Without the mistake, the same directions end far below.
  @Test(arguments: [ZeroOrderTraining.Form.functional, .module])
  func theSameDirectionsWithoutTheMistake(form: ZeroOrderTraining.Form) throws {
    let training = ZeroOrderTraining(form)
    let losses = try training.forwardOnDocumentDirections().losses
    #expect(abs(losses[0] - training.printed[0]) <= 0.000_050_1)
    for step in 5..<25 { #expect(losses[step] < training.printed[step]) }
    #expect(losses[24] < 0.8 * training.printed[24])
  }

  @Test(arguments: [ZeroOrderTraining.Form.functional, .module])
  func manyDirectionsFollowTheExactGradient(form: ZeroOrderTraining.Form) throws {
    let training = ZeroOrderTraining(form)
    let exact = training.exact().losses
    func distance(_ method: ZeroOrder.Method, _ samples: Int) throws -> Double {
      let losses = try training.functional(method, samples: samples, key: key).losses
      return zip(losses, exact).map { abs($0 / $1 - 1) }.max() ?? 0
    }
    #expect(try distance(.forward, 10_000) < 0.08)
    #expect(try distance(.antithetic, 10_000) < 0.08)
    #expect(try distance(.naive, 10_000) > 0.08)
    #expect(try distance(.forward, 100) > 0.2, "the check tells a noisy estimate")
  }

  @Test func theModuleDescendsToo() throws {
    let training = ZeroOrderTraining(.module)
    for method in ZeroOrder.Method.allCases {
      let losses = try training.module(method, samples: 100, key: key).losses
      #expect(losses[0] == training.exact().losses[0])
      #expect(losses[24] < 0.75 * losses[0])
    }
  }
}
