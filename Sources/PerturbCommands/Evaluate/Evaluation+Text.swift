internal import Programs

extension Evaluation {
  /// The outcome as one JSON object on one line.
  package func json(_ outcome: Outcome) -> JSON {
    let arrays: [(name: String, numbers: NumberArray?)] = [
      ("value", outcome.value), ("standard_error", outcome.valueError),
      ("gradient", outcome.gradient), ("gradient_standard_error", outcome.gradientError),
      ("hessian", outcome.hessian), ("hessian_standard_error", outcome.hessianError),
    ]
    return .object(
      arrays.compactMap { name, numbers in
        numbers.map { JSON.Member(name: name, value: $0.json) }
      } + [
        JSON.Member(name: "samples", value: JSON(outcome.samples))
      ]
        + (problem.program == nil
          ? [] : [JSON.Member(name: "skipped", value: JSON(outcome.skipped))])
        + [
          JSON.Member(name: "seconds", value: JSON(outcome.seconds))
        ])
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
    if !outcome.isPreciseEnough, let untilStandardError {
      let largest = outcome.valueError?.largestText ?? "nan"
      text +=
        "The standard error \(untilStandardError) is not reached: the largest is \(largest).\n\n"
    }
    text += tables(outcome) + hessianTables(outcome)
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

  private func title(_ outcome: Outcome) -> String {
    if problem.program != nil { return problem.name }
    let count = outcome.theta.values.count
    let shape =
      outcome.theta.shape.count == 2
      ? "\(outcome.theta.shape[0]) rows of \(outcome.theta.shape[1]) numbers"
      : "\(count) number\(count == 1 ? "" : "s")"
    return "\(problem.name) of \(shape)"
  }

  private func tables(_ outcome: Outcome) -> String {
    let names = problem.inputNames
    let inputs = (names == nil ? "entry" : "edge", names ?? outcome.theta.indexTexts)
    let theta = Column("theta", outcome.theta)
    let values =
      [Column("unperturbed", outcome.unperturbed), Column("perturbed", outcome.value)]
      + Column.errors(outcome.valueError)
    let gradient =
      (outcome.gradient.map { [Column("gradient", $0)] } ?? [])
      + Column.errors(outcome.gradientError)
    if problem.program == nil, outcome.value.shape == outcome.theta.shape {
      return Self.table(inputs, [theta] + values + gradient)
    }
    var text = Self.table(("output", outcome.value.indexTexts), values)
    if !gradient.isEmpty { text += "\n" + Self.table(inputs, [theta] + gradient) }
    return text
  }

  /// The second derivatives, one table for each row of a batch.
  private func hessianTables(_ outcome: Outcome) -> String {
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

    /// Of errors two digits say enough.
    static func errors(_ numbers: NumberArray?) -> [Column] {
      guard let numbers else { return [] }
      return [Column(name: "s.e.", texts: numbers.values.map { Digits.twoDigits($0) })]
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
