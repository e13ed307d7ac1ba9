extension Evaluation {
  /// The outcome as one JSON object on one line.
  package func json(_ outcome: Outcome) -> JSON {
    var members = [JSON.Member(name: "value", value: outcome.value.json)]
    if let gradient = outcome.gradient {
      members.append(JSON.Member(name: "gradient", value: gradient.json))
    }
    members.append(JSON.Member(name: "samples", value: JSON(samples)))
    members.append(JSON.Member(name: "seconds", value: JSON(outcome.seconds)))
    return .object(members)
  }

  /// The outcome for people: what was done, then the perturbed beside the unperturbed output.
  package func text(_ outcome: Outcome) -> String {
    let count = outcome.theta.values.count
    let shape =
      outcome.theta.shape.count == 2
      ? "\(outcome.theta.shape[0]) rows of \(outcome.theta.shape[1]) numbers"
      : "\(count) number\(count == 1 ? "" : "s")"
    var text =
      "\(function.rawValue) of \(shape), perturbed\n"
      + "\(Digits.grouped(samples)) sample\(samples == 1 ? "" : "s"), sigma \(sigma), "
      + "\(noise) noise, seed \(seed), \(Digits.seconds(outcome.seconds))\n\n"
    let inputNames = outcome.names ?? outcome.theta.indexTexts
    let inputs = (outcome.names == nil ? "entry" : "edge", inputNames)
    let theta = Column("theta", outcome.theta)
    let values =
      [Column("unperturbed", outcome.unperturbed), Column("perturbed", outcome.value)]
      + Column.errors(outcome.valueError)
    let gradient =
      (outcome.gradient.map { [Column("gradient", $0)] } ?? [])
      + Column.errors(outcome.gradientError)
    if outcome.value.shape == outcome.theta.shape {
      return text + Self.table(inputs, [theta] + values + gradient)
    }
    text += Self.table(("output", outcome.value.indexTexts), values)
    if !gradient.isEmpty { text += "\n" + Self.table(inputs, [theta] + gradient) }
    return text
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

    private init(name: String, texts: [String]) {
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
