internal import CKernels
internal import Solvers

/// Shortest paths for a block of samples, side by side: one thread's memory for it.
///
/// Rows with more than one shortest path are left to the solver, which says which one it takes.
final class BlockPaths {
  private let arcs: PathArcs
  private let memory: UnsafeMutableRawPointer
  private let isOpen: UnsafeMutablePointer<UInt8>

  /// - Parameters:
  ///   - arcs: The graph.
  ///   - rows: The most that a block has.
  init?(_ arcs: PathArcs, rows: Int) {
    // Passes over all arcs for all nodes: for small graphs only.
    guard arcs.nodeCount <= 64, arcs.tails.count <= 512 else { return nil }
    self.arcs = arcs
    let count = Self.withProblem(arcs) { ck_path_memory($0) }
    memory = .allocate(byteCount: count * MemoryLayout<Double>.stride, alignment: 128)
    isOpen = .allocate(capacity: rows)
  }

  deinit {
    memory.deallocate()
    isOpen.deallocate()
  }

  /// Solves for `rows` inputs.
  ///
  /// - Parameters:
  ///   - input: The costs, one row after the other.
  ///   - rows: How many there are.
  ///   - output: The indicators.
  /// - Returns: 1 for each row that is left to the solver, 0 for the others; nil where all of them are,
  ///   because a cost is negative, too large or not a number.
  func solve(
    _ input: UnsafePointer<Float>, rows: Int, into output: UnsafeMutablePointer<Float>
  ) -> UnsafePointer<UInt8>? {
    let isSolved = Self.withProblem(arcs) {
      ck_table_current().pointee.paths.paths_f32(
        $0, input, rows, output, isOpen, memory.assumingMemoryBound(to: Double.self)) != 0
    }
    return isSolved ? UnsafePointer(isOpen) : nil
  }

  /// The same in double precision.
  func solve(
    _ input: UnsafePointer<Double>, rows: Int, into output: UnsafeMutablePointer<Double>
  ) -> UnsafePointer<UInt8>? {
    let isSolved = Self.withProblem(arcs) {
      ck_table_current().pointee.paths.paths_f64(
        $0, input, rows, output, isOpen, memory.assumingMemoryBound(to: Double.self)) != 0
    }
    return isSolved ? UnsafePointer(isOpen) : nil
  }

  private static func withProblem<Result>(
    _ arcs: PathArcs, _ body: (UnsafePointer<ck_path_problem>) -> Result
  ) -> Result {
    arcs.tails.withUnsafeBufferPointer { tails in
      arcs.heads.withUnsafeBufferPointer { heads in
        arcs.slots.withUnsafeBufferPointer { slots in
          arcs.entries.withUnsafeBufferPointer { entries in
            var problem = ck_path_problem(
              node_count: arcs.nodeCount, arc_count: tails.count, slot_count: entries.count,
              entry_count: arcs.entryCount, source: arcs.source, target: arcs.target,
              tails: tails.baseAddress, heads: heads.baseAddress, slots: slots.baseAddress,
              entries: entries.baseAddress, minimum: arcs.minimum, largest: arcs.largestCost)
            return body(&problem)
          }
        }
      }
    }
  }
}
