package import Platform

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
        JSON.Member(name: "samples", value: JSON(outcome.samples)),
        JSON.Member(name: "seconds", value: JSON(outcome.seconds)),
      ])
  }

  /// The outcome for people: what was done, then the perturbed beside the unperturbed output.
  package func text(_ outcome: Outcome) -> String {
    let count = outcome.theta.values.count
    let shape =
      outcome.theta.shape.count == 2
      ? "\(outcome.theta.shape[0]) rows of \(outcome.theta.shape[1]) numbers"
      : "\(count) number\(count == 1 ? "" : "s")"
    let samples = outcome.samples
    var text =
      "\(problem.function.rawValue) of \(shape), perturbed\n"
      + "\(Digits.grouped(samples)) sample\(samples == 1 ? "" : "s"), sigma \(problem.sigma), "
      + "\(problem.noise) noise, seed \(problem.seed), \(Digits.seconds(outcome.seconds))\n\n"
    if !outcome.isPreciseEnough, let untilStandardError {
      let largest = outcome.valueError?.values.max() ?? .nan
      text +=
        "The standard error \(untilStandardError) is not reached: the largest is \(largest).\n\n"
    }
    text += tables(outcome) + hessianTables(outcome)
    if let gain = outcome.baselineGain, gain > 2 {
      text +=
        "\nWith --baseline leave-one-out the gradient's variance is \(Digits.fixed(gain, 0)) times "
        + "smaller.\n"
    }
    return text
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
    if outcome.value.shape == outcome.theta.shape {
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
        let columns = (0..<d).map { column in
          Column(
            name: names[column],
            texts: (0..<d).map { line in
              let number = matrix.values[(row * d + line) * d + column]
              return title == "Hessian"
                ? Digits.shortest(number) : Digits.twoDigits(Double(number))
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
      texts = numbers.values.map(Digits.shortest)
    }

    /// Of errors two digits say enough.
    static func errors(_ numbers: NumberArray?) -> [Column] {
      guard let numbers else { return [] }
      return [Column(name: "s.e.", texts: numbers.values.map { Digits.twoDigits(Double($0)) })]
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
