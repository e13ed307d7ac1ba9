internal import Tensors

/// Shares the passes of calls out among more than the threads of one process.
package protocol Sharing: Sendable {
  /// Computes the sums of a range of a pass's blocks, with these threads where it computes here.
  func run<P: Pass>(_ pass: P, blocks: Range<Int>, on threads: Threads) throws -> PassPart

  /// Finds numbers that belong to no sample.
  func single(_ numbers: () throws -> [Double]) throws -> [Double]

  /// The sum of a count over all who share the call.
  func total(_ count: Int) throws -> Int

  /// Whether this process is the one that prints and writes files.
  var isFirst: Bool { get }
}

extension Sharing {
  package var isFirst: Bool { true }

  package func total(_ count: Int) throws -> Int { count }
}

/// Who takes part in the calls of a task, beside its own threads.
package enum SharedWork {
  @TaskLocal package static var sharing: (any Sharing)?

  /// What runs passes: threads alone inside a function that is evaluated for a sample, in whatever order.
  static func execution(on threads: Threads) -> any Execution {
    guard let sharing, !TraceContext.isEvaluating else { return threads }
    return SharedExecution(sharing: sharing, workers: threads)
  }

  /// Finds numbers that belong to no sample, once for all who take part.
  package static func single(_ numbers: () throws -> [Double]) throws -> [Double] {
    guard let sharing, !TraceContext.isEvaluating else { return try numbers() }
    return try sharing.single(numbers)
  }
}

extension SharedWork {
  /// Whether this process is the one that prints and writes files.
  package static var isFirst: Bool { sharing?.isFirst ?? true }

  /// The sum of a count over all who take part.
  package static func total(_ count: Int) throws -> Int { try sharing?.total(count) ?? count }
}

private struct SharedExecution: Execution {
  let sharing: any Sharing
  let workers: Threads

  var threads: Int { workers.threads }

  func run<P: Pass>(_ pass: P, blocks: Range<Int>) throws -> PassPart {
    try sharing.run(pass, blocks: blocks, on: workers)
  }

  func single(_ numbers: () throws -> [Double]) throws -> [Double] {
    try sharing.single(numbers)
  }
}

extension Threads {
  /// The sums of a part of a range of a pass's blocks.
  package func run<P: Pass>(_ pass: P, _ units: [Share.Units]) throws -> PassPart {
    var part = PassPart(segments: pass.segments)
    for units in units {
      try part.merge(run(pass, segments: units.segments, blocks: units.blocks))
    }
    return part
  }
}
