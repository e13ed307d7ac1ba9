internal import Optimizers
internal import Perturbations
internal import Platform
internal import Tensors

/// CMA-ES: a generation is a step.
struct PopulationTuner: Tuner {
  private let space: InputSpace
  private var search: CMAES
  private var values: [Double] = []

  let endsWithEvaluation = false
  var nextEvaluations: Int { search.population }

  init(_ settings: TuningSettings, key: RandomKey) {
    space = settings.space
    let bounds = (space.lowerCoordinates, space.upperCoordinates)
    search = CMAES(
      start: space.coordinates(of: settings.start), sigma: settings.sigma,
      population: settings.samples, lower: bounds.0, upper: bounds.1, key: key)
  }

  var point: [Double] { search.mean }
  var spread: [Double] { search.standardDeviations }

  // The leaves of a search: its numbers are σ and the least value, its counts the generations, that
  // of the present axes, and the status, -1 for none.
  var state: JSON {
    let leaves = search.leaves.map(\.doubles)
    return [
      "center": .exactly(leaves[0]), "sigma": .exactly(leaves[1][0]),
      "best_value": .exactly(leaves[1][1]), "generation": JSON(Int(leaves[2][0])),
      "axes_generation": JSON(Int(leaves[2][1])), "status": JSON(Int(leaves[2][2])),
      "covariance": .exactly(leaves[3]), "step_path": .exactly(leaves[4]),
      "path": .exactly(leaves[5]), "axes": .exactly(leaves[6]), "lengths": .exactly(leaves[7]),
      "recent": .exactly(leaves[8]), "best_point": .exactly(leaves[9]),
    ]
  }

  mutating func restore(_ state: StateReader, step: Int) throws(CommandError) {
    let n = space.count
    func positive(_ name: String, _ numbers: [Double]) throws(CommandError) {
      if let number = numbers.first(where: { $0 <= 0 }) {
        throw CommandError("\(state.path).\(name) has \(number), expected positive numbers")
      }
    }
    let sigma = try state.member("sigma").number()
    try positive("sigma", [sigma])
    let lengths = try state.member("lengths").numbers(n)
    try positive("lengths", lengths)
    let generation = try state.member("generation").integer(in: step...step)
    let counts = [
      generation, try state.member("axes_generation").integer(in: 0...generation),
      try state.member("status").integer(in: -1...CMAES.Status.allCases.count - 1),
    ]
    let parts: [[Double]] = [
      try state.member("center").numbers(n),
      [sigma, try state.member("best_value").number(finite: false)],
      counts.map(Double.init),
      try state.member("covariance").numbers(n * n), try state.member("step_path").numbers(n),
      try state.member("path").numbers(n), try state.member("axes").numbers(n * n), lengths,
      try state.member("recent").numbers(0...generation, finite: false),
      try state.member("best_point").numbers(n),
    ]
    search = search.withLeaves(parts.map { Leaf(Tensor($0)) })
  }

  mutating func evaluate(
    _ objective: TunedObjective, key: RandomKey
  ) throws -> TuningEvaluation {
    let population = search.ask()
    values = try objective.values(
      at: population, key: search.key.child(UInt64(search.generation)))
    let present = values.filter { !$0.isNaN }
    let n = Double(present.count)
    let mean = present.reduce(0, +) / n
    let spread = present.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    let least = values.indices.filter { !values[$0].isNaN }.min { values[$0] < values[$1] } ?? 0
    return TuningEvaluation(
      value: values[least], mean: mean, standardError: (spread / (n - 1) / n).squareRoot(),
      valuePoint: population[least], point: search.mean, skipped: values.count - present.count)
  }

  mutating func advance(_ objective: TunedObjective) -> String? {
    search.tell(values)
    return search.status?.description
  }
}
