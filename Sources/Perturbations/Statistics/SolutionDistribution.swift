internal import Platform
public import Tensors

/// The distribution of a perturbed function's output: distinct solutions with their weights.
public struct SolutionDistribution<Output: Tree> {
  /// One solution.
  public struct Solution {
    /// The function's output.
    public let output: Output
    /// In how many samples it came out.
    public let count: Int
    /// Its share of the samples.
    public let weight: Double
  }

  /// The solutions, by falling weight; those of equal weight in the order of their first sample.
  public let solutions: [Solution]
  /// The number of samples.
  public let samples: Int

  /// The solution with the largest weight.
  public var mostLikely: Output { solutions[0].output }

  /// −Σ w log w in nats: 0 where there is one solution, log n for n of equal weight.
  ///
  /// An estimate from samples, which misses solutions too rare to have come out; so it is too small
  /// on average, by about (solutions − 1) / (2 samples).
  public var entropy: Double {
    -solutions.reduce(0) { $0 + $1.weight * Elementary.log($1.weight) }
  }

  /// The mean of a cost over the solutions.
  ///
  /// - Parameter cost: Called once for each distinct solution.
  /// - Returns: The mean, with the standard error for independent samples.
  /// - Throws: What `cost` throws.
  public func expectation<E: Error>(
    of cost: (Output) throws(E) -> Double
  ) throws(E) -> ScalarEstimate {
    var costs: [Double] = []
    for solution in solutions { costs.append(try cost(solution.output)) }
    let mean = zip(costs, solutions).reduce(0) { $0 + $1.0 * $1.1.weight }
    let variance = zip(costs, solutions).reduce(0) {
      $0 + ($1.0 - mean) * ($1.0 - mean) * $1.1.weight
    }
    return ScalarEstimate(
      value: mean, standardError: (variance / Double(Swift.max(samples - 1, 1))).squareRoot())
  }
}

extension SolutionDistribution: Sendable where Output: Sendable {}
extension SolutionDistribution.Solution: Sendable where Output: Sendable {}

extension Perturbed {
  /// The distinct outputs of the function over the samples, with their weights.
  ///
  /// For functions with finitely many outputs: an argmax, a ranking, a path. Outputs are the same
  /// where all their elements are equal.
  ///
  /// - Parameters:
  ///   - input: θ; not a batch.
  ///   - key: The key of the noise; by default the next of `RandomKey.withDefault`.
  ///   - limit: The most distinct solutions to keep; with one block of samples, they bound the memory.
  /// - Returns: The distribution.
  /// - Throws: ``PerturbationError/tooManySolutions(limit:samples:)`` where there are more, and what a
  ///   call throws.
  public func solutions(
    at input: Input, key: RandomKey? = nil, limit: Int = 10_000
  ) throws -> SolutionDistribution<Output> {
    guard limit > 0 else {
      throw PerturbationError.invalidParameter(
        name: "limit", value: "\(limit)", expected: "at least 1")
    }
    let context = try statistics(
      input, key: .resolve(key), batched: false, keepingOutputs: false)
    let table = try context.call.solutions(context.theta, limit: limit)[0]
    let width = table.outputs.count / table.counts.count
    let order = table.counts.indices.sorted {
      (-table.counts[$0], $0) < (-table.counts[$1], $1)
    }
    return SolutionDistribution(
      solutions: order.map { place in
        SolutionDistribution.Solution(
          output: context.exampleOutput(Array(table.outputs[place * width..<(place + 1) * width])),
          count: table.counts[place], weight: Double(table.counts[place]) / Double(samples))
      }, samples: samples)
  }
}
