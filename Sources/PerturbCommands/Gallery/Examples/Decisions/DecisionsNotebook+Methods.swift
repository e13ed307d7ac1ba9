internal import Decisions

extension DecisionsNotebook {
  typealias Loss = (Tensor<Float>, SolvedCosts<Float>, Int) throws -> Tensor<Float>

  /// Trains by a method of this name.
  ///
  /// - Parameters:
  ///   - name: Its name among the published ones.
  ///   - seed: Says at which steps pools grow.
  /// - Returns: What was trained; nil where there is no such method.
  /// - Throws: What the loss and the solver throw.
  package func curve(_ name: String, seed: UInt32 = 0) throws -> Curve? {
    guard let index = PublishedCurve.all.firstIndex(where: { $0.method == name }),
      let loss = try loss(name, seed: seed)
    else { return nil }
    return try trained(index, isPositive: name.hasSuffix("Mul"), loss)
  }

  /// The examples of each step.
  private var batches: [Int] {
    draws[0].orders.flatMap { order in
      stride(from: 0, to: order.count, by: Self.batchSize).map {
        min(Self.batchSize, order.count - $0)
      }
    }
  }

  private func loss(_ name: String, seed: UInt32) throws -> Loss? {
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
      let numbers = NotebookNoise.normal(batches, costs: train.costs.shape[1]).numbers
      return { predicted, known, step in
        let perturbed = try Perturbed(
          solver, smoothing(name, numbers[step], baseline: .leaveOneOut))
        return abs(try perturbed(predicted, key: RandomKey(0), batched: true) - known.decisions)
          .mean()
      }
    case "PFY", "PFYMul":
      let numbers = NotebookNoise.normal(batches, costs: train.costs.shape[1]).numbers
      return { predicted, known, step in
        let loss = FenchelYoungLoss(
          try PerturbedMaximum(solver, smoothing(name, numbers[step], baseline: .none)))
        return try loss(predicted, target: known.decisions, key: RandomKey(0), batched: true).mean()
      }
    case "I-MLE", "AI-MLE":
      let numbers = NotebookNoise.sumOfGamma(batches, costs: train.costs.shape[1]).numbers
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
    default: return nil
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
