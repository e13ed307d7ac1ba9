package import Platform
internal import Programs

extension Evaluation {
  /// The outcome as one JSON object on one line.
  package func json(_ outcome: Outcome) -> JSON {
    let results: [(name: String, prefix: String, value: NumberArray?, error: NumberArray?)] = [
      ("value", "", outcome.value, outcome.valueError),
      ("gradient", "gradient_", outcome.gradient, outcome.gradientError),
      ("hessian", "hessian_", outcome.hessian, outcome.hessianError),
    ]
    var members: [JSON.Member] = []
    func add(_ name: String, _ value: JSON) {
      members.append(JSON.Member(name: name, value: value))
    }
    for (name, prefix, value, error) in results {
      guard let value else { continue }
      add(name, value.json)
      guard let error else { continue }
      add(prefix + "standard_error", error.json)
      guard let spread = outcome.spread else { continue }
      // Of derivatives without spread nothing is known.
      let known =
        outcome.hasNoSpread
        ? error.replacingZeros(by: name == "value" ? spread.noSpreadError : .nan) : error
      add(
        prefix + "interval_95",
        [
          "lower": value.adding(known, scaledBy: -spread.margin).json,
          "upper": value.adding(known, scaledBy: spread.margin).json,
        ])
    }
    if let spread = outcome.spread {
      add("degrees_of_freedom", JSON(spread.degreesOfFreedom))
      if outcome.hasNoSpread { add("no_spread_error", JSON(spread.noSpreadError)) }
    }
    add("samples", JSON(outcome.samples))
    if let best = outcome.choice?.best {
      add("sampling", .string(best.sampling.name))
      add("baseline", .string(VarianceReduction.name(of: best.baseline)))
    }
    if stop != nil { add("reached_standard_error", .bool(outcome.isPreciseEnough)) }
    if problem.program != nil { add("skipped", JSON(outcome.skipped)) }
    add("seconds", JSON(outcome.seconds))
    return .object(members)
  }

  /// The outcome for people: what was done, then the perturbed beside the unperturbed output.
  package func text(_ outcome: Outcome) -> String {
    let samples = outcome.samples
    var text =
      "\(title(outcome)), perturbed\n"
      + "\(Digits.grouped(samples)) sample\(samples == 1 ? "" : "s"), sigma \(problem.sigma), "
      + "\(problem.noise) noise, "
      + (problem.precision == .double ? "double precision, " : "")
      + "seed \(problem.seed), \(Digits.seconds(outcome.seconds))\n\n"
    if let best = outcome.choice?.best {
      text += "\(VarianceReduction.description(of: best)), chosen by a pilot\n\n"
    }
    if !outcome.isPreciseEnough, let stop {
      text +=
        "The standard error \(stop.target)\(stop.isOfGradient ? " of the gradient" : "") is not "
        + "reached: \(outcome.largest(stop)).\n\n"
    }
    text += tables(outcome) + hessianTables(outcome) + spreadText(outcome)
    if ExactEvaluation.hasFormula(problem) {
      text += "\nThere is a formula for this expectation: --exact takes no samples.\n"
    }
    if let gain = outcome.baselineGain, gain > 2 {
      text +=
        "\nWith --baseline leave-one-out the gradient's variance is \(Digits.fixed(gain, 0)) times "
        + "smaller.\n"
    }
    if outcome.skipped > 0 {
      text +=
        "\n\(Digits.grouped(outcome.skipped)) of \(Digits.grouped(samples)) samples failed and were "
        + "left out: this is the mean over inputs at which the program works, biased towards them by "
        + "up to that fraction times the difference of the two means. Standard errors are not found.\n"
    }
    return text
  }

  /// What the standard errors are worth, in a line or two.
  private func spreadText(_ outcome: Outcome) -> String {
    guard let spread = outcome.spread else { return "" }
    let errors = [outcome.valueError, outcome.gradientError].flatMap { $0?.values ?? [] }
    if errors.contains(where: \.isNaN) {
      return "\nNaN: a few samples carry most of the spread, and there may be no mean\n"
    }
    var text = ""
    if errors.contains(where: { $0 > 0 }) {
      let degrees = spread.degreesOfFreedom
      text +=
        "95 % interval: ± \(Digits.fixed(spread.margin, 2)) standard errors (s.e.)"
        + (degrees < 100 ? ", of \(degrees) degree\(degrees == 1 ? "" : "s") of freedom" : "")
        + "\n"
    }
    if outcome.hasNoSpread {
      text +=
        "–: no spread in \(Digits.grouped(spread.samples)) samples: the error is only known to be "
        + "below about \(Digits.significant(spread.noSpreadError, 2))\n"
    }
    return text.isEmpty ? "" : "\n" + text
  }

  func title(_ outcome: Outcome) -> String {
    if problem.program != nil { return problem.name }
    let count = outcome.theta.values.count
    let shape =
      outcome.theta.shape.count == 2
      ? "\(outcome.theta.shape[0]) rows of \(outcome.theta.shape[1]) numbers"
      : "\(count) number\(count == 1 ? "" : "s")"
    return "\(problem.name) of \(shape)"
  }

  func tables(_ outcome: Outcome) -> String {
    let names = problem.inputNames
    let inputs = (problem.inputTitle, names ?? outcome.theta.indexTexts)
    let theta = Column("theta", outcome.theta)
    let values =
      [Column("unperturbed", outcome.unperturbed), Column("perturbed", outcome.value)]
      + Column.errors(outcome.valueError, outcome)
    let gradient =
      (outcome.gradient.map { [Column("gradient", $0)] } ?? [])
      + Column.errors(outcome.gradientError, outcome)
    if problem.program == nil, outcome.value.shape == outcome.theta.shape {
      return Self.table(inputs, [theta] + values + gradient)
    }
    var text = Self.table(("output", outcome.value.indexTexts), values)
    if !gradient.isEmpty { text += "\n" + Self.table(inputs, [theta] + gradient) }
    return text
  }

  /// The second derivatives, one table for each row of a batch.
  func hessianTables(_ outcome: Outcome) -> String {
    guard let hessian = outcome.hessian, let d = hessian.shape.last else { return "" }
    let isBatch = hessian.shape.count == 3
    let names = problem.inputNames ?? (0..<d).map { "\($0)" }
    return (0..<(isBatch ? hessian.shape[0] : 1)).map { row in
      let place = isBatch ? " of row \(row)" : ""
      return [("Hessian", hessian), ("standard error", outcome.hessianError)].map { title, matrix in
        guard let matrix else { return "" }
        let texts = matrix.texts
        let columns = (0..<d).map { column in
          Column(
            name: names[column],
            texts: (0..<d).map { line in
              let place = (row * d + line) * d + column
              return title == "Hessian"
                ? texts[place] : Digits.twoDigits(matrix.values[place])
            })
        }
        return "\n\(title)\(place)\n" + Self.table(("", names), columns)
      }.joined()
    }.joined()
  }

  private struct Column {
    let name: String
    let texts: [String]

    init(_ name: String, _ numbers: NumberArray) {
      self.name = name
      texts = numbers.texts
    }

    /// Of errors two digits say enough. None is exactly 0 where outputs have shown no spread.
    static func errors(_ numbers: NumberArray?, _ outcome: Outcome) -> [Column] {
      guard let numbers else { return [] }
      return [
        Column(
          name: "s.e.",
          texts: numbers.values.map {
            $0 == 0 && outcome.hasNoSpread ? "–" : Digits.twoDigits($0)
          })
      ]
    }

    init(name: String, texts: [String]) {
      self.name = name
      self.texts = texts
    }
  }

  private static func table(_ names: (String, [String]), _ columns: [Column]) -> String {
    let hasNames = names.1 != [""]
    return TextTable(
      header: (hasNames ? [names.0] : []) + columns.map(\.name),
      rows: names.1.indices.map { row in
        (hasNames ? [.text(names.1[row])] : [])
          + columns.map { .number($0.texts[row]) }
      }
    ).text()
  }
}

extension Evaluation.Outcome {
  /// Whether an output was the same in all samples, of which there is more than none to say.
  fileprivate var hasNoSpread: Bool {
    guard let spread, spread.noSpreadError > 0 else { return false }
    return valueError?.values.contains(0) ?? false
  }

  /// The largest standard error of what was to be known so well, or what is known of one of 0.
  fileprivate func largest(_ stop: Evaluation.Stop) -> String {
    let error: Double
    switch stop {
    case .value:
      error = max(
        valueError?.values.max() ?? .nan, hasNoSpread ? spread?.noSpreadError ?? 0 : 0)
    case .gradient: error = gradientError?.values.max() ?? .nan
    }
    return error > 0 || error.isNaN
      ? "the largest is \(Digits.significant(error, 2))"
      : "the gradient has shown no spread, which is not taken for exactness"
  }
}
