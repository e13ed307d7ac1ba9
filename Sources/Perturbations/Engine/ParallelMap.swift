internal import Synchronization
internal import Tensors

/// Results of independent pieces of work, on several threads, in their order. Calls within a piece use the
/// thread that it is on.
///
/// - Parameters:
///   - count: How many pieces there are; they are begun in this order.
///   - threads: How many threads take part; nil for one per processor.
///   - body: Does one of them.
/// - Returns: What each gave.
/// - Throws: The error of the first, in their order, that fails.
package func parallelMap<Element: Sendable>(
  _ count: Int, threads: Int? = nil, _ body: @Sendable (Int) throws -> Element
) throws -> [Element] {
  let results = Mutex([Result<Element, any Error>?](repeating: nil, count: count))
  let next = Atomic<Int>(0)
  let state = TraceContext.current
  concurrently(min(count, Threads(threads).count)) {
    TraceContext.evaluating(for: state) {
      while true {
        let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
        guard index < count else { return }
        let result = Result { try body(index) }
        results.withLock { $0[index] = result }
      }
    }
  }
  return try results.withLock { $0 }.compactMap { try $0?.get() }
}
