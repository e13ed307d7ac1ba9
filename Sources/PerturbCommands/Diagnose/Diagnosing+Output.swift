internal import Figures
internal import Perturbations
package import Platform

extension Diagnosing {
  private static let figureName = "diagnosis.svg"

  /// The outcome as one JSON object.
  package func json(_ outcome: Outcome) -> JSON {
    let rows = outcome.diagnosis.rows.map { row -> JSON in
      [
        "sigma": JSON(row.sigma), "changed": JSON(row.changed),
        "squared_bias": JSON(row.squaredBias), "variance": JSON(row.variance),
        "gradient_norm": JSON(row.gradientNorm), "gradient_error": JSON(row.gradientError),
        "signal_to_noise": JSON(row.signalToNoise),
      ]
    }
    return [
      "function": .string(problem.name), "theta": outcome.theta.json,
      "noise": .string(problem.noise), "seed": .number(String(problem.seed)),
      "samples": JSON(problem.samples), "rows": .array(rows),
      "smallest_error_sigma": outcome.diagnosis.smallestError.map { JSON($0.sigma) } ?? .null,
      "clearest_gradient_sigma": Self.clearestGradient(outcome.diagnosis).map { JSON($0.sigma) }
        ?? .null,
      "recommended": recommendation(outcome),
      "seconds": JSON(outcome.seconds),
    ]
  }

  /// The table for a terminal, and what it says.
  package func text(_ outcome: Outcome) -> String {
    let count = outcome.theta.values.count
    return
      "\(problem.name) of \(count) number\(count == 1 ? "" : "s") "
      + "over a range of sigma\n\(settings), \(Digits.seconds(outcome.seconds))\n\n"
      + TextTable(
        header: Diagnosis.columns,
        rows: outcome.diagnosis.table.map { $0.map { .number(Digits.threeDigits($0)) } }
      ).text() + "\n" + Wrapping.wrapped(advice(outcome) + samplingAdvice(outcome), width: 80)
      + "\n"
  }

  /// The page, the figure and the results, the page last.
  func files(_ outcome: Outcome) throws -> [OutputFolder.File] {
    let figure = figure(outcome)
    let page = Page(
      "\(problem.name) over a range of σ", lead: advice(outcome) + samplingAdvice(outcome),
      footer: "Made by `perturb diagnose`; every number is in [results.json](results.json)."
    ) {
      Section("The figure") {
        Illustration(
          figure,
          caption: "Left: the share of samples whose output is another than without noise. Middle: "
            + "the value's squared distance from the unperturbed output, and its variance. Right: "
            + "the norm of the gradient over its error; near 1 and below it is mostly noise.")
      }
      Section("The numbers") {
        Paragraph(settings + ".")
        Table(
          Diagnosis.columns,
          rows: outcome.diagnosis.table.map { $0.map { .text(Digits.threeDigits($0)) } })
      }
    }
    var results: [JSON.Member] = [
      JSON.Member(name: "generator", value: .string("perturb diagnose \(PerturbVersion.number)"))
    ]
    if case .object(let members) = json(outcome) { results += members }
    results.append(JSON.Member(name: "figures", value: .array([.string(Self.figureName)])))
    return [
      OutputFolder.File(name: Self.figureName, text: try figure.svg()),
      OutputFolder.File(name: OutputFolder.resultsName, text: JSON.object(results).text + "\n"),
      OutputFolder.File(name: "index.html", text: try page.html()),
    ]
  }

  private var settings: String {
    "\(Digits.grouped(problem.samples)) samples for each sigma, \(problem.noise) noise"
      + (problem.baseline.map { ", baseline \($0)" } ?? "")
      + (problem.sampling.map { ", \($0) sampling" } ?? "")
      + (problem.precision == .double ? ", double precision" : "") + ", seed \(problem.seed)"
  }

  static func clearestGradient(_ diagnosis: Diagnosis) -> Diagnosis.Row? {
    diagnosis.rows.filter { $0.signalToNoise.isFinite }
      .max { $0.signalToNoise < $1.signalToNoise }
  }

  private func recommendation(_ outcome: Outcome) -> JSON {
    let best = outcome.choice.best
    let candidates = outcome.choice.candidates.map { candidate -> JSON in
      [
        "sampling": .string(candidate.sampling.name),
        "baseline": .string(VarianceReduction.name(of: candidate.baseline)),
        "variance": JSON(candidate.variance), "cost": JSON(candidate.cost),
      ]
    }
    return [
      "exact": .bool(outcome.choice.hasExactForm), "sigma": JSON(outcome.choiceSigma),
      "sampling": .string(best.sampling.name),
      "baseline": .string(VarianceReduction.name(of: best.baseline)),
      "candidates": .array(candidates),
    ]
  }

  /// With what to evaluate the function.
  private func samplingAdvice(_ outcome: Outcome) -> String {
    let choice = outcome.choice
    let formula =
      choice.hasExactForm
      ? " There is a formula for this expectation: perturb evaluate --exact takes no samples." : ""
    let best = choice.best
    guard best.samples > 0 else { return formula }
    var advice =
      " Of sampled estimates at sigma \(Digits.threeDigits(outcome.choiceSigma)), "
      + VarianceReduction.description(of: best) + ", needs the least time for a gradient"
    if let first = choice.candidates.first, first.sampling == .independent,
      first.effort / best.effort > 1.05
    {
      advice +=
        ", \(Digits.significant(first.effort / best.effort, 2)) times less than independent samples "
        + "with baseline \(VarianceReduction.name(of: first.baseline))"
    }
    return formula + advice + ", as a pilot of \(best.samples) samples tells."
  }

  /// From which σ on a gradient is seen, and where best.
  private func advice(_ outcome: Outcome) -> String {
    guard let clearest = Self.clearestGradient(outcome.diagnosis), clearest.signalToNoise > 2 else {
      return "At none of these sigmas does the gradient stand out of its noise: take more samples, "
        + "a larger sigma or a baseline."
    }
    let best =
      "It is clearest at sigma \(Digits.threeDigits(clearest.sigma)), at "
      + "\(Digits.threeDigits(clearest.signalToNoise)) times its error."
    guard
      let first = outcome.diagnosis.rows.filter({ $0.signalToNoise > 2 }).min(by: {
        $0.sigma < $1.sigma
      })
    else { return best }
    return "The smallest of these sigmas at which the gradient stands out of its noise is "
      + "\(Digits.threeDigits(first.sigma)), where \(Digits.fixed(100 * first.changed, 1)) % of the "
      + "samples differ from the unperturbed output. " + best
  }

  private func figure(_ outcome: Outcome) -> Figure {
    let rows = outcome.diagnosis.rows.sorted { $0.sigma < $1.sigma }
    let sigmas = rows.map(\.sigma)
    let axis = Axis.logarithmic("σ")
    return Figure(
      "\(problem.name): which σ, how many samples", subtitle: settings, columns: 3,
      sharedAxes: .x, width: 1080, height: 360
    ) {
      Panel("samples that differ from f(θ)", x: axis, y: Axis("share", range: 0...1)) {
        Line(x: sigmas, y: rows.map(\.changed), marker: .circle)
      }
      Panel("bias against variance", x: axis, y: .logarithmic("squared error")) {
        Line(x: sigmas, y: rows.map(\.squaredBias), label: "bias²", marker: .circle)
        Line(x: sigmas, y: rows.map(\.variance), label: "variance", marker: .square)
      }
      Panel("gradient: signal over noise", x: axis, y: .logarithmic("norm / error")) {
        Line(x: sigmas, y: rows.map(\.signalToNoise), marker: .circle)
        Rule(y: 1, "as much noise as signal")
      }
    }
  }
}
