internal import ArgumentParser
internal import Machines
internal import Perturbations
internal import Platform

struct MinimizeCommand: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "minimize",
    abstract: "Tune the inputs of a program so that the number it prints becomes small.",
    usage: "perturb minimize --start <numbers> [<options>] -- <program> [<arg> ...]",
    discussion: """
      The program reads one JSON array of numbers per line and prints one number per
      line, or it is started for each evaluation where its arguments hold {}, {0},
      {1} ... or {file}; see docs/programs.md.

      Methods:
      \(TuningMethod.allCases.map { "  " + $0.rawValue.padded(right: 8) + $0.summary }
        .joined(separator: "\n"))

      Examples:
        perturb minimize --start 0.5 2 --out run -- python3 controller.py
        perturb minimize --method cma-es --start 3 3 --sigma 1 -- ./simulate
        perturb minimize --start 1,100 --lower 0,1 --log 1 -- ./run --rate {0} {1}
        perturb minimize --resume --out run
      """)

  @OptionGroup var options: TuningOptions

  @Option("A JSON file with any of these, by their names.", "file")
  var config: String?

  @Option("Where to write checkpoint, history, result and page.", "folder")
  var out: String?

  @Flag(help: "Go on with the run in the --out folder.")
  var resume = false

  @Flag(help: "Print the result as one JSON object.")
  var json = false

  func run(on console: Console) throws {
    if let ranks = SharedWork.sharing as? Ranks { return try run(on: console, ranks) }
    try minimize(on: console)
  }

  /// Runs the command on this process, with those who help it.
  func minimize(on console: Console) throws {
    if let out { try OutputFolder.checkPath(out) }
    let folder = out.map { TuningFolder($0) }
    var lock: Descriptor?
    defer { lock?.close() }
    if resume {
      // Before anything is read that another run may still write.
      try folder?.checkResumable()
      lock = try folder?.lock()
    }
    let (settings, checkpoint) = try settings()
    if !resume {
      lock = try folder?.lock()
      try folder?.checkNew()
    }
    folder?.removeParts()
    var run = try Self.explaining {
      try TuningRun(settings, folder: folder, resumed: checkpoint, console: console)
    }
    let outcome = try run.run()
    if let folder {
      try folder.replace(
        TuningFolder.pageName, with: Self.explaining { try outcome.page(settings) })
      try folder.replace(TuningFolder.resultName, with: outcome.json(settings).text + "\n")
    }
    if json {
      try console.print(outcome.json(settings).compactText)
    } else {
      try console.write(outcome.text(settings))
      if let folder { try console.print("\nwritten: \(folder.file(TuningFolder.pageName))") }
    }
  }

  private static func explaining<Result>(_ work: () throws -> Result) throws(CommandError) -> Result
  {
    do { return try work() } catch let error as CommandError { throw error } catch {
      throw CommandError("\(error)")
    }
  }

  // MARK: Settings

  private func settings() throws(CommandError) -> (TuningSettings, TuningCheckpoint?) {
    try options.checkSettings()
    let given = options.given
    guard resume else {
      let place = config.map { "the configuration '\($0)'" } ?? "the command line"
      let file = try config.map { path throws(CommandError) in
        try JSON(file: path, purpose: "configuration")
      }
      return (try TuningSettings((file ?? .object([])).overlaid(by: given), place), nil)
    }
    guard let out else { throw CommandError("--resume needs the folder of the run (--out)") }
    if config != nil {
      throw CommandError("--config is given with --resume, expected a run's own settings")
    }
    if let other = options.firstUnresumable {
      throw CommandError(
        "--\(other) is given with --resume and would change the run's course, expected it as it "
          + "began")
    }
    let checkpoint = try TuningFolder(out).checkpoint()
    return (
      try TuningSettings(checkpoint.settings.overlaid(by: given), "the checkpoint's settings"),
      checkpoint
    )
  }
}
