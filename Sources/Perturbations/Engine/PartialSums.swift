/// What some samples leave of themselves: sums, moments, values and solutions, in a fixed layout, and
/// how many samples there were.
///
/// All that is ever known of samples goes through here, so that a thread, another process or a device
/// can add up any of them.
package struct PartialSums: Sendable {
  /// How much there is of each.
  package struct Layout: Sendable, Equatable {
    /// How many plain sums.
    var sums = 0
    /// Moments, each with the number of its terms.
    var moments: [Moments.Layout] = []
    /// How many single values of each sample are collected, in the order of the samples.
    var values = 0
    /// The numbers in a solution, where solutions are counted.
    var solutionWidth: Int?
  }

  var sums: [Double] = []
  var moments: [Moments] = []
  /// In the order of the samples.
  var values: [Double] = []
  var solutions: SolutionTable?
  /// How many samples there were.
  var samples = 0
  /// How many of them have an output.
  var present = 0
  /// How many of these depend on a sample without an output: their partners in pairs are absent.
  var unpaired = 0

  /// Nothing.
  init() {}

  /// Of no samples.
  init(_ layout: Layout) {
    sums = [Double](repeating: 0, count: layout.sums)
    moments = layout.moments.map(Moments.init)
    solutions = layout.solutionWidth.map(SolutionTable.init)
  }

  /// In the place of samples that somebody else adds up: so many, of zeros.
  init(_ layout: Layout, unknown count: Int) {
    self.init(layout)
    moments = layout.moments.map { Moments($0, unknown: count) }
    values = [Double](repeating: 0, count: layout.values * count)
    solutions = layout.solutionWidth.map { SolutionTable(width: $0, unknown: count) }
    (samples, present) = (count, count)
  }

  /// Of no samples, in memory that is there already.
  mutating func reset() {
    for index in sums.indices { sums[index] = 0 }
    for index in moments.indices { moments[index].reset() }
    values.removeAll(keepingCapacity: true)
    solutions?.removeAll()
    (samples, present, unpaired) = (0, 0, 0)
  }

  /// Adds the sums of samples that follow.
  mutating func append(_ other: PartialSums) {
    sums.withUnsafeMutableBufferPointer { sums in
      other.sums.withUnsafeBufferPointer { other in
        for index in sums.indices { sums[index] += other[index] }
      }
    }
    for index in moments.indices { moments[index].append(other.moments[index]) }
    values += other.values
    if let solutions = other.solutions { self.solutions?.merge(solutions) }
    samples += other.samples
    present += other.present
    unpaired += other.unpaired
  }
}

extension PartialSums {
  func encode(to writer: inout ByteWriter) {
    for count in [samples, present, unpaired] { writer.write(count) }
    writer.write(sums)
    writer.write(values)
    for moments in moments { moments.encode(to: &writer) }
    solutions?.encode(to: &writer)
  }

  init(decoding reader: inout ByteReader, _ layout: Layout) throws(PassPartError) {
    samples = try reader.integer()
    present = try reader.integer()
    unpaired = try reader.integer()
    sums = try reader.doubles()
    values = try reader.doubles()
    let (count, isTooLarge) = layout.values.multipliedReportingOverflow(by: samples)
    guard (0...Smoothing.mostSamples).contains(samples), (0...samples).contains(present),
      (0...present).contains(unpaired),
      sums.count == layout.sums, !isTooLarge, values.count == count
    else { throw .damaged }
    for layout in layout.moments {
      moments.append(try Moments(decoding: &reader, layout, most: samples))
    }
    if let width = layout.solutionWidth {
      solutions = try SolutionTable(decoding: &reader, width: width, samples: samples)
    }
  }
}
