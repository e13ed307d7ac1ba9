internal import Platform
internal import Synchronization
internal import Tensors

#if canImport(Dispatch)
  internal import Dispatch
#endif

/// Runs passes on threads of this process: one where the system has no Dispatch, as on WebAssembly.
package struct Threads: Execution {
  /// How many take part; at least 1.
  let count: Int
  /// Told how many samples are done, by one thread at a time.
  let progress: ProgressObserver?

  /// - Parameters:
  ///   - count: How many to use; nil for one per processor.
  ///   - progress: Told how far a run is.
  package init(_ count: Int?, progress: ProgressObserver? = nil) {
    // A call from inside a sample of another call does not start threads upon threads.
    self.count = TraceContext.isEvaluating ? 1 : Swift.max(1, count ?? Processors.count)
    self.progress = progress
  }

  package var threads: Int { count }

  package func run<P: Pass>(_ pass: P, blocks: Range<Int>) throws -> PassPart {
    try run(pass, segments: 0..<pass.segments, blocks: blocks)
  }

  /// Computes the sums of a range of blocks for some of the segments.
  func run<P: Pass>(_ pass: P, segments: Range<Int>, blocks: Range<Int>) throws -> PassPart {
    let cut = Cut(segments: segments, blocks: blocks, workers: count)
    let run = Run(pass, cut, progress)
    let state = TraceContext.current
    let workers = Swift.min(count, cut.units)
    try EvaluationContext.withCurrentTask(threads: Swift.max(1, count / Swift.max(workers, 1))) {
      context in
      let work: @Sendable () -> Void = {
        TraceContext.evaluating(for: state) { run.work(context) }
      }
      if workers <= 1 {
        if workers == 1 { work() }
      } else {
        concurrently(workers, work)
      }
      if let error = run.error { throw error }
    }
    return run.part
  }
}

/// Does the same work so many times at once. A worker goes on until nothing is left, so where there
/// are no threads to hand out, one does it all.
func concurrently(_ count: Int, _ work: @Sendable () -> Void) {
  #if canImport(Dispatch)
    // Of more threads than processors, libdispatch uses as many as there are processors.
    let count = Processors.threads < Processors.count ? Processors.threads : count
    DispatchQueue.concurrentPerform(iterations: count) { _ in work() }
  #else
    work()
  #endif
}

/// How the blocks of a run are handed out: by subtrees of equally many blocks, several for each
/// worker.
private struct Cut {
  let segments: Range<Int>
  let blocks: Range<Int>
  /// The blocks of a subtree are 2^level.
  let level: Int
  private let first: Int
  private let perSegment: Int

  var units: Int { segments.count * perSegment }

  init(segments: Range<Int>, blocks: Range<Int>, workers: Int) {
    self.segments = segments
    self.blocks = blocks
    var level = 0
    // Divides, since segments times blocks may be more than a number holds.
    while level < 6,
      blocks.count >> (level + 1) >= (16 * workers - 1) / Swift.max(segments.count, 1) + 1
    { level += 1 }
    self.level = level
    first = blocks.lowerBound >> level
    perSegment = blocks.isEmpty ? 0 : ((blocks.upperBound - 1) >> level) - first + 1
  }

  /// A unit's segment and blocks.
  func unit(_ index: Int) -> (segment: Int, blocks: Range<Int>) {
    let tree = first + index % perSegment
    return (
      segments.lowerBound + index / perSegment,
      Swift.max(
        tree << level, blocks.lowerBound)..<Swift.min((tree + 1) << level, blocks.upperBound)
    )
  }
}

/// One run of a pass: what its workers share.
private final class Run<P: Pass>: Sendable {
  private struct State {
    var part: PassPart
    /// Samples that are done.
    var done = 0
    var failure: (unit: Int, error: any Error)?
  }

  private let pass: P
  private let cut: Cut
  private let progress: ProgressObserver?
  /// How many samples there are.
  private let total: Int
  private let next = Atomic<Int>(0)
  /// Units from this one on need not be computed: one before them has failed.
  private let end: Atomic<Int>
  private let state: Mutex<State>

  init(_ pass: P, _ cut: Cut, _ progress: ProgressObserver?) {
    self.pass = pass
    let (total, overflow) = cut.segments.count.multipliedReportingOverflow(
      by: pass.samples(in: cut.blocks))
    self.total = overflow ? .max : total
    self.cut = cut
    self.progress = progress
    end = Atomic(cut.units)
    state = Mutex(State(part: PassPart(segments: pass.segments)))
  }

  var part: PassPart { state.withLock { $0.part } }
  var error: (any Error)? { state.withLock { $0.failure?.error } }

  /// Computes units as long as there are any.
  func work(_ context: EvaluationContext) {
    var worker: P.Worker?
    var sums: PartialSums?
    // Samples of the unit that have been told of.
    let told = Told()
    var context = context
    if progress != nil {
      context.progress = { [self] in told.block = report($0, after: told.block) }
    }
    while true {
      let unit = next.wrappingAdd(1, ordering: .relaxed).oldValue
      guard unit < end.load(ordering: .relaxed) else { return }
      do {
        let ready = try worker ?? pass.makeWorker(context)
        worker = ready
        try compute(unit, ready, &sums, context, told)
      } catch {
        (told.unit, told.block) = (0, 0)
        fail(unit, error)
      }
    }
  }

  private func compute(
    _ unit: Int, _ worker: P.Worker, _ free: inout PartialSums?, _ context: EvaluationContext,
    _ told: Told
  ) throws {
    let (segment, blocks) = cut.unit(unit)
    var tree = SumTree()
    for block in blocks {
      try context.check()
      var sums = free ?? PartialSums(pass.layout)
      free = nil
      try pass.reduce(segment: segment, block: block, worker, into: &sums)
      told.unit += told.block
      told.block = 0
      if blocks.count == 1 {
        try pass.check(sums)
        return try finish(segment, [SumTree.Node(level: 0, index: block, sums: sums)], blocks, told)
      }
      let (unused, place) = tree.insert(SumTree.Node(level: 0, index: block, sums: sums))
      try pass.check(tree.nodes[place].sums)
      free = unused
      free?.reset()
    }
    try finish(segment, tree.nodes, blocks, told)
  }

  /// How many samples of a unit a worker has told of before it was done with them.
  private final class Told: @unchecked Sendable {
    /// Of blocks that are done, and of the one that it is at; its own thread's alone.
    var unit = 0
    var block = 0
  }

  /// Tells of samples of a block that is under way.
  private func report(_ samples: Int, after told: Int) -> Int {
    guard samples > told else { return told }
    state.withLock { state in
      state.done += samples - told
      progress?(Smoothing.Progress(completed: state.done, total: total))
    }
    return samples
  }

  private func finish(
    _ segment: Int, _ nodes: [SumTree.Node], _ blocks: Range<Int>, _ told: Told
  ) throws {
    let new = pass.samples(in: blocks) - told.unit
    told.unit = 0
    try state.withLock { state in
      for node in nodes {
        let place = state.part.insert(node, segment: segment).place
        try pass.check(state.part.trees[segment].nodes[place].sums)
      }
      state.done += new
      if new > 0 { progress?(Smoothing.Progress(completed: state.done, total: total)) }
    }
  }

  private func fail(_ unit: Int, _ error: any Error) {
    state.withLock { state in
      if let failure = state.failure, failure.unit < unit { return }
      state.failure = (unit, error)
      end.store(unit, ordering: .relaxed)
    }
  }
}
