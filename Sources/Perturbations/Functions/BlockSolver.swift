internal import CKernels
internal import Solvers

/// What solves a whole block of samples at a time, with the bits of the solver that it stands for.
///
/// Rows to be ordered are sorted side by side, one to a lane.
struct BlockSolver {
  private enum Result {
    case ranks
    case sorted
    case first(Int)
    case vote(least: Int)
  }

  private let result: Result
  private let isDescending: Bool

  /// Whether the order of the entries is needed, and room for it.
  var isOrder: Bool { if case .vote = result { false } else { true } }

  /// - Parameters:
  ///   - solver: What is evaluated; nil comes out for a solver that is none of these, or that is no
  ///     slower by itself.
  ///   - count: Entries of one input.
  init?(_ solver: some Solver, count: Int) {
    // Ranks up to here are exact in single precision; the solver refuses more.
    guard count <= 1 << 24 else { return nil }
    switch solver {
    case let solver as Ranking: (result, isDescending) = (.ranks, solver.descending)
    case let solver as Sorting: (result, isDescending) = (.sorted, solver.descending)
    case let solver as TopK where solver.k > TopK.longestScan || (33...256).contains(count):
      (result, isDescending) = (.first(solver.k), true)
    case is LogicalOr: (result, isDescending) = (.vote(least: 1), false)
    case is LogicalAnd: (result, isDescending) = (.vote(least: count), false)
    default: return nil
    }
  }

  /// Solves for `rows` inputs of `count` entries each.
  ///
  /// - Parameters:
  ///   - input: [rows, count].
  ///   - rows: How many there are.
  ///   - count: Entries of one input.
  ///   - order: Room for [rows, count], where ``isOrder``.
  ///   - output: The solutions.
  /// - Returns: Whether it did: an entry that is not a number is left to the solver, which says so.
  func solve(
    _ input: UnsafePointer<Float>, rows: Int, count: Int, order: UnsafeMutablePointer<Int32>,
    into output: UnsafeMutablePointer<Float>
  ) -> Bool {
    guard ck_all_numbers_f32(input, rows * count) != 0 else { return false }
    if isOrder { ck_argsort(CK_F32, rows, count, input, order, isDescending ? 1 : 0) }
    switch result {
    case .ranks: ck_ranks_of_order_f32(order, rows, count, output)
    case .sorted: ck_sorted_by_order_f32(order, input, rows, count, output)
    case .first(let k): ck_first_of_order_f32(order, rows, count, k, output)
    case .vote(let least): ck_vote_f32(input, rows, count, least, output)
    }
    return true
  }

  /// The same in double precision.
  func solve(
    _ input: UnsafePointer<Double>, rows: Int, count: Int, order: UnsafeMutablePointer<Int32>,
    into output: UnsafeMutablePointer<Double>
  ) -> Bool {
    guard ck_all_numbers_f64(input, rows * count) != 0 else { return false }
    if isOrder { ck_argsort(CK_F64, rows, count, input, order, isDescending ? 1 : 0) }
    switch result {
    case .ranks: ck_ranks_of_order_f64(order, rows, count, output)
    case .sorted: ck_sorted_by_order_f64(order, input, rows, count, output)
    case .first(let k): ck_first_of_order_f64(order, rows, count, k, output)
    case .vote(let least): ck_vote_f64(input, rows, count, least, output)
    }
    return true
  }
}
