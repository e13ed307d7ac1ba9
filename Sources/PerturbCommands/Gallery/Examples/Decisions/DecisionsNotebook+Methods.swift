internal import Decisions

extension DecisionsNotebook {
  typealias Loss = (Tensor<Float>, SolvedCosts<Float>, Int) throws -> Tensor<Float>

  /// What has nothing in common with other pieces of work, the longest first. Methods that draw the same noise
  /// share it.
  private static let pieces: [[String]] = [
    ["RFWO"], ["RFYL"], ["I-MLE", "AI-MLE"], ["DPO", "DPOMul", "PFY", "PFYMul"], ["SPO+"], ["PG"],
    ["DBB"], ["NID"], ["NCE"], ["CMAP"], ["LTR listwise"], ["LTR pairwise"], ["LTR pointwise"],
  ]

  /// Trains by each of the methods, on all processors.
  ///
  /// - Parameters:
  ///   - names: Those that are wanted, of the published ones; all where nil.
  ///   - isDone: Told the name of each that is done.
  /// - Returns: The learning curves by their names.
  /// - Throws: What losses and the solver throw.
  package func curves(
    _ names: Set<String>? = nil, isDone: @escaping @Sendable (String) -> Void = { _ in }
  ) throws -> [String: Curve] {
    let pieces = Self.pieces.map { $0.filter { names?.contains($0) ?? true } }
    let found = try parallelMap(pieces.count) { piece in
      let noise = pieces[piece].first.flatMap(noise)
      return try pieces[piece].map { name in
        let curve = try curve(name, noise: noise)
        isDone(name)
        return (name, curve)
      }
    }
    return Dictionary(uniqueKeysWithValues: found.flatMap(\.self))
  }

  /// Trains by a method of this name.
  ///
  /// - Parameters:
  ///   - name: Its name among the published ones.
  ///   - noise: What it draws, if anything.
  ///   - seed: Says at which steps pools grow; nil for the method's own.
  /// - Returns: The learning curve.
  /// - Throws: What the loss and the solver throw.
  package func curve(
    _ name: String, noise: NotebookNoise? = nil, seed: UInt32? = nil
  ) throws -> Curve {
    let index = PublishedCurve.all.firstIndex { $0.method == name } ?? 0
    return try trained(
      index, isPositive: name.hasSuffix("Mul"),
      try loss(name, (noise ?? self.noise(name))?.numbers ?? [], seed: seed ?? Self.poolSeed(name)))
  }

  /// The noise that a method draws.
  private func noise(_ name: String) -> NotebookNoise? {
    let costs = train.costs.shape[1]
    switch name {
    case "DPO", "DPOMul", "PFY", "PFYMul": return .normal(batches, costs: costs)
    case "I-MLE", "AI-MLE": return .sumOfGamma(batches, costs: costs)
    default: return nil
    }
  }

  /// Of some hundred seeds one whose steps are PyEPO's for the longest time.
  private static func poolSeed(_ name: String) -> UInt32 {
    switch name {
    case "CMAP": 48
    case "LTR listwise": 2
    case "LTR pairwise": 94
    case "LTR pointwise": 89
    default: 0
    }
  }

  /// The examples of each step.
  private var batches: [Int] {
    draws[0].orders.flatMap { order in
      stride(from: 0, to: order.count, by: Self.batchSize).map {
        min(Self.batchSize, order.count - $0)
      }
    }
  }

  private func loss(
    _ name: String, _ numbers: [Tensor<Float>], seed: UInt32
  ) throws -> Loss {
    let solver = solver
    switch name {
    case "SPO+":
      let loss = try SPOPlusLoss(solver)
      return { predicted, known, _ in try loss(predicted, known).mean() }
    case "PG":
      let loss = try PerturbationGradientLoss(solver, sigma: 0.1)
      return { predicted, known, _ in
        let value = try loss(predicted, costs: known.costs, batched: true).mean()
        // A small difference of large numbers, over a small one: the last digit is that of their sums.
        let (above, below) = (predicted, predicted - known.costs * 0.1)
        let printed =
          (PyTorchSums.products(above, try solver(withoutGradient(above), batchAxes: 1))
            - PyTorchSums.products(below, try solver(withoutGradient(below), batchAxes: 1)))
          / Tensor(0.1 + 1e-8)
        return value + withoutGradient(printed.mean() - value)
      }
    case "DPO", "DPOMul":
      return { predicted, known, step in
        let perturbed = try Perturbed(
          solver, smoothing(name, numbers[step], baseline: .leaveOneOut))
        return abs(try perturbed(predicted, key: RandomKey(0), batched: true) - known.decisions)
          .mean()
      }
    case "PFY", "PFYMul":
      return { predicted, known, step in
        let loss = FenchelYoungLoss(
          try PerturbedMaximum(solver, smoothing(name, numbers[step], baseline: .none)))
        return try loss(predicted, target: known.decisions, key: RandomKey(0), batched: true).mean()
      }
    case "I-MLE", "AI-MLE":
      let adaptive = AdaptiveStep(density: .ofAllEntries)
      return { predicted, known, step in
        let smoothing = Smoothing(
          samples: NotebookNoise.samples, sigma: 1,
          noise: .sumOfGamma(k: 5).valueOnly.withNumbers(numbers[step]))
        let decisions =
          name == "I-MLE"
          ? try ImplicitMLE(solver, smoothing, lambda: 10)(
            predicted, key: RandomKey(0), batched: true)
          : try AdaptiveImplicitMLE(solver, smoothing, step: adaptive)(
            predicted, key: RandomKey(0), batched: true)
        return abs(decisions - known.decisions).mean()
      }
    case "DBB":
      let decide = try BlackBox(solver, lambda: 20)
      return { predicted, known, _ in
        objectiveLoss(try decide(predicted, batched: true), known)
      }
    case "NID":
      let decide = try NegativeIdentity(solver)
      return { predicted, known, _ in
        objectiveLoss(try decide(predicted, batched: true), known)
      }
    case "RFWO":
      let decide = try RegularizedDecisions(solver, lambda: 1, steps: 20)
      return { predicted, known, _ in
        square(try decide(predicted, batched: true) - known.decisions).mean()
      }
    case "RFYL":
      let loss = RegularizedFenchelYoungLoss(
        try RegularizedDecisions(solver, lambda: 1, steps: 20))
      return { predicted, known, _ in
        try loss(predicted, decision: known.decisions, batched: true).mean()
      }
    case "NCE":
      let loss = NoiseContrastiveLoss(.minimize)
      return pooled(seed) { loss($0, decision: $1.decisions, pool: $2) }
    case "CMAP":
      let loss = ContrastiveMAPLoss(.minimize)
      return pooled(seed) { loss($0, decision: $1.decisions, pool: $2) }
    case "LTR listwise":
      let loss = ListwiseRankingLoss(.minimize, order: .worstFirst)
      return pooled(seed) { loss($0, costs: $1.costs, pool: $2) }
    case "LTR pairwise":
      let loss = PairwiseRankingLoss(.minimize)
      return pooled(seed) { loss($0, costs: $1.costs, pool: $2) }
    case "LTR pointwise":
      let loss = PointwiseRankingLoss()
      return pooled(seed) { loss($0, costs: $1.costs, pool: $2) }
    default: throw CommandError("no method \(name)")
    }
  }

  /// A loss that compares with a pool: the solutions of the training set, to which at one step in twenty what
  /// the solver decides for the predictions is added. PyEPO draws which steps from a generator without a
  /// seed.
  private func pooled(
    _ seed: UInt32,
    _ loss: @escaping (Tensor<Float>, SolvedCosts<Float>, SolutionPool<Float>) -> Tensor<Float>
  ) -> Loss {
    var pool = SolutionPool(train.decisions)
    var random = NumPyRandomState(seed: seed)
    return { predicted, known, _ in
      if random.uniform() <= 0.05 {
        try pool.add(decidedBy: solver, for: withoutGradient(predicted))
      }
      return loss(predicted, known, pool).mean()
    }
  }

  /// Normal noise of the notebook: added with σ = 1, multiplied with σ = ½.
  private func smoothing(
    _ name: String, _ numbers: Tensor<Float>, baseline: Baseline
  ) -> Smoothing {
    let isMultiplied = name.hasSuffix("Mul")
    return Smoothing(
      samples: NotebookNoise.samples, sigma: isMultiplied ? 0.5 : 1,
      noise: (isMultiplied ? Noise.logNormal : .normal).withNumbers(numbers), baseline: baseline)
  }
}

/// The mean of |⟨c, w⟩ − z|.
///
/// For a right decision the difference is a rounding error, and its sign is a gradient of full size.
private func objectiveLoss(
  _ decisions: Tensor<Float>, _ known: SolvedCosts<Float>
) -> Tensor<Float> {
  abs(PyTorchSums.rows(decisions * known.costs) - known.objectives).mean()
}
