import Foundation
import PerturbCommands
import Testing

struct BadInputTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let arguments: [String]
    /// What the one line must name: the value, and what was expected.
    let parts: [String]

    init(_ line: String, _ parts: String...) {
      arguments = line.split(separator: " ").map { $0 == "EMPTY" ? "" : String($0) }
      self.parts = parts
    }

    var testDescription: String { arguments.joined(separator: " ") }
  }

  static let cases = [
    Case("evaluate argmax --theta 1,2 --sigma 0", "sigma is 0.0", "positive finite"),
    Case("evaluate argmax --theta 1,2 --sigma -1", "sigma is -1.0", "positive finite"),
    Case("evaluate argmax --theta 1,2 --sigma nan", "sigma is nan", "positive finite"),
    Case("evaluate argmax --theta 1,2 --sigma inf", "sigma is inf", "positive finite"),
    Case("evaluate argmax --theta 1,2 --sigma wide", "'wide'", "expected a number"),
    Case("evaluate argmax --theta 1,2 --samples 0", "samples is 0", "at least 1"),
    Case("evaluate argmax --theta 1,2 --samples -3", "samples is -3", "at least 1"),
    Case("evaluate argmax --theta 1,2 --samples 2.5", "'2.5'", "whole number"),
    Case("evaluate argmax --theta 1,2 --threads 0", "threads is 0", "at least 1"),
    Case("evaluate argmax --theta 1,2 --seed -1", "'-1'", "whole number from 0"),
    Case("evaluate argmax --theta 1,nan", "theta has nan at index 1", "finite"),
    Case("evaluate argmax --theta -inf 2", "theta has -inf at index 0", "finite"),
    Case("evaluate argmax --theta 1e60", "theta has inf at index 0", "finite"),
    Case("evaluate argmax --theta EMPTY", "theta is empty", "at least one number"),
    Case("evaluate argmax --theta 1,two", "'two' is not a number", "expected numbers"),
    Case("evaluate argmax", "theta is missing", "--theta"),
    Case("evaluate argmax --theta 1,2 --cotangent 1,2,3", "3 entries", "expected 2"),
    Case("evaluate or --theta 1,2 --cotangent 1,2", "2 entries", "expected 1"),
    Case("evaluate argmax --theta 1,2 --cotangent 1,nan", "cotangent has nan", "finite"),
    Case("evaluate argmx --theta 1,2", "'argmx'", "did you mean 'argmax'?", "ranking"),
    Case("evaluate shortestpath --theta 1,2", "did you mean 'shortest-path'?"),
    Case("evaluate argmax --theta 1,2 --noise gumble", "'gumble'", "did you mean 'gumbel'?"),
    Case("evaluate argmax --theta 1,2 --noise poisson", "'poisson'", "normal, gumbel"),
    Case("evaluate argmax --theta 1,2 --noise uniform --cotangent 1,1", "uniform", "no score"),
    Case("evaluate argmax --theta 1,2 --baseline pont", "'pont'", "did you mean 'point'?"),
    Case("evaluate argmax --theta 1,2 --baseline antithetc", "did you mean 'antithetic'?"),
    Case("evaluate argmax --theta 1,2 --sampling sobol", "'sobol'", "quasi-monte-carlo"),
    Case(
      "evaluate argmax --theta 1,2 --baseline antithetic --sampling orthogonal", "antithetic",
      "orthogonal", "expected one of them"),
    Case(
      "evaluate argmax --theta 1,2 --baseline antithetic --noise gumbel", "antithetic", "gumbel",
      "not symmetric"),
    Case(
      "evaluate argmax --theta 1,2 --baseline antithetic --samples 3", "samples is 3", "even number"
    ),
    Case(
      "evaluate argmax --theta 1,2 --baseline orthogonal --noise logistic", "orthogonal", "normal"),
    Case("evaluate argmax --theta 1,2 --baseline leave-one-out --samples 1", "samples is 1", "2"),
    Case("evaluate argmax --theta 1,2 --standard-error --samples 1", "samples is 1", "at least 2"),
    Case("evaluate argmax --theta 1,2 --hessian", "--hessian", "--cotangent", "2 numbers"),
    Case(
      "evaluate or --theta 1,2 --hessian --noise laplace", "second derivative", "laplace", "normal"),
    Case("evaluate or --theta 1,2 --hessian --noise uniform", "uniform", "no score"),
    Case("evaluate argmax --theta 1,2 --until-standard-error 0", "error is 0.0", "positive"),
    Case("evaluate argmax --theta 1,2 --until-standard-error nan", "error is nan", "positive"),
    Case("evaluate argmax --theta 1,2 --until-standard-error few", "'few'", "expected a number"),
    Case("evaluate argmax --theta 1,2 --samples 1 --until-standard-error 1", "samples is 1", "2"),
    Case(
      "evaluate argmax --theta 1,2 --until-gradient-standard-error 1", "needs --cotangent"),
    Case(
      "evaluate --theta 1,2 --sampling automatic -- cat", "--sampling automatic", "a program"),
    Case(
      "replay --theta 1,2 --key 0,7 --sample 3 --samples 100 --sampling automatic -- cat",
      "--sampling automatic",
      "expected the sampling"),
    Case(
      "evaluate argmax --theta 1,2 --cotangent 1,2 --until-gradient-standard-error 0",
      "error is 0.0", "positive"),
    Case(
      "evaluate argmax --theta 1,2 --until-standard-error 1 --until-gradient-standard-error 1",
      "both say when to stop", "one of them"),
    Case("diagnose --json argmax", "theta is missing", "--theta"),
    Case("diagnose --json argmx --theta 1,2", "did you mean 'argmax'?"),
    Case("diagnose --json argmax --theta 1,2 --sigmas 0.1,0", "sigma is 0.0", "positive finite"),
    Case(
      "diagnose --json argmax --theta 1,2 --sigmas EMPTY", "sigmas is empty", "at least one number"),
    Case("diagnose --json argmax --theta 1,2 --samples 1", "samples is 1", "at least 2"),
    Case("diagnose --json argmax --theta 1,2 --noise uniform", "uniform", "no score"),
    Case("diagnose argmax --theta 1,2 --out /dev/null", "'/dev/null'", "it is a file"),
    Case("evaluate top-k --theta 1,2", "--k"),
    Case("evaluate top-k --k 3 --theta 1,2", "3", "expected"),
    Case("evaluate argmax --k 1 --theta 1,2", "--k is for top-k"),
    Case("evaluate shortest-path --theta 1,2", "--graph"),
    Case("evaluate argmax --theta-file none.json", "'none.json'", "no such file"),
    Case("evaluate argmax --theta-file /", "'/'", "is a directory"),
    Case("evaluate shortest-path --graph none.json", "'none.json'", "no such file"),
    Case("evaluate argmax --thta 1", "'--thta'", "did you mean '--theta'?"),
    Case("evaluate argmax --theta", "--theta"),
    Case("galery", "'galery'", "did you mean 'gallery'?"),
    Case("gallery argmx", "'argmx'", "did you mean 'argmax'?", "shortest-path"),
    Case("gallery --samples 0", "samples is 0", "at least 1"),
    Case("gallery argmax --out /proc/out", "'/proc/out'", "folder that can be written"),
    Case("gallery argmax --out /dev/null", "'/dev/null'", "it is a file"),
    Case("gallery argmax --out /dev/null/out", "'/dev/null/out'", "folder that can be written"),
  ]

  @Test(arguments: cases)
  func oneLineNamesTheValueAndWhatWasExpected(bad: Case) {
    check(CommandRun(bad.arguments), bad.parts)
  }

  struct FileCase: Sendable, CustomTestStringConvertible {
    let option: String
    let text: String
    let parts: [String]

    init(_ option: String, _ text: String, _ parts: String...) {
      self.option = option
      self.text = text
      self.parts = parts
    }

    var testDescription: String { option + " " + text }
  }

  static let fileCases = [
    FileCase("--theta-file", "[1, 2", "line 1, column 6", "end of the file", "',' or ']'"),
    FileCase("--theta-file", "[1,\n 2,\n x]", "line 3, column 2", "found 'x'"),
    FileCase("--theta-file", "hello", "line 1, column 1", "found 'h'"),
    FileCase("--theta-file", "[1] 2", "column 5", "nothing after the value"),
    FileCase("--theta-file", "{\"a\": 1}", "an object", "array of numbers"),
    FileCase("--theta-file", "[]", "theta is empty"),
    FileCase("--theta-file", "[1, \"2\"]", "element 1", "the string \"2\"", "expected a number"),
    FileCase("--theta-file", "[[1, 2], [3]]", "row 1", "as many numbers as row 0"),
    FileCase("--theta-file", "[1, 1e99]", "theta has inf at index 1"),
    FileCase("--graph", "{}", "'nodes' is missing"),
    FileCase("--graph", "[]", "an array of 0", "expected an object"),
    FileCase("--graph", #"{"nodes": 2, "edges": 3}"#, "edges is 3", "expected an array"),
    FileCase("--graph", #"{"nodes": 2, "edges": [[0]]}"#, "edge 0", "[from, to]"),
    FileCase(
      "--graph", #"{"nodes": 3, "edges": [[0, 1, 1], [1, 7, 1]], "from": 0, "to": 2}"#,
      "edge 1 names node 7", "0 to 2"),
    FileCase(
      "--graph", #"{"nodes": ["a", "b"], "edges": [["a", "c", 1]], "from": "a", "to": "b"}"#,
      "edge 0 names node \"c\"", "node names"),
    FileCase(
      "--graph", #"{"nodes": 3, "edges": [[0, 1, 1]], "from": 0, "to": 2}"#,
      "no path leads from node 0 to node 2", "reachable"),
    FileCase(
      "--graph", #"{"nodes": 3, "edges": [[0, 1, 1]], "from": 0, "to": 3}"#, "'to' is 3", "0 to 2"),
    FileCase("--graph", #"{"nodes": 3, "edges": [[0, 1, 1]], "to": 1}"#, "'from' is missing"),
    FileCase(
      "--graph", #"{"nodes": 3, "edges": [[0, 1], [1, 2, 1]], "from": 0, "to": 2}"#,
      "1 of 2 edges have a cost"),
    FileCase(
      "--graph", #"{"nodes": 3, "edges": [[0, 1], [1, 2]], "from": 0, "to": 2}"#,
      "theta is missing", "cost"),
    FileCase(
      "--graph", #"{"nodes": 2, "edges": [[0, 1, "x"]], "from": 0, "to": 1}"#,
      "cost of edge 0", "the string \"x\""),
    FileCase(
      "--graph", #"{"nodes": 2, "edges": [[0, 1, 1]], "directed": 1, "from": 0, "to": 1}"#,
      "directed is 1", "true or false"),
    FileCase(
      "--graph", #"{"nodes": 2, "edges": [[0, 1, 1]], "Directed": false, "from": 0, "to": 1}"#,
      "unknown member 'Directed'", "did you mean 'directed'?"),
    FileCase(
      "--graph", #"{"nodes": 2, "nodes": 3, "edges": [[0, 1, 1]], "from": 0, "to": 1}"#,
      "column 14", "found \"nodes\" again, expected each name once"),
    FileCase(
      "--graph", #"{"nodes": 1000000000, "edges": [[0, 1, 1]], "from": 0, "to": 1}"#,
      "nodes is 1000000000", "at most 100,000,000"),
  ]

  @Test(arguments: fileCases)
  func aBadFileIsNamedWithThePlaceInIt(bad: FileCase) throws {
    let folder = try TemporaryFolder()
    let path = try folder.file("bad.json", bad.text)
    let function = bad.option == "--graph" ? "shortest-path" : "argmax"
    let run = CommandRun(["evaluate", function, bad.option, path])
    check(run, bad.parts)
  }

  @Test func aThetaOfAnotherLengthThanTheEdgesIsRefused() throws {
    let folder = try TemporaryFolder()
    let path = try folder.file(
      "graph.json", #"{"nodes": 2, "edges": [[0, 1]], "from": 0, "to": 1}"#)
    let run = CommandRun(["evaluate", "shortest-path", "--graph", path, "--theta", "1", "2"])
    check(run, ["[2]", "one cost for each edge"])
  }

  /// Reading it would wait for ever.
  @Test(arguments: ["evaluate or --theta-file", "minimize --config"])
  func aPipeThatNobodyWritesToIsEmpty(command: String) throws {
    let folder = try TemporaryFolder()
    let pipe = "\(folder.path)/pipe"
    #expect(mkfifo(pipe, 0o600) == 0)
    check(
      CommandRun("\(command) \(pipe)"), ["'\(pipe)' is not JSON", "found the end of the file"])
  }

  private func check(_ run: CommandRun, _ parts: [String]) {
    #expect(run.code != 0)
    #expect(run.output == "", "nothing is written beside the error")
    #expect(run.errorLines.count <= 2)
    #expect(run.errorLines.first?.hasPrefix("perturb: ") == true)
    if run.errorLines.count == 2 { #expect(run.errorLines[1].hasPrefix("See 'perturb ")) }
    for part in parts {
      #expect(
        run.errorLines.first?.lowercased().contains(part.lowercased()) == true,
        "'\(part)' is not in: \(run.errors)")
    }
  }
}
