internal import Perturbations

/// How the variance is brought down, from the names on the command line.
struct VarianceReduction {
  static let baselines: [(name: String, baseline: Baseline)] = [
    ("none", .none), ("point", .point), ("leave-one-out", .leaveOneOut),
    ("linear", .linear),
  ]

  let baseline: Baseline
  let sampling: Sampling

  /// What the command line calls a baseline.
  static func name(of baseline: Baseline) -> String {
    baselines.first { $0.baseline == baseline }?.name ?? baseline.rawValue
  }

  /// A way to sample in words.
  static func description(of candidate: SamplingChoice.Candidate) -> String {
    "\(candidate.sampling.name) sampling, baseline \(name(of: candidate.baseline))"
  }

  /// - Parameters:
  ///   - name: A baseline, or a sampling, which then goes without a baseline; nil for none.
  ///   - sampling: A sampling, which goes with a baseline; nil for independent samples.
  /// - Throws: ``CommandError`` for unknown names, and where each of the two names a sampling.
  init(baseline name: String?, sampling: String?) throws(CommandError) {
    let found = sampling.flatMap { Sampling.named($0) }
    if let sampling, found == nil {
      throw .unknown(
        "sampling", sampling, expected: (Sampling.all + [.automatic]).map(\.name))
    }
    guard let name, let other = Sampling.named(name), other != .independent else {
      let name = name ?? "none"
      guard let baseline = Self.baselines.first(where: { $0.name == name }) else {
        throw .unknown(
          "baseline", name,
          expected: Self.baselines.map(\.name)
            + Sampling.all.filter { $0 != .independent }.map(\.name))
      }
      self.baseline = baseline.baseline
      self.sampling = found ?? .independent
      return
    }
    if let found, found != other {
      throw CommandError(
        "--baseline \(name) and --sampling \(found.name) are two samplings, expected one of them")
    }
    baseline = .none
    self.sampling = other
  }
}
