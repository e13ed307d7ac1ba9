internal import Perturbations
internal import Platform
internal import Programs

/// What a part is a part of: all that the numbers of an evaluation depend on. How many threads and
/// processes work, and how long an answer may take, is not among it.
struct PartSettings: Equatable {
  let json: JSON

  /// The settings of an evaluation.
  ///
  /// - Parameters:
  ///   - evaluation: The evaluation.
  ///   - graphPath: The file that its graph was read from.
  /// - Throws: ``CommandError`` where θ is missing or the graph's file cannot be read.
  init(_ evaluation: Evaluation, graphPath: String?) throws(CommandError) {
    let problem = evaluation.problem
    var members: [JSON.Member] = []
    func add(_ name: String, _ value: JSON?) {
      if let value { members.append(JSON.Member(name: name, value: value)) }
    }
    switch problem.source {
    case .function(let function): add("function", .string(function.rawValue))
    case .program(let program):
      add("program", .array(([program.executable] + program.arguments).map { .string($0) }))
      add("on-failure", .string(program.onFailure.rawValue))
      add("numbered", .bool(program.isNumbered))
    }
    add("theta", try problem.input().json)
    add("samples", JSON(problem.samples))
    add("sigma", .exactly(problem.sigma))
    add("noise", .string(problem.noise))
    add("seed", .number("\(problem.seed)"))
    add("precision", .string(problem.precision.rawValue))
    add("baseline", problem.baseline.map { .string($0) })
    add("sampling", problem.sampling.map { .string($0) })
    add("cotangent", problem.cotangent.map(JSON.exactly))
    add("k", problem.k.map { JSON($0) })
    add("negative-costs", problem.negativeCosts.map { .string($0) })
    if let graphPath { add("graph", try JSON(file: graphPath, purpose: "graph file")) }
    add("hessian", .bool(evaluation.findsHessian))
    add("standard-error", .bool(evaluation.standardErrors == .exact))
    json = .object(members)
  }

  /// The settings that a part's file says.
  init(_ json: JSON) { self.json = json }

  /// The first setting that another evaluation has otherwise, or has alone.
  func firstDifference(_ other: PartSettings) -> (name: String, own: String, other: String)? {
    let names = [self, other].flatMap { $0.json.members?.map(\.name) ?? [] }
    for name in names where json[name] != other.json[name] {
      func text(_ settings: PartSettings) -> String { settings.json[name]?.compactText ?? "none" }
      return (name, text(self), text(other))
    }
    return nil
  }

  /// The evaluation with these settings, whose program is never started.
  ///
  /// - Throws: ``CommandError`` that names the first setting that is none.
  func evaluation() throws(CommandError) -> Evaluation {
    let reader = StateReader(json: json, path: "settings")
    func has(_ name: String) -> Bool { json[name] != nil }
    func text(_ name: String) throws(CommandError) -> String? {
      has(name) ? try reader.member(name).text() : nil
    }
    func isSet(_ name: String) throws(CommandError) -> Bool {
      let member = try reader.member(name)
      guard case .bool(let isSet) = member.json else { throw member.error("true or false") }
      return isSet
    }
    let precision = try reader.member("precision")
    guard let known = Precision(rawValue: try precision.text()) else {
      throw precision.error("single or double")
    }
    let theta = try NumberArray(
      json: reader.member("theta").json, place: "settings.theta", precision: known)
    let seed = try reader.member("seed")
    guard case .number(let digits) = seed.json, let word = UInt64(digits) else {
      throw seed.error("a whole number from 0")
    }
    var problem = PerturbedProblem(
      try source(reader), theta: theta,
      samples: try reader.member("samples").integer(in: 1...Smoothing.mostSamples),
      sigma: try reader.member("sigma").number(), noise: try reader.member("noise").text(),
      seed: word)
    problem.precision = known
    problem.baseline = try text("baseline")
    problem.sampling = try text("sampling")
    if has("cotangent") {
      problem.cotangent = try reader.member("cotangent").numbers(0...Int.max, finite: false)
    }
    if has("k") { problem.k = try reader.member("k").integer(in: Int.min...Int.max) }
    problem.negativeCosts = try text("negative-costs")
    if let graph = json["graph"] {
      do { problem.graph = try GraphFile(graph) } catch {
        throw CommandError("settings.graph: \(error)")
      }
    }
    var evaluation = Evaluation(problem)
    evaluation.findsHessian = try isSet("hessian")
    evaluation.standardErrors = try isSet("standard-error") ? .exact : .none
    return evaluation
  }

  private func source(_ reader: StateReader) throws(CommandError) -> PerturbedProblem.Source {
    guard json["program"] != nil else {
      return .function(try EvaluatedFunction(named: reader.member("function").text()))
    }
    let member = try reader.member("program")
    let words = member.json.elements?.compactMap(\.string) ?? []
    guard words.count == member.json.elements?.count else {
      throw member.error("an array of texts")
    }
    let policy = try reader.member("on-failure")
    guard let onFailure = ExternalProgram.FailurePolicy(rawValue: try policy.text()) else {
      throw policy.error("stop or skip")
    }
    return .program(
      try .command(
        words, jobs: 1, timeout: nil, retries: 0, onFailure: onFailure,
        numbered: reader.member("numbered").json == .bool(true)))
  }
}
