internal import CKernels

/// A small graph's arcs between source and target as lists, to be searched for many costs side by side.
struct PathLanes: Sendable {
  /// Where each arc begins; none ends at the source, which no shortest path of costs of 0 or more
  /// enters. Arcs out of nodes near the source come first.
  let tails: [Int32]
  /// Where each arc ends.
  let heads: [Int32]
  /// Which cost each arc pays.
  let slots: [Int32]
  /// The entry of the input at which each cost stands; costs of arcs that are not kept are checked too.
  let entries: [Int32]
}

/// A scalar whose costs the kernels read.
protocol PathScalar: BinaryFloatingPoint, BitwiseCopyable {
  /// `paths_f32` or `paths_f64` of the kernels.
  static func solve(
    _ problem: UnsafePointer<ck_path_problem>, _ inputs: Span<Self>, rows: Int,
    into outputs: inout MutableSpan<Self>, isOpen: inout [UInt8],
    memory: UnsafeMutablePointer<Double>)
}

extension Float: PathScalar {
  static func solve(
    _ problem: UnsafePointer<ck_path_problem>, _ inputs: Span<Float>, rows: Int,
    into outputs: inout MutableSpan<Float>, isOpen: inout [UInt8],
    memory: UnsafeMutablePointer<Double>
  ) {
    inputs.withUnsafeBufferPointer { inputs in
      outputs.withUnsafeMutableBufferPointer { outputs in
        ck_table_current().pointee.paths.paths_f32(
          problem, inputs.baseAddress, rows, outputs.baseAddress, &isOpen, memory)
      }
    }
  }
}

extension Double: PathScalar {
  static func solve(
    _ problem: UnsafePointer<ck_path_problem>, _ inputs: Span<Double>, rows: Int,
    into outputs: inout MutableSpan<Double>, isOpen: inout [UInt8],
    memory: UnsafeMutablePointer<Double>
  ) {
    inputs.withUnsafeBufferPointer { inputs in
      outputs.withUnsafeMutableBufferPointer { outputs in
        ck_table_current().pointee.paths.paths_f64(
          problem, inputs.baseAddress, rows, outputs.baseAddress, &isOpen, memory)
      }
    }
  }
}

extension PathFinder {
  /// Solves for the inputs of a block, one to a lane, where the graph is small.
  ///
  /// - Returns: the rows that are left to `solve`, because several paths are equally short or costs are
  ///   negative or none; nil where all are.
  func solveInLanes<Scalar: PathScalar>(
    _ inputs: Span<Scalar>, rows: Int, into outputs: inout MutableSpan<Scalar>,
    scratch: inout PathScratch, marked: Int?
  ) -> LazyFilterSequence<Range<Int>>? {
    guard let lanes, rows > 1, inputs.count == rows * entryCount, outputs.count == inputs.count,
      scratch.states.count == nodeCount
    else { return nil }
    if scratch.isOpen.count < rows { scratch.isOpen = Array(repeating: 0, count: rows) }
    withProblem(lanes) { problem in
      // Room to begin at a whole cache line, and at a whole vector of the lanes.
      let alignment = CK_PATH_LANES * Int32(MemoryLayout<Double>.stride)
      let count = ck_path_memory(problem) + Int(CK_PATH_LANES)
      if scratch.lanes.count < count { scratch.lanes = Array(repeating: 0, count: count) }
      scratch.lanes.withUnsafeMutableBytes { bytes in
        guard let start = bytes.baseAddress?.alignedUp(toMultipleOf: Int(alignment)) else { return }
        Scalar.solve(
          problem, inputs, rows: rows, into: &outputs, isOpen: &scratch.isOpen,
          memory: start.assumingMemoryBound(to: Double.self))
      }
    }
    if let marked {
      for row in 0..<rows { outputs[row * entryCount + marked] = 1 }
    }
    let isOpen = scratch.isOpen
    return (0..<rows).lazy.filter { isOpen[$0] != 0 }
  }

  /// The lists for the kernels; nil for graphs in which passes over all arcs for all nodes are slow.
  func makeLanes() -> PathLanes? {
    guard nodeCount <= Self.smallNodeCount, arcs.count <= 512 else { return nil }
    // Distances spread from the source: in this order few passes over the arcs settle them.
    var nodes = [source]
    var isFound = [Bool](repeating: false, count: nodeCount)
    isFound[source] = true
    var chosen: [Int] = []
    var next = 0
    while next < nodes.count {
      for arc in Int(offsets[nodes[next]])..<Int(offsets[nodes[next] + 1]) {
        let head = Int(arcs[arc].head)
        if head != source { chosen.append(arc) }
        if !isFound[head] {
          isFound[head] = true
          nodes.append(head)
        }
      }
      next += 1
    }
    let entries = Array(costEntries ?? ContiguousArray(0..<Int32(entryCount)))
    var slots: [Int32: Int32] = [:]
    for (slot, entry) in entries.enumerated() { slots[entry] = Int32(slot) }
    return PathLanes(
      tails: chosen.map { tails[$0] }, heads: chosen.map { arcs[$0].head },
      slots: chosen.map { slots[arcs[$0].entry] ?? 0 }, entries: entries)
  }

  private func withProblem(
    _ lanes: PathLanes, _ body: (UnsafePointer<ck_path_problem>) -> Void
  ) {
    var minimum = -Double.infinity
    if case .clipped(let least) = negativeCosts { minimum = least }
    lanes.tails.withUnsafeBufferPointer { tails in
      lanes.heads.withUnsafeBufferPointer { heads in
        lanes.slots.withUnsafeBufferPointer { slots in
          lanes.entries.withUnsafeBufferPointer { entries in
            var problem = ck_path_problem(
              node_count: nodeCount, arc_count: tails.count, slot_count: entries.count,
              entry_count: entryCount, source: source, target: target, tails: tails.baseAddress,
              heads: heads.baseAddress, slots: slots.baseAddress, entries: entries.baseAddress,
              minimum: minimum, largest: largestCost, is_shifted: negativeCosts == .shifted ? 1 : 0)
            body(&problem)
          }
        }
      }
    }
  }
}
