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
    let theta = ("theta", outcome.theta.values)
    let values = [("unperturbed", outcome.unperturbed.values), ("perturbed", outcome.value.values)]
    let gradient = outcome.gradient.map { [("gradient", $0.values)] } ?? []
    if outcome.value.shape == outcome.theta.shape {
      return text + Self.table(inputs, [theta] + values + gradient)
    }
    text += Self.table(("output", outcome.value.indexTexts), values)
    if !gradient.isEmpty { text += "\n" + Self.table(inputs, [theta] + gradient) }
    return text
  }

  private static func table(
    _ names: (String, [String]), _ columns: [(name: String, values: [Float])]
  ) -> String {
    let hasNames = names.1 != [""]
    return TextTable(
      header: (hasNames ? [names.0] : []) + columns.map(\.name),
      rows: names.1.indices.map { row in
        (hasNames ? [.text(names.1[row])] : [])
          + columns.map { .number(Digits.shortest($0.values[row])) }
      }
    ).text()
  }
}
