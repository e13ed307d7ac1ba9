internal import Perturbations
internal import Platform

extension EvaluateCommand {
  /// Computes one part of the evaluation and writes it, unless it is there already.
  func runPart(on console: Console) throws {
    guard let part else {
      throw CommandError("--out is given without --part, expected a part such as --part 3/8")
    }
    guard let out else {
      throw CommandError("--part is given without --out, expected the file for the part")
    }
    if SharedWork.sharing != nil {
      throw CommandError(
        "--part is given under mpirun, whose ranks share the samples: expected one of the two")
    }
    let unheeded: [(name: String, isGiven: Bool, why: String)] = [
      ("--exact", exact, "which takes no samples"),
      (
        "--until-standard-error", untilStandardError != nil,
        "which says by all samples how many there are: expected --samples"
      ),
      (
        "--until-gradient-standard-error", untilGradientStandardError != nil,
        "which says by all samples how many there are: expected --samples"
      ),
      (
        "--sampling automatic",
        [options.sampling, options.baseline].contains(Sampling.automatic.name),
        "which is chosen by samples: expected the name of one"
      ),
      ("--model", options.builtIn.model != nil, "whose file a part does not hold"),
      ("--json", json, "which prints nothing: 'perturb combine --json' does"),
    ]
    if let other = unheeded.first(where: \.isGiven) {
      let (first, second) = other.name == "--json" ? (other.name, "--part") : ("--part", other.name)
      throw CommandError("\(first) is given with \(second), \(other.why)")
    }
    var evaluation = try evaluation()
    evaluation.part = .computed
    let settings = try PartSettings(evaluation, graphPath: options.builtIn.graph)
    if try isThere(out, part, settings, console) { return }
    let progress = SampleProgressLine(console, evaluation.problem.name)
    evaluation.problem.progress = progress.observer("part \(part)")
    defer { progress.clear() }
    var outcome: Evaluation.Outcome?
    let sums = try SamplePart(part.index, of: part.count) {
      outcome = try self.outcome(evaluation, console)
    }
    progress.clear()
    if let warning = outcome?.warning { console.report("perturb: warning: \(warning)") }
    let file = PartFile(
      settings: settings, number: part, version: PerturbVersion.number,
      skipped: outcome?.skipped ?? 0, seconds: outcome?.seconds ?? 0, part: sums)
    do throws(SystemFailure) { try Files.write(file.bytes, to: out) } catch {
      throw CommandError("cannot write the part '\(out)': \(error.reason)")
    }
  }

  /// Whether the part is there already, complete; one line says so, or that what is there is damaged.
  private func isThere(
    _ path: String, _ number: PartNumber, _ settings: PartSettings, _ console: Console
  ) throws(CommandError) -> Bool {
    guard Files.kind(path) == .file else { return false }
    let found: PartFile
    do throws(PartFile.Fault) { found = try PartFile(path) } catch {
      guard case .damaged = error else { throw error.error(path) }
      console.report("perturb: '\(path)' is cut off or damaged: computing part \(number) again")
      return false
    }
    if let (name, own, other) = found.settings.firstDifference(settings) {
      throw CommandError(
        "'\(path)' holds a part of another evaluation: its \(name) is \(own), here it is \(other); "
          + "expected another file (--out)")
    }
    guard found.number == number else {
      throw CommandError(
        "'\(path)' holds part \(found.number), here it is part \(number); expected another file "
          + "(--out)")
    }
    console.report("perturb: part \(number) is there already, complete, in '\(path)'")
    return true
  }
}
