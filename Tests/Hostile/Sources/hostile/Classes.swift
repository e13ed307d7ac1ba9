import Foundation

/// A kind of hostility.
struct HostileClass: Sendable {
  let name: String
  /// How many runs the whole harness has, and the small one.
  let whole: Int
  let small: Int
  let run: @Sendable (Trial, Reference) -> Void
  /// Whether its runs wait until no others are under way, and for one another.
  var isAlone = false

  static let all = [
    HostileClass(name: "arguments", whole: 3000, small: 80, run: arguments),
    HostileClass(name: "files", whole: 2400, small: 60, run: files),
    HostileClass(name: "state", whole: 1600, small: 40, run: state),
    HostileClass(name: "workers", whole: 1400, small: 60, run: workers),
    HostileClass(name: "resources", whole: 600, small: 30, run: resources),
    HostileClass(name: "kills", whole: 600, small: 15, run: kills),
    HostileClass(name: "pairs", whole: 250, small: 8, run: pairs),
    HostileClass(name: "stops", whole: 150, small: 5, run: stops),
    HostileClass(name: "loads", whole: 24, small: 4, run: loads, isAlone: true),
  ]
}

/// What undisturbed runs give.
struct Reference: Sendable {
  struct Method: Sendable {
    let name: String
    let samples: Int
    /// A folder after four steps, and what six steps give.
    let folder: String
    let history: String
    let result: String
  }

  let evaluation: String
  let minimization: String
  /// Of ``Reference/call``.
  let call: String
  let methods: [Method]

  static let steps = 6

  /// A call of the library that takes a second or so.
  static let call =
    ["evaluate", "ranking", "--theta", (0..<40).map { "\($0 * $0 % 17)" }.joined(separator: ",")]
    + ["--samples", "1000000", "--cotangent", (0..<40).map { "\($0)" }.joined(separator: ",")]
    + ["--standard-error", "--threads", "4", "--json"]

  static func evaluate(_ jobs: Int, _ options: [String], _ program: [String]) -> [String] {
    ["evaluate", "--theta", "0.5,2", "--sigma", "0.1", "--samples", "120", "--json"]
      + ["--jobs", "\(jobs)"] + options + ["--"] + program
  }

  static func minimize(
    _ method: String, samples: Int, steps: Int = steps, _ options: [String], _ program: [String]
  ) -> [String] {
    ["minimize", "--start", "2,1.5", "--method", method, "--steps", "\(steps)"]
      + ["--samples", "\(samples)"] + options + ["--"] + program
  }

  /// JSON without the time that it took.
  static func numbers(_ text: String) -> String {
    JSONText(text)?.without(["seconds", "settings", "program"]).text ?? "not JSON: \(text)"
  }

  init?(_ tools: Tools) {
    let trial = Trial(tools, "reference", seed: 0)
    let well = [tools.worker, "well"]
    evaluation = Self.numbers(trial.run(Self.evaluate(2, [], well)).output)
    minimization = Self.numbers(
      trial.run(Self.minimize("adam", samples: 6, ["--json"], well)).output)
    call = Self.numbers(trial.run(Self.call).output)
    var methods: [Method] = []
    for (name, samples) in [("adam", 6), ("sgd", 6), ("es", 6), ("lbfgs", 4), ("cma-es", 8)] {
      let (part, whole) = ("\(tools.folder)/part-\(name)", "\(tools.folder)/whole-\(name)")
      trial.run(Self.minimize(name, samples: samples, steps: 4, ["--out", part], well))
      trial.run(Self.minimize(name, samples: samples, ["--out", whole], well))
      methods.append(
        Method(
          name: name, samples: samples, folder: part, history: Self.text("\(whole)/history.csv"),
          result: Self.result(whole)))
    }
    self.methods = methods
    if !trial.faults.isEmpty || evaluation.hasPrefix("not") {
      print("The undisturbed runs fail:\n  \(trial.faults.joined(separator: "\n  "))")
      return nil
    }
  }

  static func text(_ path: String) -> String {
    String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self)
  }

  static func result(_ folder: String) -> String {
    // The settings have the number of jobs and steps in them, which may differ.
    (JSONText(text("\(folder)/result.json"))?.without(["seconds", "settings"]).text) ?? "none"
  }
}

// MARK: Bad input

@Sendable private func arguments(_ trial: Trial, _ reference: Reference) {
  let corpus = Corpus(tools: trial.tools)
  let lines = corpus.lines(
    theta: trial.file("theta.json", Corpus.theta),
    graph: trial.file(
      "graph.json", trial.random.isTrue(in: 1, of: 2) ? Corpus.graph : Corpus.namedGraph),
    config: trial.file("config.json", corpus.config),
    failure: trial.file("failure.json", corpus.failure))
  _ = trial.file("file", "x")
  var words = trial.random.pick(lines)
  for _ in 0...trial.random.below(3) { change(&words, lines, &trial.random) }
  if words.contains("gallery"), !words.contains("or") { words.append("or") }
  trial.run(words)
}

private func change(_ words: inout [String], _ lines: [[String]], _ random: inout Random) {
  guard words.count > 1 else {
    words.append(random.pick(Corpus.bad))
    return
  }
  let index = 1 + random.below(words.count - 1)
  // The values of these may be neither dropped nor made large: that would be long work, and no mistake.
  let isKept = Corpus.counts.contains(words[index]) || Corpus.counts.contains(words[index - 1])
  switch random.below(6) {
  case 0 where !isKept && words[index] != "--" && words[index - 1] != "--out":
    words.remove(at: index)
  case 1 where words[index - 1] != "--out": words.insert(words[index], at: index)
  case 2 where !isKept && words[index - 1] != "--out" && !Corpus.counts.contains(words.last ?? ""):
    let other = random.pick(lines)
    let place = random.below(other.count)
    if other[place] != "--out", !Corpus.counts.contains(other[place]), other[place] != "--exact" {
      words.insert(other[place], at: index)
    }
  default:
    if words[index - 1] == "--out" {
      words[index] = random.pick(Corpus.folders)
    } else if Corpus.counts.contains(words[index - 1]) {
      words[index] = random.pick(Corpus.badCounts)
    } else if !isKept, words[index] != "--out" {
      words[index] = random.pick(Corpus.bad)
    }
  }
}

@Sendable private func files(_ trial: Trial, _ reference: Reference) {
  let corpus = Corpus(tools: trial.tools)
  var texts = [Corpus.theta, Corpus.graph, corpus.config, corpus.failure]
  if trial.random.isTrue(in: 1, of: 3) { texts[1] = Corpus.namedGraph }
  let kind = trial.random.below(texts.count)
  var bytes = Array(texts[kind].utf8)
  if trial.random.isTrue(in: 2, of: 3), var tree = JSONText(texts[kind]) {
    for _ in 0...trial.random.below(2) { tree = tree.changed(&trial.random) }
    bytes = Array(tree.text.utf8)
  } else {
    bytes = damaged(bytes, &trial.random)
  }
  let path = trial.file("input.json", bytes)
  let lines = [
    ["evaluate", "and", "--samples", "50", "--theta-file", path],
    ["evaluate", "shortest-path", "--samples", "50", "--graph", path],
    ["minimize", "--steps", "2", "--samples", "4", "--evaluations", "30", "--config", path],
    ["replay", path, "--timeout", "5"],
  ]
  trial.run(lines[kind])
}

// MARK: Damaged state

@Sendable private func state(_ trial: Trial, _ reference: Reference) {
  let method = trial.random.pick(reference.methods)
  let run = "\(trial.work)/run"
  try? FileManager.default.copyItem(atPath: method.folder, toPath: run)
  let name = trial.random.pick([
    "checkpoint.json", "checkpoint.json", "checkpoint.json", "history.csv",
    "checkpoint.previous.json",
  ])
  let path = "\(run)/\(name)"
  if name == "checkpoint.previous.json" {
    try? FileManager.default.removeItem(atPath: "\(run)/checkpoint.json")
  }
  let text = Reference.text(path)
  var mayDiffer = true
  switch trial.random.below(4) {
  case 0:
    trial.write(damaged(Array(text.utf8), &trial.random), to: path)
    mayDiffer = name == "history.csv"
  case 1:
    let tree = JSONText(text)?.changed(&trial.random).text ?? text + text
    trial.write(Array(tree.utf8), to: path)
    mayDiffer = name == "history.csv"
  default:
    // Past the checksum.
    guard var tree = JSONText(text) else { break }
    for _ in 0...trial.random.below(2) { tree = tree.changed(&trial.random) }
    trial.write(Array(tree.withChecksum.text.utf8), to: path)
  }
  let outcome = trial.run([
    "minimize", "--resume", "--out", run, "--steps", "\(Reference.steps)",
  ])
  if outcome.code == 0, !mayDiffer, Reference.result(run) != method.result {
    trial.fail("other numbers from a damaged \(name)")
  }
}

// MARK: Workers

/// Modes, whether the harness waits for a time limit in them, and whether a fresh process makes up for it.
private let modes: [(name: String, hangs: Bool, isMadeUp: Bool)] = [
  ("well", false, true), ("crash", false, true), ("abort", false, true), ("exit", false, true),
  ("exit-zero", false, true), ("heir", false, true), ("part-crash", false, true),
  ("part-exit", false, true), ("count", false, false), ("nan", false, true),
  ("infinite", false, true), ("text", false, true), ("empty", false, true), ("null", false, true),
  ("flood-error", false, true), ("daemon", false, true), ("daemon-crash", false, true),
  ("slow", false, true), ("close-output", false, true), ("close-input", false, true),
  ("flood", false, false), ("flood-line", false, false), ("extra", false, false),
  ("extra-late", false, false), ("hang", true, false), ("deaf", true, false),
  ("stop", true, false), ("move", true, false), ("session", true, false),
  ("part-hang", true, false), ("silent", true, false),
]

@Sendable private func workers(_ trial: Trial, _ reference: Reference) {
  let mode = trial.random.pick(modes)
  let isOnce = trial.random.isTrue(in: 2, of: 3)
  let isNumbered = trial.random.isTrue(in: 1, of: 4)
  let skips = trial.random.isTrue(in: 1, of: 8)
  let jobs = trial.random.pick([1, 1, 2, 3, 8])
  var program = [trial.tools.worker, mode.name, "\(1 + trial.random.below(40))"]
  // In a folder that is not looked through for files left behind.
  if isOnce { program.append("\(trial.work)/marker") }
  if isNumbered { program.append("numbered") }
  var options = ["--retries", "\(trial.random.below(4))"]
  if mode.hangs { options += ["--timeout", trial.random.pick(["0.3", "0.5", "0.8"])] }
  if isNumbered { options.append("--numbered") }
  if skips { options += ["--on-failure", "skip"] }
  let canRetry = options[1] != "0"
  let outcome: Trial.Outcome
  let expected: String
  switch trial.random.below(4) {
  case 0:
    outcome = trial.run(
      Reference.minimize("adam", samples: 6, ["--json", "--jobs", "\(jobs)"] + options, program))
    expected = reference.minimization
  case 1 where !skips:
    outcome = trial.run(
      ["replay", "--input", "0.5,2", "--json", "--timeout", "2"]
        + (isNumbered ? ["--numbered"] : []) + ["--"] + program)
    if outcome.code == 0, JSONText(outcome.output)?["output"]?.text != "[7.25]" {
      trial.fail("wrong numbers: \(outcome.output)")
    }
    return
  default:
    outcome = trial.run(Reference.evaluate(jobs, options, program))
    expected = reference.evaluation
  }
  if outcome.code == 0, !skips, Reference.numbers(outcome.output) != expected {
    trial.fail("wrong numbers")
  }
  if outcome.code != 0, mode.name == "well" || mode.isMadeUp && isOnce && canRetry {
    trial.fail("a fresh process did not make up for it: \(Trial.shown(outcome.errors))")
  }
}

// MARK: Scarce resources

@Sendable private func resources(_ trial: Trial, _ reference: Reference) {
  let jobs = trial.random.pick([1, 2, 8, 64, 512])
  let well = [trial.tools.worker, "well"]
  let corpus = Corpus(tools: trial.tools)
  let graph = trial.file("graph.json", Corpus.graph)
  let lines = [
    Reference.evaluate(jobs, [], well), Reference.evaluate(jobs, ["--timeout", "20"], well),
    Reference.evaluate(jobs, [], ["sh", "-c", "while read l; do echo 1; done"]),
    ["evaluate", "--theta", "1,2", "--samples", "20", "--jobs", "\(jobs)", "--", "cat", "{file}"],
    ["minimize", "--start", "1,2", "--steps", "3", "--samples", "20", "--jobs", "\(jobs)"]
      + ["--out", "run", "--"] + well,
    ["evaluate", "ranking", "--theta", "1,2,3", "--samples", "100000", "--cotangent", "1,0,0"],
    ["evaluate", "shortest-path", "--graph", graph, "--samples", "2000"],
    ["diagnose", "argmax", "--theta", "1,2", "--samples", "200", "--out", "diagnosis"],
    ["gallery", "or", "--samples", "50", "--out", "gallery"],
    ["replay", trial.file("failure.json", corpus.failure)],
  ]
  let index = trial.random.below(lines.count)
  let kind = trial.random.below(5)
  let limit = trial.random.below(64)
  let outcome = trial.run(lines[index]) { how in
    switch kind {
    case 0: how.descriptors = UInt64(4 + limit)
    case 1: how.processes = UInt64(1 + limit / 3)
    case 2: how.addressSpace = (leastSpace + UInt64(limit / 2)) << 22
    case 3:
      how.descriptors = UInt64(8 + limit)
      how.processes = UInt64(1 + limit / 2)
    default:
      how.closesInput = limit & 1 == 1
      if limit & 2 == 2 { how.output = nil }
      if limit & 4 == 4 { how.error = nil }
    }
  }
  if outcome.code == 0, index < 2, kind != 4,
    Reference.numbers(outcome.output) != reference.evaluation
  {
    trial.fail("wrong numbers")
  }
}

// MARK: Kills, pairs, stops

/// Finds fault with a run's folder that is not what an undisturbed run leaves.
func compare(_ trial: Trial, _ run: String, _ method: Reference.Method) {
  if Reference.text("\(run)/history.csv") != method.history { trial.fail("another history") }
  if Reference.result(run) != method.result { trial.fail("another result") }
  let names = Set((try? FileManager.default.contentsOfDirectory(atPath: run)) ?? [])
  let known: Set = [
    "checkpoint.json", "checkpoint.previous.json", "history.csv", "result.json", "index.html",
  ]
  if !names.isSubset(of: known) { trial.fail("files left: \(names.subtracting(known))") }
}

@Sendable private func kills(_ trial: Trial, _ reference: Reference) {
  let method = trial.random.pick(reference.methods)
  let run = "\(trial.work)/run"
  let program = [trial.tools.worker, "pause-\(trial.random.below(4))"]
  let begin = Reference.minimize(
    method.name, samples: method.samples,
    ["--out", run, "--jobs", "\(1 + trial.random.below(4))"], program)
  for _ in 0..<1 + trial.random.below(4) {
    let isBegun =
      FileManager.default.fileExists(atPath: "\(run)/checkpoint.json")
      || FileManager.default.fileExists(atPath: "\(run)/checkpoint.previous.json")
    guard let command = trial.start(isBegun ? ["minimize", "--resume", "--out", run] : begin)
    else { return }
    usleep(UInt32(trial.random.below(250_000)))
    let signal = trial.random.pick([SIGKILL, SIGKILL, SIGTERM, SIGINT, SIGHUP])
    command.running.signal(signal)
    let outcome = command.wait()
    if outcome.code == 0 { break }
    // Before the handlers are there, a signal ends the process as it ends others.
    if signal == SIGKILL {
      trial.judgeLeftovers()
      if outcome.code != -9, outcome.code != 0 { trial.fail("\(outcome.code ?? 0) after a kill") }
    } else {
      if outcome.code == -Int(signal) {
        trial.judgeLeftovers()
      } else {
        trial.judge(outcome, signal: signal)
      }
    }
  }
  let isBegun =
    FileManager.default.fileExists(atPath: "\(run)/checkpoint.json")
    || FileManager.default.fileExists(atPath: "\(run)/checkpoint.previous.json")
  if !FileManager.default.fileExists(atPath: "\(run)/result.json") {
    trial.run(isBegun ? ["minimize", "--resume", "--out", run] : begin)
  }
  compare(trial, run, method)
}

@Sendable private func pairs(_ trial: Trial, _ reference: Reference) {
  let method = trial.random.pick(reference.methods)
  let run = "\(trial.work)/run"
  let arguments = Reference.minimize(
    method.name, samples: method.samples, ["--out", run], [trial.tools.worker, "pause-1"])
  var commands: [Trial.Command] = []
  for _ in 0..<2 + trial.random.below(2) {
    if let command = trial.start(arguments) { commands.append(command) }
    usleep(UInt32(trial.random.below(30_000)))
  }
  let outcomes = commands.map { $0.wait() }
  for outcome in outcomes { trial.judge(outcome) }
  if outcomes.count(where: { $0.code == 0 }) != 1 { trial.fail("not exactly one run") }
  compare(trial, run, method)
}

@Sendable private func stops(_ trial: Trial, _ reference: Reference) {
  guard
    let command = trial.start(
      Reference.evaluate(
        2, ["--timeout", "1", "--retries", "0"], [trial.tools.worker, "pause-5"]))
  else { return }
  for _ in 0..<1 + trial.random.below(2) {
    usleep(UInt32(trial.random.below(200_000)))
    command.stop(forMilliseconds: 1500, &trial.random)
  }
  let outcome = command.wait()
  trial.judge(outcome)
  if outcome.code != 0 { trial.fail("a time-out: \(Trial.shown(outcome.errors))") }
  if outcome.code == 0, Reference.numbers(outcome.output) != reference.evaluation {
    trial.fail("wrong numbers")
  }
}
