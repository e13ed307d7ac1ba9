internal import CKernels
internal import Solvers

/// A solver that is made of the order of its input's entries, for a whole block of samples at a
/// time: rows are sorted side by side, one to a lane. It gives the bits of the solver itself.
struct OrderSolver {
  private enum Result {
    case ranks
    case sorted
    case first(Int)
  }

  private let result: Result
  private let isDescending: Bool

  /// - Parameters:
  ///   - solver: What is evaluated; nil comes out for a solver that is no such one, or that is no
  ///     slower by itself.
  ///   - count: Entries of one input.
  init?(_ solver: some Solver, count: Int) {
    // Ranks up to here are exact in single precision; the solver refuses more.
    guard count <= 1 << 24 else { return nil }
    switch solver {
    case let solver as Ranking:
      result = .ranks
      isDescending = solver.descending
    case let solver as Sorting:
      result = .sorted
      isDescending = solver.descending
    case let solver as TopK where solver.k > TopK.longestScan:
      result = .first(solver.k)
      isDescending = true
    default: return nil
    }
  }

  /// Solves for `rows` inputs of `count` entries each.
  ///
  /// - Parameters:
  ///   - input: [rows, count].
  ///   - rows: How many there are.
  ///   - count: Entries of one input.
  ///   - order: Room for [rows, count].
  ///   - output: [rows, count].
  /// - Returns: Whether it did: an entry that is not a number is left to the solver, which says so.
  func solve(
    _ input: UnsafePointer<Float>, rows: Int, count: Int, order: UnsafeMutablePointer<Int32>,
    into output: UnsafeMutablePointer<Float>
  ) -> Bool {
    guard ck_all_numbers_f32(input, rows * count) != 0 else { return false }
    ck_argsort(CK_F32, rows, count, input, order, isDescending ? 1 : 0)
    switch result {
    case .ranks: ck_ranks_of_order_f32(order, rows, count, output)
    case .sorted: ck_sorted_by_order_f32(order, input, rows, count, output)
    case .first(let k): ck_first_of_order_f32(order, rows, count, k, output)
    }
    return true
  }

  /// The same in double precision.
  func solve(
    _ input: UnsafePointer<Double>, rows: Int, count: Int, order: UnsafeMutablePointer<Int32>,
    into output: UnsafeMutablePointer<Double>
  ) -> Bool {
    guard ck_all_numbers_f64(input, rows * count) != 0 else { return false }
    ck_argsort(CK_F64, rows, count, input, order, isDescending ? 1 : 0)
    switch result {
    case .ranks: ck_ranks_of_order_f64(order, rows, count, output)
    case .sorted: ck_sorted_by_order_f64(order, input, rows, count, output)
    case .first(let k): ck_first_of_order_f64(order, rows, count, k, output)
    }
    return true
  }
}
