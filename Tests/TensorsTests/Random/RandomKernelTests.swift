import CKernels
import Testing

/// Every instruction set this machine has must give the bits of the baseline.
@Suite struct RandomKernelTests {
  static let tables = (0..<CK_INSTRUCTION_SET_COUNT).compactMap {
    ck_table_for(ck_instruction_set(UInt32($0)))?.pointee
  }
  static let baseline = ck_table_for(CK_BASELINE).pointee.random
  static let distributions = (0..<CK_DISTRIBUTION_COUNT).map { ck_distribution(UInt32($0)) }
  static let counts = [1, 5, 7, 16, 17, 100, 513, 1000, 1025]
  /// The last ones carry into the high word: within a vector, between vectors, between chunks.
  static let counters: [UInt64] = [0, 3, 1 << 32 - 3, 1 << 32 - 1024, 1 << 40 + 7]

  static func block(
    _ key: ck_key, _ distribution: ck_distribution, firstSample: UInt64, samples: Int,
    leaf: UInt64 = 0, firstCounter: UInt64 = 0, count: Int
  ) -> ck_sample_block {
    var block = ck_sample_block()
    (block.key, block.distribution) = (key, distribution)
    (block.first_sample, block.samples) = (firstSample, samples)
    (block.leaf, block.first_counter, block.count) = (leaf, firstCounter, count)
    return block
  }

  @Test func theCurrentTableIsOneOfThem() {
    let current = ck_table_current().pointee.instruction_set
    #expect(Self.tables.contains { $0.instruction_set == current })
    #expect(Self.tables.first?.instruction_set == CK_BASELINE)
  }

  @Test(arguments: counts) func keysAndBits(count: Int) {
    let key = ck_key(first: 0xdead_beef, second: 42)
    for counter in Self.counters {
      let children = Self.words(count) { Self.baseline.children(key, counter, count, $0) }
      let bits32 = Self.words(count) { Self.baseline.bits32(key, counter, count, $0) }
      let bits64 = Self.words(count) { Self.baseline.bits64(key, counter, count, $0) }
      for (index, child) in children.enumerated() {
        #expect(bits32[index] == child.first ^ child.second)
        #expect(bits64[index] == UInt64(child.first) << 32 | UInt64(child.second))
      }
      for table in Self.tables.map(\.random) {
        let others = Self.words(count) { table.children(key, counter, count, $0) }
        #expect(
          zip(others, children).allSatisfy { $0.first == $1.first && $0.second == $1.second })
        #expect(bits32 == Self.words(count) { table.bits32(key, counter, count, $0) })
        #expect(bits64 == Self.words(count) { table.bits64(key, counter, count, $0) })
      }
    }
  }

  @Test(arguments: distributions, counts) func draws(distribution: ck_distribution, count: Int) {
    let key = ck_key(first: 7, second: 8)
    for counter in Self.counters {
      let floats = Self.words(count) {
        Self.baseline.draw_f32(key, distribution, counter, count, $0)
      }
      let doubles = Self.words(count) {
        Self.baseline.draw_f64(key, distribution, counter, count, $0)
      }
      for table in Self.tables.map(\.random) {
        Self.expectSameBits(
          floats, Self.words(count) { table.draw_f32(key, distribution, counter, count, $0) })
        Self.expectSameBits(
          doubles, Self.words(count) { table.draw_f64(key, distribution, counter, count, $0) })
      }
    }
  }

  /// Rows that lie apart, and what is between them stays as it was.
  @Test(arguments: counts, [1, 5, 33, 700]) func samples(count: Int, samples: Int) {
    let padding = 3
    let stride = count + padding
    let size = samples * stride
    for (distribution, counter) in zip(Self.distributions, Self.counters + [5, 6]) {
      var block = Self.block(
        ck_key(first: 1, second: 2), distribution, firstSample: 1 << 32 - 2, samples: samples,
        leaf: 3, firstCounter: counter, count: count)
      let theta = (0..<count).map { Float($0 % 13) / 8 }
      let theta64 = theta.map { Double($0) }
      let floats = Self.words(size, 99) { Self.baseline.sample_noise_f32(&block, $0, stride) }
      let doubles = Self.words(size, 99) { Self.baseline.sample_noise_f64(&block, $0, stride) }
      let sums = (0..<size).map {
        $0 % stride < count ? theta[$0 % stride] + 0.3 * floats[$0] : 99
      }
      let sums64 = (0..<size).map {
        $0 % stride < count ? theta64[$0 % stride] + 0.3 * doubles[$0] : 99
      }
      #expect((0..<size).allSatisfy { $0 % stride < count || floats[$0] == 99 })
      for table in Self.tables.map(\.random) {
        Self.expectSameBits(
          floats, Self.words(size, 99) { table.sample_noise_f32(&block, $0, stride) })
        Self.expectSameBits(
          doubles, Self.words(size, 99) { table.sample_noise_f64(&block, $0, stride) })
        var noise = [Float](repeating: 99, count: size)
        Self.expectSameBits(
          sums,
          Self.words(size, 99) { table.perturb_f32(&block, theta, 0.3, $0, &noise, stride) })
        Self.expectSameBits(floats, noise)
        Self.expectSameBits(
          sums64, Self.words(size, 99) { table.perturb_f64(&block, theta64, 0.3, $0, nil, stride) })

        // Without a gap the rows take the direct way.
        let dense = Self.words(samples * count) { table.sample_noise_f32(&block, $0, count) }
        Self.expectSameBits(Self.rows(floats, stride, count), dense)
        var denseNoise = [Double](repeating: 0, count: samples * count)
        let denseSums = Self.words(samples * count) {
          table.perturb_f64(&block, theta64, 0.3, $0, &denseNoise, count)
        }
        Self.expectSameBits(Self.rows(sums64, stride, count), denseSums)
        Self.expectSameBits(Self.rows(doubles, stride, count), denseNoise)

        let index = Self.words(samples) { table.argmax_samples_f32(&block, theta, 0.3, $0) }
        #expect(index == Self.argmax(sums, stride, count))
        let index64 = Self.words(samples) { table.argmax_samples_f64(&block, theta64, 0.3, $0) }
        #expect(index64 == Self.argmax(sums64, stride, count))
      }
    }
  }

  /// The scores that each winner gathers in one pass are those of its samples, with the same bits
  /// from every table.
  @Test(arguments: [ck_distribution(1), ck_distribution(2), ck_distribution(3)])
  func argmaxScores(distribution: ck_distribution) throws {
    for (samples, count) in [(1, 1), (3, 5), (300, 5), (1000, 8), (77, 9), (130, 100), (65, 128)] {
      var block = Self.block(
        ck_key(first: 7, second: 11), distribution, firstSample: 40, samples: samples,
        leaf: 0, firstCounter: 3, count: count)
      let theta = (0..<count).map { Float($0 % 5) / 7 }
      let theta64 = theta.map { Double($0) }
      var known: ([Double], [Double])?
      for table in Self.tables.map(\.random) {
        var index = [Int32](repeating: -1, count: samples)
        var index64 = index
        var sums = [Double](repeating: 0.5, count: count * count)
        var sums64 = sums
        table.argmax_scores_f32(&block, theta, 0.3, &index, &sums)
        table.argmax_scores_f64(&block, theta64, 0.3, &index64, &sums64)
        #expect(index == Self.words(samples) { table.argmax_samples_f32(&block, theta, 0.3, $0) })
        #expect(
          index64 == Self.words(samples) { table.argmax_samples_f64(&block, theta64, 0.3, $0) })
        var noise = Self.words(samples * count, 0 as Double) {
          table.sample_noise_f64(&block, $0, count)
        }
        table.score_f64(distribution, noise, noise.count, &noise)
        var expected = [Double](repeating: 0.5, count: count * count)
        for r in 0..<samples {
          for j in 0..<count { expected[Int(index64[r]) * count + j] += noise[r * count + j] }
        }
        for (found, wanted) in zip(sums64, expected) {
          #expect(abs(found - wanted) < 1e-9 * (1 + abs(wanted)))
        }
        if let known {
          Self.expectSameBits(known.0, sums)
          Self.expectSameBits(known.1, sums64)
        }
        known = (sums, sums64)
      }
    }
  }

  @Test(arguments: distributions) func scores(distribution: ck_distribution) {
    let special: [Double] = [0, -0.0, 1, -1, 1e-30, -20, 40, 88.6, -88.6, 710, -710, 1e30, -1e30]
    let values = special + (0..<1000).map { Double($0 - 500) / 37 }
    let floats = values.map { Float($0) }
    for count in Self.counts where count <= values.count {
      for table in Self.tables.map(\.random) {
        Self.expectSameBits(
          Self.words(count) { Self.baseline.score_f32(distribution, floats, count, $0) },
          Self.words(count) { table.score_f32(distribution, floats, count, $0) })
        Self.expectSameBits(
          Self.words(count) { Self.baseline.score_f64(distribution, values, count, $0) },
          Self.words(count) { table.score_f64(distribution, values, count, $0) })
        Self.expectSameBits(
          Self.words(count) { Self.baseline.score_derivative_f32(distribution, floats, count, $0) },
          Self.words(count) { table.score_derivative_f32(distribution, floats, count, $0) })
        Self.expectSameBits(
          Self.words(count) { Self.baseline.score_derivative_f64(distribution, values, count, $0) },
          Self.words(count) { table.score_derivative_f64(distribution, values, count, $0) })
      }
    }
  }

  private static func words<Element>(
    _ count: Int, _ fill: (UnsafeMutablePointer<Element>) -> Void
  ) -> [Element] where Element: KernelWord {
    words(count, Element.blank, fill)
  }

  private static func words<Element>(
    _ count: Int, _ blank: Element, _ fill: (UnsafeMutablePointer<Element>) -> Void
  ) -> [Element] {
    var array = [Element](repeating: blank, count: count)
    array.withUnsafeMutableBufferPointer { fill($0.baseAddress.unsafelyUnwrapped) }
    return array
  }

  private static func expectSameBits(
    _ left: [Float], _ right: [Float], sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(left.map(\.bitPattern) == right.map(\.bitPattern), sourceLocation: sourceLocation)
  }

  private static func expectSameBits(
    _ left: [Double], _ right: [Double], sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(left.map(\.bitPattern) == right.map(\.bitPattern), sourceLocation: sourceLocation)
  }

  private static func rows<Element>(_ array: [Element], _ stride: Int, _ count: Int) -> [Element] {
    array.indices.filter { $0 % stride < count }.map { array[$0] }
  }

  private static func argmax<Element: Comparable>(
    _ array: [Element], _ stride: Int, _ count: Int
  ) -> [Int32] {
    Swift.stride(from: 0, to: array.count, by: stride).map { start in
      var best = 0
      for j in 1..<max(1, count) where array[start + j] > array[start + best] { best = j }
      return Int32(best)
    }
  }
}

/// An element of a kernel's output, with the value that a buffer starts with.
private protocol KernelWord {
  static var blank: Self { get }
}

extension UInt32: KernelWord { fileprivate static var blank: UInt32 { 0 } }
extension Int32: KernelWord { fileprivate static var blank: Int32 { -1 } }
extension UInt64: KernelWord { fileprivate static var blank: UInt64 { 0 } }
extension Float: KernelWord { fileprivate static var blank: Float { .nan } }
extension Double: KernelWord { fileprivate static var blank: Double { .nan } }
extension ck_key: KernelWord { fileprivate static var blank: ck_key { ck_key() } }
