/// A pass over the samples of a call, as a value: what is summed, and which blocks of samples there
/// are. Whoever has it can compute the partial sums of any range of its blocks.
///
/// A block's partial sums depend on the pass and the block's number alone, and partial sums are
/// combined in a fixed tree over those numbers (``SumTree``): so every way to share the blocks out
/// gives the same bits.
package protocol Pass: Sendable {
  /// What one thread needs.
  associatedtype Worker

  /// Sums of their own, each over all blocks: the rows of a batch, or the parts of a wide input.
  var segments: Int { get }

  /// The blocks of each segment.
  var blocks: Int { get }

  /// The samples of each segment, and how many of them are in every block but the last.
  var samples: Int { get }
  var samplesPerBlock: Int { get }

  /// What a block's sums are made of.
  var layout: PartialSums.Layout { get }

  /// Gets a thread ready.
  ///
  /// - Parameter context: Who asked for the pass; for evaluations that take long.
  /// - Returns: What it needs.
  /// - Throws: Where a function's working memory cannot be made.
  func makeWorker(_ context: EvaluationContext) throws -> Worker

  /// Adds the samples of one block to sums that are zero.
  ///
  /// - Throws: What the function throws for one of the samples.
  func reduce(segment: Int, block: Int, _ worker: Worker, into sums: inout PartialSums) throws

  /// Refuses sums that there is no room for; called for each node of the tree.
  func check(_ sums: PartialSums) throws

  /// Whether what is summed follows from the sums of passes before it, over all samples: such a pass
  /// cannot begin where only a part of these is known.
  var followsTotals: Bool { get }

  /// Tells the pass from others of its kind: key, point, and what is summed.
  var fingerprint: Fingerprint { get }

  /// What evaluations leave for later passes, which would evaluate again without it; nil where they
  /// leave nothing.
  var outputs: (any PassOutputs)? { get }
}

/// The outputs of the samples of a call, which its first pass leaves for others.
package protocol PassOutputs: Sendable {
  /// Whether a pass that follows totals may ask for them.
  var areWanted: Bool { get }

  /// Whether they are there: of all samples that this process has evaluated or been given.
  var areThere: Bool { get }

  /// Notes that nobody brings them: later passes evaluate again.
  func lose()

  func encode(_ samples: Range<Int>, segment: Int, to writer: inout ByteWriter)

  /// Takes the outputs that ``encode(_:segment:to:)`` wrote.
  func decode(
    _ samples: Range<Int>, segment: Int, from reader: inout ByteReader) throws(PassPartError)
}

extension Execution {
  package var threads: Int { 1 }

  package func single(_ numbers: () throws -> [Double]) throws -> [Double] { try numbers() }
}

extension Pass {
  package func check(_ sums: PartialSums) throws {}

  package var followsTotals: Bool { false }

  package var fingerprint: Fingerprint { shapeFingerprint }

  package var outputs: (any PassOutputs)? { nil }

  /// That of the blocks and the layout.
  var shapeFingerprint: Fingerprint {
    var fingerprint = Fingerprint()
    for number in [segments, blocks, samples, samplesPerBlock] { fingerprint.add(number) }
    fingerprint.add(reflecting: layout)
    return fingerprint
  }

  /// The samples in some blocks of each segment.
  func samples(in blocks: Range<Int>) -> Int {
    Swift.min(blocks.upperBound * samplesPerBlock, samples)
      - Swift.min(blocks.lowerBound * samplesPerBlock, samples)
  }

  /// The sums over all blocks, one for each segment.
  ///
  /// - Throws: What running the blocks throws, and `PassPartError` where what came back is not of all
  ///   segments, blocks and samples.
  func totals(on execution: any Execution) throws -> [PartialSums] {
    let totals = try execution.run(self, blocks: 0..<blocks).totals(blocks: blocks)
    guard totals.count == segments, totals.allSatisfy({ $0.samples == samples }) else {
      throw PassPartError.damaged
    }
    return totals
  }
}

/// What runs passes: the one seam at which the running of samples varies. What runs the blocks may
/// change, the blocks and the tree in which their sums are combined do not.
package protocol Execution: Sendable {
  /// How many samples are evaluated at a time on this machine.
  var threads: Int { get }

  /// Computes the sums of a range of blocks, for every segment.
  ///
  /// - Throws: The error of the first block, in their order, that fails; `CancellationError` where
  ///   the task that it runs in is cancelled.
  func run<P: Pass>(_ pass: P, blocks: Range<Int>) throws -> PassPart

  /// Finds numbers that belong to no sample and that everybody needs, such as f(θ): where several
  /// processes take part, one may do it for all.
  func single(_ numbers: () throws -> [Double]) throws -> [Double]
}
