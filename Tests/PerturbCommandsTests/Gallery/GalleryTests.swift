import Foundation
import PerturbCommands
import Platform
import Testing

struct GalleryTests {
  /// The results of some examples at a number of samples; checks that the run ended well.
  private func results(_ line: String, in folder: TemporaryFolder) throws -> JSON {
    let run = CommandRun("gallery \(line) --out \(folder.path)/out")
    #expect(run.errors == "")
    #expect(run.code == 0)
    return try JSON(reading: folder.text("out/results.json"))
  }

  @Test func everyExampleRunsOnAFewSamplesAndWritesPageFiguresAndResults() throws {
    let folder = try TemporaryFolder()
    let results = try results("--samples 40 --seed 5", in: folder)
    #expect(results["generator"]?.string?.hasPrefix("perturb gallery ") == true)
    #expect(results["seed"]?.integer == 5)
    #expect(results["samples"]?.integer == 40)
    let examples = try #require(results["examples"])
    #expect(examples.memberNames == Gallery.examples.map(\.name))
    var figures: [String] = []
    for name in examples.memberNames {
      let example = try #require(examples[name])
      #expect(example.memberNames == ["title", "seconds", "values", "tables", "figures"])
      #expect(example["values"]?.memberNames.isEmpty == false)
      for table in example["tables"]?.elements ?? [] {
        let width = table["columns"]?.elements?.count ?? table["rows"]?.elements?[0].elements?.count
        #expect(table["rows"]?.elements?.allSatisfy { $0.elements?.count == width } == true)
      }
      figures += (example["figures"]?.elements ?? []).compactMap(\.string)
    }
    #expect(try folder.names("out") == (figures + ["index.html", "results.json"]).sorted())
    #expect(try folder.names() == ["out"], "no folder beside it is left over")
    for figure in figures {
      #expect(try folder.text("out/\(figure)").hasPrefix("<svg"))
    }
    let page = try folder.text("out/index.html")
    #expect(page.components(separatedBy: "<figure>").count - 1 == figures.count)
    for example in Gallery.examples { #expect(page.contains("<h2>\(example.title)</h2>")) }
  }

  @Test func anExampleGivesTheSameNumbersAloneAsAmongOthers() throws {
    let folder = try TemporaryFolder()
    let alone = try results("argmax-batch --samples 300", in: folder)
    let among = try results("argmax argmax-batch --samples 300", in: folder)
    let values = alone["examples"]?["argmax-batch"]?["values"]
    #expect(values != nil)
    #expect(values == among["examples"]?["argmax-batch"]?["values"])
    let otherSeed = try results("argmax-batch --samples 300 --seed 1", in: folder)
    #expect(values != otherSeed["examples"]?["argmax-batch"]?["values"])
  }

  /// The last column of these tables counts standard errors from theory.
  @Test func estimatesAreWithinStandardErrorsOfTheory() throws {
    let folder = try TemporaryFolder()
    let examples = try #require(
      try results(
        "argmax argmax-batch decorator norm-gradient or path-gradient --samples 20000", in: folder)[
          "examples"])
    var count = 0
    for name in examples.memberNames {
      for table in examples[name]?["tables"]?.elements ?? [] {
        let heading = table["columns"]?.elements?.last?.string
        guard heading?.hasSuffix("/ s.e.") == true else { continue }
        for row in table["rows"]?.elements ?? [] {
          let errors = try #require(row.elements?.last?.double)
          #expect(abs(errors) < 4.5, "\(name)")
          count += 1
        }
      }
    }
    #expect(count == 5 + 10 + 10 + 10 + 2 + 5)
  }

  @Test func argmaxIsCloseToTheSoftmax() throws {
    let folder = try TemporaryFolder()
    let values = try results("argmax --samples 50000", in: folder)["examples"]?["argmax"]?["values"]
    let (perturbed, softmax) = (values?["perturbed"]?.doubles, values?["softmax"]?.doubles)
    #expect(zip(try #require(perturbed), try #require(softmax)).allSatisfy { abs($0 - $1) < 0.01 })
    #expect(perturbed?.count == 5)
  }

  @Test func perturbedShortestPathIsAFlowFromZeroToEight() throws {
    let folder = try TemporaryFolder()
    let values = try results("shortest-path --samples 20000", in: folder)[
      "examples"]?["shortest-path"]?["values"]
    let hard = try #require(values?["hard"]?.elements?.map(\.doubles))
    for (from, to) in [(0, 2), (2, 7), (7, 6), (6, 5), (5, 4), (4, 8)] {
      #expect(hard[from][to] == 1)
    }
    let weights = try #require(values?["perturbed"]?.elements?.map(\.doubles))
    for node in 0..<9 {
      let out = weights[node].reduce(0, +)
      let into = weights.map { $0[node] }.reduce(0, +)
      #expect(abs(out - into - (node == 0 ? 1 : node == 8 ? -1 : 0)) < 1e-5)
    }
    // The document's weights, as far as its matrix is a flow.
    #expect(abs(weights[6][8] - 0.079) < 0.01)
    #expect(abs(weights[4][8] - 0.921) < 0.01)
    #expect(abs(weights[3][7] - 0.178) < 0.015)
    #expect(abs(weights[3][2] - 0.119) < 0.015)
  }

  @Test func numbersOfADocumentKeepItsDigits() throws {
    let folder = try TemporaryFolder()
    _ = try results("optax path-gradient --samples 40", in: folder)
    let page = try folder.text("out/index.html")
    // As the notebook prints them: rounded to three and four decimals, and in full.
    for number in ["0.832", "0.0860", "0.7062", "59.774796", "0.09999999"] {
      #expect(page.contains("<td class=\"number\">\(number)"), "\(number)")
    }
    #expect(!page.contains("0.8320000"))
    for number in ["−2.0993764", "2.042395", "0.079"] {
      #expect(page.contains("<td class=\"number\">\(number)"), "\(number)")
    }
  }

  @Test func theLargestDifferencesComeFirst() throws {
    let folder = try TemporaryFolder()
    let tables = try #require(
      try results("optax", in: folder)["examples"]?["optax"]?["tables"]?.elements)
    func differences(_ table: JSON) -> [Double] {
      (table["rows"]?.elements ?? []).compactMap { $0.elements?[1].double?.magnitude }
    }
    let largest = differences(tables[0])
    #expect(largest.count == 5)
    #expect(largest == largest.sorted(by: >))
    #expect(largest.first == differences(tables[1]).max())
    let page = try folder.text("out/index.html")
    #expect(page.components(separatedBy: "<details>").count == 2, "the table of all is folded")
  }

  @Test func tablesOfDeviationsSayTheLargest() throws {
    let folder = try TemporaryFolder()
    let table = try #require(
      try results("argmax-batch --samples 400", in: folder)["examples"]?["argmax-batch"]?[
        "tables"]?.elements?.first)
    let deviations = (table["rows"]?.elements ?? []).compactMap { $0.elements?.last?.double }
    #expect(deviations.count == 10)
    let largest = deviations.map(\.magnitude).max() ?? 0
    let caption = try #require(table["caption"]?.string)
    let said = try #require(caption.split(separator: " ").dropLast().last.flatMap { Double($0) })
    #expect(caption.hasSuffix(" s.e."))
    #expect(abs(said - largest) < 0.0501)
  }

  @Test func ascentLiftsTheWeightFromBelowATenthToAboveNinetyFivePercent() throws {
    let folder = try TemporaryFolder()
    let weights = try #require(
      try results("path-ascent --samples 5000", in: folder)["examples"]?["path-ascent"]?[
        "values"]?["weights by step"]?.doubles)
    #expect(weights.count == 31)
    #expect(weights[0] < 0.1)
    #expect(weights[30] > 0.95)
  }

  @Test func progressGoesToTheErrorStreamOfATerminalOnly() throws {
    let folder = try TemporaryFolder()
    let arguments = ["gallery", "decorator", "--samples", "10", "--out", folder.path + "/out"]
    let quiet = CommandRun(arguments)
    let watched = CommandRun(arguments, showsProgress: true)
    #expect(quiet.errors == "")
    #expect(watched.errors.contains("[1/1] decorator"))
    #expect(watched.errors.hasSuffix("\r\u{1B}[K"), "the line is cleared at the end")
  }
}
