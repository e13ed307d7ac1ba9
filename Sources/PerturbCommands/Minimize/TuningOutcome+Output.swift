internal import Figures
internal import Platform

extension TuningOutcome {
  /// Everything that the run found.
  func json(_ settings: TuningSettings) -> JSON {
    func numbers(_ values: [Double]) -> JSON { .array(values.map { JSON($0) }) }
    return .object([
      .init(name: "generator", value: .string("perturb minimize \(PerturbVersion.number)")),
      .init(name: "status", value: .string(status)),
      .init(name: "steps", value: JSON(steps)),
      .init(name: "evaluations", value: JSON(evaluations)),
      .init(name: "skipped", value: JSON(skipped)),
      .init(name: "names", value: .array(settings.names.map { .string($0) })),
      .init(name: "best", value: ["input": numbers(bestInput), "value": JSON(bestValue)]),
      .init(
        name: "final",
        value: [
          "input": numbers(finalInput), "value": JSON(finalValue), "mean": JSON(finalMean),
          "standard_error": JSON(finalError),
        ]),
      .init(
        name: "sensitivity",
        value: sensitivity.map { sensitivity -> JSON in
          [
            "spread": numbers(sensitivity.spread), "change": numbers(sensitivity.change),
            "standard_error": numbers(sensitivity.standardError),
          ]
        } ?? .null),
      .init(name: "seconds", value: JSON(seconds)),
      .init(name: "settings", value: settings.json),
    ])
  }

  /// What a terminal shows at the end.
  func text(_ settings: TuningSettings) -> String {
    let first = settings.options.program[0]
    var text =
      "\(settings.method.rawValue) on \(first): \(status), \(Digits.grouped(evaluations)) "
      + "evaluations in \(Digits.seconds(seconds))\n"
    text +=
      "best value \(Digits.significant(bestValue, 6)), at the end \(Digits.significant(finalValue, 6))\n\n"
    text += TextTable(
      header: ["input", "start", "best", "end"],
      rows: settings.names.indices.map { i in
        [.text(settings.names[i])]
          + [settings.start[i], bestInput.isEmpty ? .nan : bestInput[i], finalInput[i]].map {
            .number(Digits.significant($0, 6))
          }
      }
    ).text(indentation: 2)
    if let warning { text += "\n\(warning)\n" }
    return text
  }

  /// What skipped evaluations do to the result.
  var warning: String? {
    guard skipped > 0 else { return nil }
    return
      "\(Digits.grouped(skipped)) of \(Digits.grouped(evaluations)) evaluations failed and were "
      + "left out. Means and gradients are those over inputs at which the program works, biased "
      + "towards them by up to that fraction times the difference of the means."
  }

  // MARK: Page

  /// The page of a run.
  func page(_ settings: TuningSettings) throws -> String {
    try Page(
      "Tuning \(settings.options.program[0])", lead: lead(settings),
      footer: "Made by `\(PerturbVersion.text)`."
    ) {
      Section("Objective") {
        Illustration(objectiveFigure(settings), caption: objectiveCaption(settings))
      }
      Section("Inputs") {
        Illustration(
          inputFigure(settings),
          caption: settings.names.count > Self.mostPanels
            ? "How far each input has gone from its start, in units of its scale."
            : "Each input along the run; dashed, where it ended.")
        inputTable(settings)
      }
      if let sensitivity {
        Section("Sensitivity at the end") {
          Illustration(
            sensitivityFigure(settings, sensitivity),
            caption:
              "By how much the objective changes when an input moves up by the spread that the "
              + "search ended with, estimated at the last point; bars are two standard errors. Where "
              + "they include zero, the input has nothing left to give that this many samples could "
              + "tell.")
        }
      }
      if let warning { Section("Failures") { Paragraph(warning) } }
    }.html()
  }

  private func lead(_ settings: TuningSettings) -> String {
    let command = settings.options.program.joined(separator: " ")
    return "`\(command)` by \(settings.method.rawValue): \(status), "
      + "\(Digits.grouped(evaluations)) evaluations, best value \(Digits.significant(bestValue, 6))."
  }

  private static let mostPanels = 12

  private func objectiveCaption(_ settings: TuningSettings) -> String {
    settings.method == .cmaES
      ? "The least value of each generation, the generation's mean with two standard errors, and the "
        + "least value so far."
      : "The objective at each point, its mean over the samples around with two standard errors, and "
        + "the least value so far."
  }

  private func objectiveFigure(_ settings: TuningSettings) -> Figure {
    let x = rows.map(\.evaluations)
    let lowest = rows.map { min($0.value, $0.best) }.min() ?? 0
    let highest = rows.map { max($0.value, $0.mean) }.filter(\.isFinite).max() ?? 0
    let isLogarithmic = lowest > 0 && highest > 50 * lowest
    let errors = rows.map { $0.standardError.isFinite ? 2 * $0.standardError : 0 }
    return Figure(
      "Objective against evaluations", x: Axis("evaluations"),
      y: Axis("objective", scale: isLogarithmic ? .logarithmic : .linear), width: 860, height: 380
    ) {
      Line(
        x: x, y: rows.map(\.mean),
        label: settings.method == .cmaES ? "generation's mean" : "mean around"
      ).band(
        lower: zip(rows, errors).map { side($0.mean, -$1, isLogarithmic) },
        upper: zip(rows, errors).map { side($0.mean, $1, isLogarithmic) })
      Line(
        x: x, y: rows.map(\.value),
        label: settings.method == .cmaES ? "generation's best" : "value",
        width: 1.2)
      Line(x: x, y: rows.map(\.best), label: "best so far", dash: .dashed, interpolation: .steps)
    }
  }

  /// A side of the band: that of the mean's logarithm on a logarithmic axis, by the delta method.
  private func side(_ mean: Double, _ error: Double, _ isLogarithmic: Bool) -> Double {
    isLogarithmic ? mean * Elementary.exp(error / mean) : mean + error
  }

  private func inputFigure(_ settings: TuningSettings) -> Figure {
    let x = rows.map(\.evaluations)
    if settings.names.count > Self.mostPanels {
      let space = settings.space
      let start = space.coordinates(of: settings.start)
      let paths = rows.map { space.coordinates(of: $0.input) }
      return Figure(
        "Inputs", x: Axis("evaluations"), y: Axis("change in units of the scale"), legend: .hidden,
        width: 860, height: 380
      ) {
        for i in start.indices {
          Line(x: x, y: paths.map { $0[i] - start[i] }, label: settings.names[i], width: 1.2)
        }
      }
    }
    let columns = min(3, settings.names.count)
    let lines = (settings.names.count + columns - 1) / columns
    return Figure(
      "Inputs", columns: columns, width: 860, height: 60 + 230 * Double(lines)
    ) {
      for i in settings.names.indices {
        Panel(
          settings.names[i], x: Axis(i / columns == lines - 1 ? "evaluations" : ""),
          y: Axis(scale: settings.space.isLogarithmic[i] ? .logarithmic : .linear), legend: .hidden
        ) {
          Line(x: x, y: rows.map { $0.input[i] }, label: settings.names[i])
          Rule(y: finalInput[i])
        }
      }
    }
  }

  private func sensitivityFigure(
    _ settings: TuningSettings, _ sensitivity: Sensitivity
  ) -> Figure {
    let order = settings.names.indices.sorted {
      abs(sensitivity.change[$0]) > abs(sensitivity.change[$1])
    }.prefix(40)
    return Figure(
      "Change of the objective by one spread", x: Axis("change of the objective"), width: 860,
      height: 90 + 26 * Double(order.count)
    ) {
      Bars(
        order.map { settings.names[$0] }, order.map { sensitivity.change[$0] },
        errors: order.map { i in
          let error = sensitivity.standardError[i]
          return error.isFinite ? 2 * error : 0
        }, orientation: .horizontal)
    }
  }

  private func inputTable(_ settings: TuningSettings) -> Table {
    let space = settings.space
    func cell(_ value: Double) -> Table.Cell { value.isFinite ? .number(value) : "" }
    return Table(
      ["input", "start", "best", "end", "lower bound", "upper bound"],
      rows: settings.names.indices.map { i in
        [
          .text(settings.names[i]), cell(settings.start[i]),
          cell(bestInput.isEmpty ? .nan : bestInput[i]).strong, cell(finalInput[i]),
          cell(space.lower[i]), cell(space.upper[i]),
        ]
      })
  }
}
