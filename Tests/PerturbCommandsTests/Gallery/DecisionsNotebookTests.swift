import Foundation
import PerturbCommands
import Testing

/// PyEPO's notebook 03, from its printed outputs.
private struct Reference: Decodable {
  struct Curve: Decodable {
    let method: String
    let call: String
    let loss: [Double]
    let regret: [Double]

    enum CodingKeys: String, CodingKey {
      case method
      case call
      case loss
      case regret = "regret_percent"
    }
  }
  let curves: [Curve]
}

@Suite struct DecisionsNotebookTests {
  private let reference: [Reference.Curve]

  init() throws {
    let url = try #require(
      Bundle.module.url(
        forResource: "pyepo_notebook03", withExtension: "json", subdirectory: "Fixtures"))
    reference = try JSONDecoder().decode(Reference.self, from: Data(contentsOf: url)).curves
  }

  private func printed(_ numbers: [Double]) -> [String] {
    numbers.map { String(format: "%.4f", $0) }
  }

  @Test func publishedNumbersAreTheReferences() {
    #expect(PublishedCurve.all.map(\.method) == reference.map(\.method))
    #expect(PublishedCurve.all.map(\.call) == reference.map(\.call))
    #expect(PublishedCurve.all.map(\.losses) == reference.map(\.loss))
    #expect(PublishedCurve.all.map(\.regrets) == reference.map(\.regret))
  }

  /// 400 numbers to the last digit that the notebook prints.
  @Test func tenMethodsAreReplayedToTheDigit() throws {
    let names: Set = [
      "SPO+", "PG", "DPO", "DPOMul", "PFY", "PFYMul", "NID", "I-MLE", "AI-MLE", "LTR listwise",
    ]
    let curves = try DecisionsNotebook().curves(names)
    #expect(Set(curves.keys) == names)
    for expected in reference {
      guard let curve = curves[expected.method] else { continue }
      #expect(printed(curve.losses) == printed(expected.loss), "\(expected.method)")
      #expect(printed(curve.regrets) == printed(expected.regret), "\(expected.method)")
    }
  }

  /// The rest follow the notebook for some epochs, or all the way nearly.
  @Test func theOthersFollowForATime() throws {
    let equal = ["DBB": 14, "NCE": 14, "LTR pairwise": 15, "CMAP": 7]
    let near = ["RFWO": 0.6, "RFYL": 0.3, "LTR pointwise": 0.02]
    let curves = try DecisionsNotebook().curves(Set(equal.keys).union(near.keys))
    for expected in reference {
      guard let curve = curves[expected.method] else { continue }
      if let epochs = equal[expected.method] {
        #expect(
          printed(curve.regrets).prefix(epochs) == printed(expected.regret).prefix(epochs),
          "\(expected.method)")
      }
      if let tolerance = near[expected.method] {
        for (ours, theirs) in zip(curve.regrets, expected.regret) {
          #expect(abs(ours - theirs) < tolerance, "\(expected.method)")
        }
      }
    }
  }

  /// PyEPO draws the steps at which pools grow without a seed: its last regret is one of ours.
  @Test(arguments: ["CMAP", "LTR pairwise", "LTR pointwise"])
  func publishedRegretsLieAmongThoseOfTenSeeds(_ method: String) throws {
    let notebook = try DecisionsNotebook()
    let lasts = try (0..<10 as Range<UInt32>).map { seed in
      try #require(notebook.curve(method, seed: 1000 + seed).regrets.last)
    }
    let published = try #require(reference.first { $0.method == method }?.regret.last)
    let mean = lasts.reduce(0, +) / 10
    let deviation = (lasts.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 9).squareRoot()
    #expect(abs(published - mean) < 3 * deviation, "\(published), \(mean) ± \(deviation)")
  }
}
