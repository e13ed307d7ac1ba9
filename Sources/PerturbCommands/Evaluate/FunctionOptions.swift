internal import ArgumentParser

/// What only the library's own functions heed.
struct FunctionOptions: ParsableArguments {
  @Option("How many entries top-k chooses.", "k")
  var k: Int?

  @Option("The graph of shortest-path.", "file")
  var graph: String?

  @Option("The model of lp, an MPS or LP file, which HiGHS solves.", "file")
  var model: String?

  @Option("What becomes of costs that noise makes negative: allowed, clipped or shifted.", "name")
  var negativeCosts: String?

  @Option(
    "How many threads work; the numbers don't depend on it. (default: all)", "T", in: .threads)
  var threads: Setting<Int?>
}
