public import Solvers

/// The best of a pool of solutions for a linear objective, the first of several.
///
/// - Complexity: O(P d) for P solutions of d entries. No memory is allocated.
public struct PooledSolver: Solver {
  let solutions: [Double]
  let width: Int
  let shape: [Int]
  let objective: Sense

  init(solutions: [Double], width: Int, shape: [Int], sense: Sense) {
    self.solutions = solutions
    self.width = width
    self.shape = shape
    objective = sense
  }

  /// Which optimum over the pool the output is.
  public var sense: Sense? { objective }

  /// The shape of the pool's solutions.
  public func outputShape(forInput shape: [Int]) throws(SolverError) -> [Int] {
    guard shape == self.shape else {
      throw .wrongShape(solver: "PooledSolver", shape: shape, expected: "\(self.shape)")
    }
    return shape
  }

  /// Writes the best solution, in single precision.
  public func solve(
    _ input: Span<Float>, into output: inout MutableSpan<Float>, scratch: inout Void
  ) throws(SolverError) {
    let start = best { Double(input[$0]) }
    for entry in 0..<width { output[entry] = Float(solutions[start + entry]) }
  }

  /// Writes the best solution, in double precision.
  public func solve(
    _ input: Span<Double>, into output: inout MutableSpan<Double>, scratch: inout Void
  ) throws(SolverError) {
    let start = best { input[$0] }
    for entry in 0..<width { output[entry] = solutions[start + entry] }
  }

  /// Where the best solution begins.
  private func best(_ cost: (Int) -> Double) -> Int {
    let sign: Double = objective == .minimize ? 1 : -1
    var (best, lowest) = (0, Double.infinity)
    for start in stride(from: 0, to: solutions.count, by: width) {
      var sum = 0.0
      for entry in 0..<width { sum += cost(entry) * solutions[start + entry] }
      if sign * sum < lowest { (best, lowest) = (start, sign * sum) }
    }
    return best
  }
}
