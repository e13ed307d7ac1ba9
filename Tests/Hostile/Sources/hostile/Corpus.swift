/// Command lines that are right, and values that are not.
struct Corpus {
  let tools: Tools

  static let theta = "[0.5, 2, -1]"
  static let graph = """
    {"nodes": 4, "edges": [[0, 1, 0.2], [1, 3, 0.3], [0, 2, 0.1], [2, 3, 0.5]], "directed": true, \
    "from": 0, "to": 3}
    """
  static let namedGraph = """
    {"nodes": ["a", "b", "c"], "edges": [["a", "b", 0.2], ["b", "c", 0.3], ["a", "c", 0.4]], \
    "directed": false, "from": "a", "to": "c"}
    """

  var config: String {
    """
    {"start": [0.5, 2], "method": "adam", "steps": 3, "samples": 4, "sigma": 0.1, "jobs": 2, \
    "lower": [-5, -5], "upper": [5, 5], "scales": [1, 2], "names": ["a", "b"], "log": ["a"], \
    "learning-rate": 0.05, "momentum": 0, "directions": "normal", "estimator": "forward", \
    "evaluations": 100, "until": -1, "seed": 3, "timeout": 20, "retries": 1, "on-failure": "stop", \
    "numbered": false, "program": ["\(tools.worker)", "well"]}
    """
  }

  var failure: String {
    """
    {"program": ["\(tools.worker)", "well"], "cause": "exited", "sample": 3, "key": [0, 7], \
    "input": [0.5, 2], "attempts": 1, "numbered": false, "error_lines": ["a line"]}
    """
  }

  func lines(theta: String, graph: String, config: String, failure: String) -> [[String]] {
    func words(_ line: String) -> [String] { line.split(separator: " ").map(String.init) }
    let well = [tools.worker, "well"]
    return [
      words("evaluate argmax --theta -0.6,1.9,1.1 --sigma 0.5 --noise gumbel --samples 500"),
      words("evaluate ranking --theta 0.3,0.1,0.2 --cotangent 1,0,0 --baseline leave-one-out")
        + words("--standard-error --samples 300 --json"),
      words("evaluate or --theta -0.3,0.2 --hessian --until-standard-error 1e-2 --samples 2000"),
      words("evaluate top-k --k 2 --theta 1,2,3 --precision double --sampling antithetic")
        + words("--samples 512 --seed 7 --cotangent 1,0,0"),
      words("evaluate sort --theta 1,2,3 --exact --json --cotangent 1,2,3"),
      words("evaluate shortest-path --graph \(graph) --sigma 0.05 --samples 100")
        + words("--negative-costs clipped"),
      words("evaluate and --theta-file \(theta) --threads 2 --samples 100"),
      words("evaluate --theta 0.5,2 --sigma 0.1 --samples 50 --jobs 2 --timeout 5 --retries 1")
        + words("--on-failure skip --") + well,
      words("evaluate --theta 0.5,2 --samples 30 --json --numbered --") + well + ["numbered"],
      words("evaluate --theta 1,2 --samples 10 --jobs 3 -- sh -c") + ["echo $0", "{0}"],
      words("evaluate --theta 1,2 --samples 10 -- cat {file}"),
      words("diagnose argmax --theta 0.3,0.1,0.2 --samples 50 --out diagnosis"),
      words("diagnose shortest-path --graph \(graph) --samples 20 --out diagnosis --json"),
      words("minimize --start 0.5,2 --steps 3 --samples 4 --method adam --out run --") + well,
      words("minimize --start 0.5,2 --lower -5,-5 --upper 5,5 --scales range --momentum 0.5")
        + words("--learning-rate 0.1 --directions sphere --estimator forward --until 0.1")
        + words("--evaluations 50 --names a,b --steps 5 --method sgd --") + well,
      words("minimize --start 1,2 --log 1 --steps 2 --samples 6 --method cma-es --json --") + well,
      words("minimize --start 1,2 --steps 2 --samples 4 --method lbfgs --json --") + well,
      words("minimize --start 1,2 --steps 2 --samples 4 --method es --out run --") + well,
      words("minimize --config \(config)"),
      words("replay \(failure)"),
      words("replay --input 1,2 --timeout 5 --json --") + well,
      words("replay --theta 1,2 --key 0,7 --sample 3 --sigma 0.1 --noise normal --") + well,
      words("gallery or --samples 20 --out gallery"),
      words("--help"), words("--version"), words("evaluate --help"), words("help minimize"),
    ]
  }

  /// Options whose large values ask for long work and are allowed.
  static let counts: Set<String> = [
    "--samples", "--steps", "--evaluations", "--retries", "--timeout", "--until-standard-error",
    "--until", "--jobs", "--threads", "--k",
  ]
  static let badCounts = [
    "0", "-1", "1.5", "abc", "1e16", "9223372036854775807", "9223372036854775808", "", "1e400",
    "nan", "inf", "-inf", "7", "1_0", "1,0", "0x10", "٣", "1e-320", "+", "--",
    "18446744073709551616",
  ]
  static let bad = [
    "", " ", "nan", "inf", "-inf", "1e308", "-1e308", "1e-320", "0", "-0", "-1", "1e400", "1,,2",
    ",", "1,2,3,4,5,6", "1;2", "١", "\u{1B}[31mred\u{1B}[0m", "a\nb", "\u{7}", "\u{202E}abc",
    "\u{85}x",
    String(repeating: "x", count: 100_000), String(repeating: "1,", count: 20_000) + "1", "💥", "--",
    "-", "{}", "[1,2]", "%s%n", "null", "true", "~", "a,b", "1e", "0x1p3", "1 2", "\r", "a\\b", "'",
    "\"",
  ]
  /// Folders that cannot be made, or only here.
  static let folders = [
    "", "/dev/null", "/dev/full", "/proc/x", "a/b/c", String(repeating: "y", count: 300), "a\nb",
    "\u{1B}[2J", ".", "file", "file/x",
  ]
}
