internal import Perturbations
internal import Platform
internal import Programs

/// A perturbed program at one θ: what `perturb evaluate -- ./program` computes.
struct ProgramEvaluation {
  let theta: NumberArray
  let samples: Int
  let sigma: Double
  let noise: String
  let seed: UInt64
  let reduction: VarianceReduction
  /// Nil for no gradient, or that of a value that is a single number.
  let cotangent: [Float]?
  let command: [String]
  let program: ExternalProgram

  struct Outcome {
    var unperturbed: NumberArray
    var value: NumberArray
    var valueError: NumberArray?
    var gradient: NumberArray?
    var gradientError: NumberArray?
    var skipped = 0
    var seconds = 0.0
  }

  /// Evaluates the program.
  ///
  /// - Throws: ``CommandError`` of one line that says how to run a failed sample again;
  ///   ``Interrupted`` after a signal.
  func run(on console: Console) throws -> Outcome {
    let program = program
    defer { program.stop() }
    if console.handlesSignals { Interruption.shared.watch { program.stop() } }
    do { return try outcome() } catch {
      if let signal = Interruption.shared.signal, console.handlesSignals {
        throw Interrupted(signal: signal, text: "stopped by \(Interrupted.name(signal))")
      }
      if error is CommandError { throw error }
      throw CommandError("\(error)\(replayHint(error))")
    }
  }

  private func outcome() throws -> Outcome {
    let start = ContinuousClock.now
    let isBatch = theta.shape.count == 2
    let rows = isBatch ? theta.shape[0] : 1
    let width = theta.values.count / rows
    let unperturbed = try (0..<rows).map { row in
      try program(theta.values[row * width..<(row + 1) * width].map(Double.init))
    }
    let outputs = unperturbed[0].count
    let shape = isBatch ? [rows, outputs] : [outputs]
    var outcome = Outcome(
      unperturbed: NumberArray(shape: shape, values: unperturbed.joined().map { Float($0) }),
      value: theta)
    let chosen = try cotangentTensor(shape)
    let perturbed = try Perturbed(
      program, samples: samples, sigma: sigma,
      noise: Noise.forCommand(noise, hasGradient: chosen != nil), baseline: reduction.baseline,
      sampling: reduction.sampling)
    let key = RandomKey(seed)
    let point = theta.tensor
    let hasErrors = program.onFailure == .stop && hasStandardError(width)
    switch (chosen, hasErrors) {
    case (let chosen?, true):
      let estimate = try perturbed.gradientEstimate(
        at: point, cotangent: chosen, key: key, batched: isBatch)
      outcome.value = NumberArray(estimate.value)
      outcome.valueError = NumberArray(estimate.valueStandardError)
      outcome.gradient = NumberArray(estimate.gradient)
      outcome.gradientError = NumberArray(estimate.standardError)
    case (let chosen?, false):
      let (value, pullback) = try vjp(at: point) { try perturbed($0, key: key, batched: isBatch) }
      outcome.value = NumberArray(value)
      outcome.gradient = NumberArray(try pullback(chosen))
    case (nil, true):
      let estimate = try perturbed.estimate(at: point, key: key, batched: isBatch)
      outcome.value = NumberArray(estimate.value)
      outcome.valueError = NumberArray(estimate.standardError)
    case (nil, false):
      outcome.value = NumberArray(try perturbed(point, key: key, batched: isBatch))
    }
    outcome.skipped = program.statistics.skipped
    outcome.seconds = (ContinuousClock.now - start) / .seconds(1)
    return outcome
  }

  private func hasStandardError(_ width: Int) -> Bool {
    switch reduction.sampling {
    case .independent: samples > 1
    case .antithetic: samples > 2
    case .orthogonal: samples > width
    case .quasiMonteCarlo(let scramblings): scramblings > 1
    }
  }

  /// The cotangent given, or ones where each value is a single number.
  private func cotangentTensor(_ shape: [Int]) throws(CommandError) -> Tensor<Float>? {
    let count = shape.reduce(1, *)
    guard let cotangent else { return shape.last == 1 ? .ones(Shape(shape)) : nil }
    try NumberArray(cotangent).check("the cotangent")
    guard cotangent.count == count else {
      throw CommandError(
        "the cotangent has \(cotangent.count) entries, expected \(count), one for each entry of "
          + "the value")
    }
    return Tensor(shape: Shape(shape), scalars: cotangent)
  }

  /// The command that makes a failed sample's input again, where samples are independent of one
  /// another.
  private func replayHint(_ error: any Error) -> String {
    guard let error = error as? ProgramError, case .sampleFailed(let failure) = error,
      failure.sample >= 0, let key = failure.key, reduction.sampling == .independent,
      theta.shape.count == 1
    else { return "" }
    let numbers = theta.values.map(Digits.shortest).joined(separator: ",")
    return "; 'perturb replay --theta \(numbers) --key \(key.words.0),\(key.words.1) --sample "
      + "\(failure.sample) --sigma \(sigma) --noise \(noise) -- \(command.joined(separator: " "))' "
      + "runs it again"
  }

  // MARK: Output

  func json(_ outcome: Outcome) -> JSON {
    let arrays: [(name: String, numbers: NumberArray?)] = [
      ("value", outcome.value), ("standard_error", outcome.valueError),
      ("gradient", outcome.gradient), ("gradient_standard_error", outcome.gradientError),
    ]
    return .object(
      arrays.compactMap { name, numbers in
        numbers.map { JSON.Member(name: name, value: $0.json) }
      } + [
        JSON.Member(name: "samples", value: JSON(samples)),
        JSON.Member(name: "skipped", value: JSON(outcome.skipped)),
        JSON.Member(name: "seconds", value: JSON(outcome.seconds)),
      ])
  }

  func text(_ outcome: Outcome) -> String {
    var text =
      "\(program), perturbed\n\(Digits.grouped(samples)) sample\(samples == 1 ? "" : "s"), sigma "
      + "\(sigma), \(noise) noise, seed \(seed), \(Digits.seconds(outcome.seconds))\n\n"
    text += Self.table(
      "output", outcome.value.indexTexts,
      [("unperturbed", outcome.unperturbed), ("perturbed", outcome.value)], outcome.valueError)
    if let gradient = outcome.gradient {
      text +=
        "\n"
        + Self.table(
          "entry", theta.indexTexts, [("theta", theta), ("gradient", gradient)],
          outcome.gradientError)
    }
    if outcome.skipped > 0 {
      text +=
        "\n\(Digits.grouped(outcome.skipped)) of \(Digits.grouped(samples)) samples failed and were "
        + "left out: this is the mean over inputs at which the program works, biased towards them by "
        + "up to that fraction times the difference of the two means. Standard errors are not found.\n"
    }
    return text
  }

  private static func table(
    _ name: String, _ rows: [String], _ columns: [(String, NumberArray)], _ errors: NumberArray?
  ) -> String {
    let names = rows == [""] ? ["0"] : rows
    return TextTable(
      header: [name] + columns.map(\.0) + (errors == nil ? [] : ["s.e."]),
      rows: names.indices.map { row in
        [.text(names[row])] + columns.map { .number(Digits.shortest($0.1.values[row])) }
          + (errors.map { [.number(Digits.twoDigits(Double($0.values[row])))] } ?? [])
      }
    ).text()
  }
}
