internal import Tensors

/// The outputs that a call's first pass leaves, as other processes are given them.
struct LeftOutputs<Scalar: TensorFloatingPoint>: PassOutputs {
  let kept: KeptOutputs<Scalar>
  let blocks: SamplePlan
  let areWanted: Bool

  var areThere: Bool { kept.isComplete }

  func lose() { kept.isLost = true }

  func encode(_ samples: Range<Int>, segment: Int, to writer: inout ByteWriter) {
    writer.writeRaw(
      UnsafeRawBufferPointer(
        start: kept.pointer(row: segment, sample: samples.lowerBound),
        count: samples.count * kept.bytesPerSample))
    for start in blockStarts(samples) {
      let absent = kept.absent(row: segment, sample: start)
      writer.write(absent.count)
      for position in absent { writer.write(position) }
    }
  }

  func decode(
    _ samples: Range<Int>, segment: Int, from reader: inout ByteReader
  ) throws(PassPartError) {
    let target = UnsafeMutableRawBufferPointer(
      start: kept.pointer(row: segment, sample: samples.lowerBound),
      count: samples.count * kept.bytesPerSample)
    try reader.readRaw(into: target)
    if kept.form.isIndex {
      // An index is a place in memory for whoever reads it.
      let allowed = 0..<Int32(clamping: kept.width)
      guard target.bindMemory(to: Int32.self).allSatisfy(allowed.contains) else { throw .damaged }
    }
    for start in blockStarts(samples) {
      let size = Swift.min(blocks.samplesPerBlock, samples.upperBound - start)
      var absent: [Int] = []
      for _ in 0..<(try reader.count()) {
        let position = try reader.integer()
        guard (0..<size).contains(position), absent.last.map({ $0 < position }) ?? true else {
          throw .damaged
        }
        absent.append(position)
      }
      kept.setAbsent(absent, row: segment, sample: start)
    }
  }

  /// The first samples of the blocks, of a range that starts with a block.
  private func blockStarts(_ samples: Range<Int>) -> StrideTo<Int> {
    stride(from: samples.lowerBound, to: samples.upperBound, by: blocks.samplesPerBlock)
  }
}
