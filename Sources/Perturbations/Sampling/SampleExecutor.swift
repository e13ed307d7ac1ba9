internal import Dispatch
internal import Synchronization
internal import Tensors

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#elseif canImport(Musl)
  internal import Musl
#endif

/// Runs blocks of samples, on one thread or several, and hands their results over in order.
///
/// This is the one seam at which sample execution varies: what runs the blocks may change, the
/// blocks and the order in which their results are combined do not.
struct SampleExecutor {
  /// How many threads take part; at least 1.
  let threads: Int
  /// Told between blocks, on the caller's thread, how many are done and how many there are.
  let progress: (@Sendable (_ done: Int, _ count: Int) -> Void)?

  /// - Parameters:
  ///   - threads: How many to use; nil for one per processor.
  ///   - progress: Told how far a run is.
  init(threads: Int?, progress: (@Sendable (_ done: Int, _ count: Int) -> Void)? = nil) {
    self.progress = progress
    // A call from inside a sample of another call does not start threads upon threads.
    self.threads = TraceContext.isEvaluating ? 1 : Swift.max(1, threads ?? Self.processorCount)
  }

  static var processorCount: Int { Swift.max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))) }

  /// Results that are held back at a time: enough to keep threads busy, independent of the number
  /// of blocks, so that memory does not grow with the number of samples.
  private static let wave = 64

  /// Calls `body` for each block and then `combine` with each result, in the order of the blocks.
  ///
  /// - Parameters:
  ///   - count: The number of blocks.
  ///   - makeWorkspace: Makes what a thread needs; called once for each thread.
  ///   - body: Computes a block. It may run on any thread.
  ///   - combine: Takes a result; called on this thread.
  /// - Throws: The error of the first block, in their order, that failed.
  func run<Workspace, Result>(
    blocks count: Int, makeWorkspace: () throws -> Workspace,
    body: (_ block: Int, inout Workspace) throws -> Result,
    combine: (_ block: Int, Result) throws -> Void
  ) throws {
    let state = TraceContext.current
    let workers = Swift.min(threads, count)
    if workers <= 1 {
      guard count > 0 else { return }
      try TraceContext.evaluating(for: state) {
        var workspace = try makeWorkspace()
        for block in 0..<count {
          try combine(block, try body(block, &workspace))
          progress?(block + 1, count)
        }
      }
      return
    }
    var workspaces = try (0..<workers).map { _ in try makeWorkspace() }
    var results = [Swift.Result<Result, any Error>?](
      repeating: nil, count: Swift.min(Self.wave * workers, count))
    let waveSize = results.count
    try workspaces.withUnsafeMutableBufferPointer { workspaces in
      try results.withUnsafeMutableBufferPointer { results in
        // Each worker touches its own workspace, each block its own slot.
        nonisolated(unsafe) let workspaces = workspaces
        nonisolated(unsafe) let results = results
        nonisolated(unsafe) let body = body
        for start in stride(from: 0, to: count, by: waveSize) {
          let size = Swift.min(waveSize, count - start)
          let next = Atomic<Int>(0)
          DispatchQueue.concurrentPerform(iterations: workers) { worker in
            TraceContext.evaluating(for: state) {
              while true {
                let slot = next.wrappingAdd(1, ordering: .relaxed).oldValue
                guard slot < size else { return }
                results[slot] = Swift.Result {
                  try body(start + slot, &workspaces[worker])
                }
              }
            }
          }
          for slot in 0..<size {
            guard let result = results[slot] else { continue }
            results[slot] = nil
            try combine(start + slot, try result.get())
          }
          progress?(start + size, count)
        }
      }
    }
  }
}
