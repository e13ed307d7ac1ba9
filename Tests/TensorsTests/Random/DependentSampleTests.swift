import CKernels
import Foundation
import Testing

/// Samples that depend on one another are what the plain construction makes of independent ones, with
/// the same bits from every instruction set, and all kernels see the same samples.
@Suite struct DependentSampleTests {
  /// Of how the samples of a test depend on one another.
  enum Kind: CaseIterable, Sendable { case mirrored, points, orthogonal }

  /// What the kernels make of one block.
  struct Results: Equatable {
    var noise: [Double] = []
    var perturbed: [Double] = []
    var index: [Int32] = []
    var winners: [Double] = []
    var scores: [Double] = []
    var votes: [Double] = []
    var voteScores: [Double] = []
    var floats: [Float] = []
    var floatIndex: [Int32] = []
    var floatWinners: [Double] = []
    var floatScores: [Double] = []
    var floatVotes: [Float] = []
    var floatVoteScores: [Double] = []
  }

  private static let scramblings = 3

  private static func withBlock<Result>(
    _ kind: Kind, _ distribution: ck_distribution, samples: Int, count: Int,
    _ body: (inout ck_sample_block) -> Result
  ) -> Result {
    // A multiple of 2 and of every count in use.
    var block = RandomKernelTests.block(
      ck_key(first: 7, second: 11), distribution, firstSample: UInt64(4 * count), samples: samples,
      leaf: 1, firstCounter: 3, count: count)
    switch kind {
    case .mirrored:
      block.dependence = CK_MIRRORED
      block.mirror = distribution == CK_UNIFORM ? 1 : 0
      return body(&block)
    case .points:
      block.dependence = CK_POINTS
      let dimensions = count + 2
      let words = words(33 * scramblings * dimensions)
      return words.withUnsafeBufferPointer { words in
        var points = ck_points(
          directions: words.baseAddress,
          shifts: words.baseAddress.unsafelyUnwrapped + 32 * scramblings * dimensions,
          dimensions: dimensions, scramblings: scramblings, first_dimension: 1)
        return withUnsafePointer(to: &points) {
          block.points = $0
          return body(&block)
        }
      }
    case .orthogonal:
      block.dependence = CK_ORTHOGONAL
      let memory = UnsafeMutableRawPointer.allocate(
        byteCount: 8 * ck_orthogonal_memory(count), alignment: 256)
      defer { memory.deallocate() }
      block.memory = memory
      return body(&block)
    }
  }

  private static func words(_ count: Int) -> [UInt32] {
    var words = [UInt32](repeating: 0, count: count)
    RandomKernelTests.baseline.bits32(ck_key(first: 3, second: 4), 0, count, &words)
    return words
  }

  private static func theta(_ count: Int) -> [Double] { (0..<count).map { Double($0 % 5) / 7 } }

  private static func results(
    _ table: ck_random_kernels, _ block: inout ck_sample_block
  ) -> Results {
    let (samples, count) = (block.samples, Int(block.count))
    let theta = theta(count)
    let narrow = theta.map { Float($0) }
    let weights = (0..<samples).map { Double($0 % 7) - 2.5 }
    var results = Results()
    results.noise = [Double](repeating: 9, count: samples * count)
    results.perturbed = results.noise
    results.index = [Int32](repeating: -1, count: samples)
    results.votes = [Double](repeating: 9, count: samples)
    results.floats = results.noise.map { Float($0) }
    results.floatIndex = results.index
    results.floatVotes = [Float](repeating: 9, count: samples)
    let sums = [Double](repeating: 0, count: count * count)
    (results.winners, results.floatWinners) = (sums, sums)
    (results.voteScores, results.floatVoteScores) = (
      [Double](repeating: 0, count: 2 * count), [Double](repeating: 0, count: 2 * count)
    )
    var lanes = [Double](repeating: 0, count: 8 * count)
    func folded() -> [Double] {
      (0..<count).map { j in (0..<8).reduce(0) { $0 + lanes[8 * j + $1] } }
    }
    table.sample_noise_f64(&block, &results.noise, count)
    table.perturb_f64(&block, theta, 0.3, &results.perturbed, nil, count)
    table.argmax_scores_f64(&block, theta, 0.3, &results.index, &results.winners)
    table.score_sums_f64(&block, weights, &lanes)
    results.scores = folded()
    results.voteScores.withUnsafeMutableBufferPointer {
      let start = $0.baseAddress.unsafelyUnwrapped
      let won = table.vote_scores_f64(
        &block, theta.map { -$0 }, 0.3, 2, &results.votes, start, start + count)
      results.scores.append(Double(won))
    }
    table.sample_noise_f32(&block, &results.floats, count)
    table.argmax_scores_f32(&block, narrow, 0.3, &results.floatIndex, &results.floatWinners)
    lanes = [Double](repeating: 0, count: 8 * count)
    table.score_sums_f32(&block, weights, &lanes)
    results.floatScores = folded()
    results.floatVoteScores.withUnsafeMutableBufferPointer {
      let start = $0.baseAddress.unsafelyUnwrapped
      let won = table.vote_scores_f32(
        &block, narrow.map { -$0 }, 0.3, 2, &results.floatVotes, start, start + count)
      results.floatScores.append(Double(won))
    }
    return results
  }

  /// (samples, count): of one run and several, of part of a run, of more than a chunk.
  static let sizes = [
    (4, 1), (6, 2), (600, 5), (1300, 5), (70, 8), (38, 9), (900, 9), (24, 24), (1600, 24), (60, 25),
    (130, 100), (260, 128),
  ]

  @Test(arguments: Kind.allCases, sizes)
  func kernelsAgree(_ kind: Kind, _ size: (samples: Int, count: Int)) throws {
    let (samples, count) = size
    let distributions =
      kind == .orthogonal ? [CK_NORMAL] : [CK_NORMAL, CK_GUMBEL, CK_LOGISTIC, CK_LAPLACE]
    for distribution in distributions {
      // The score of a mirror image is the opposite for symmetric noise alone.
      if kind == .mirrored, distribution == CK_GUMBEL { continue }
      Self.withBlock(kind, distribution, samples: samples, count: count) { block in
        let found = Self.results(RandomKernelTests.baseline, &block)
        for table in RandomKernelTests.tables {
          #expect(Self.results(table.random, &block) == found, "\(table.instruction_set)")
        }
        check(found, distribution, samples, count)
      }
    }
  }

  /// What is summed is what the rows of noise give.
  private func check(
    _ found: Results, _ distribution: ck_distribution, _ samples: Int, _ count: Int
  ) {
    let theta = Self.theta(count)
    var scores = found.noise
    RandomKernelTests.baseline.score_f64(distribution, found.noise, scores.count, &scores)
    var winners = [Double](repeating: 0, count: count * count)
    var sums = [Double](repeating: 0, count: count)
    var votes = [Double](repeating: 0, count: 2 * count)
    var won = 0
    for r in 0..<samples {
      let z = found.noise[r * count..<(r + 1) * count]
      #expect(
        found.perturbed[r * count..<(r + 1) * count].elementsEqual(
          zip(theta, z).map { $0 + 0.3 * $1 }))
      var best = 0
      for j in 0..<count
      where found.perturbed[r * count + j] > found.perturbed[r * count + best] { best = j }
      #expect(found.index[r] == Int32(best))
      let isWon = zip(theta, z).count { -$0 + 0.3 * $1 >= 0 } >= 2
      #expect(found.votes[r] == (isWon ? 1 : -1))
      won += isWon ? 1 : 0
      for j in 0..<count {
        let score = scores[r * count + j]
        winners[best * count + j] += score
        sums[j] += (Double(r % 7) - 2.5) * score
        votes[(isWon ? count : 0) + j] += score
      }
    }
    func isClose(_ a: [Double], _ b: [Double]) -> Bool {
      zip(a, b).allSatisfy { abs($0 - $1) < 1e-9 * (1 + abs($1)) * Double(samples).squareRoot() }
    }
    #expect(isClose(found.winners, winners))
    #expect(isClose(found.scores, sums + [Double(won)]))
    #expect(isClose(found.voteScores, votes))
    #expect(found.floatScores.last == Double(found.floatVotes.count { $0 == 1 }))
  }

  @Test func mirrorImagesAreOfTheKeysDraws() {
    for distribution in [CK_NORMAL, CK_LAPLACE, CK_UNIFORM] {
      for count in [1, 5, 100, 700, 1500] {
        let samples = 14
        let noise = Self.withBlock(.mirrored, distribution, samples: samples, count: count) {
          block in
          var noise = [Float](repeating: 9, count: samples * count)
          RandomKernelTests.baseline.sample_noise_f32(&block, &noise, count)
          return noise
        }
        var independent = RandomKernelTests.block(
          ck_key(first: 7, second: 11), distribution, firstSample: UInt64(2 * count),
          samples: samples / 2, leaf: 1, firstCounter: 3, count: count)
        var drawn = [Float](repeating: 9, count: samples / 2 * count)
        RandomKernelTests.baseline.sample_noise_f32(&independent, &drawn, count)
        let mirror: Float = distribution == CK_UNIFORM ? 1 : 0
        for pair in 0..<samples / 2 {
          for j in 0..<count {
            let z = drawn[pair * count + j]
            #expect(noise[2 * pair * count + j] == z)
            #expect(noise[(2 * pair + 1) * count + j] == mirror - z)
          }
        }
      }
    }
  }

  /// The draws are those of the words that the Gray code's digits give.
  @Test func pointsAreSumsOfDirections() {
    for (samples, count) in [(40, 1), (700, 5), (33, 100), (5, 1000)] {
      let noise = Self.withBlock(.points, CK_NORMAL, samples: samples, count: count) { block in
        var noise = [Float](repeating: 9, count: samples * count)
        RandomKernelTests.baseline.sample_noise_f32(&block, &noise, count)
        return noise
      }
      let dimensions = count + 2
      let table = Self.words(33 * Self.scramblings * dimensions)
      var words: [UInt32] = []
      for r in 0..<samples {
        let (index, scrambling) = (4 * count + r).quotientAndRemainder(dividingBy: Self.scramblings)
        let gray = index ^ (index >> 1)
        for j in 0..<count {
          var word = table[(32 * Self.scramblings + scrambling) * dimensions + 1 + j]
          for digit in 0..<32 where gray >> digit & 1 == 1 {
            word ^= table[(scrambling * 32 + digit) * dimensions + 1 + j]
          }
          words.append(word)
        }
      }
      var expected = [Float](repeating: 0, count: words.count)
      RandomKernelTests.baseline.transform_f32(CK_NORMAL, words, words.count, &expected)
      #expect(noise == expected)
    }
  }

  /// The keys are those that the kernels derive.
  @Test func givenKeysChangeNothing() {
    let (samples, count) = (300, 5)
    for kind in [Kind.mirrored, nil] {
      var block = RandomKernelTests.block(
        ck_key(first: 7, second: 11), CK_NORMAL, firstSample: 20, samples: samples, leaf: 1,
        firstCounter: 3, count: count)
      if kind == .mirrored { block.dependence = CK_MIRRORED }
      let derived = Self.results(RandomKernelTests.baseline, &block)
      var keys0 = [UInt32](repeating: 0, count: samples + Int(CK_KEY_PADDING))
      var keys1 = keys0
      RandomKernelTests.baseline.row_keys(&block, &keys0, &keys1)
      keys0.withUnsafeBufferPointer { keys0 in
        keys1.withUnsafeBufferPointer { keys1 in
          block.keys0 = keys0.baseAddress
          block.keys1 = keys1.baseAddress
          for table in RandomKernelTests.tables {
            #expect(Self.results(table.random, &block) == derived)
          }
        }
      }
    }
  }

  // MARK: Orthogonal directions

  private static func orthogonal(
    _ count: Int, runs: Int, key: UInt32 = 11, first: Int = 0, samples: Int? = nil
  ) -> [Double] {
    withBlock(.orthogonal, CK_NORMAL, samples: samples ?? runs * count, count: count) { block in
      block.key.second = key
      block.first_sample = UInt64(first)
      block.first_counter = 0
      var noise = [Double](repeating: 9, count: block.samples * count)
      RandomKernelTests.baseline.sample_noise_f64(&block, &noise, count)
      return noise
    }
  }

  /// Q_k = H diag(Q_(k−1), −s) by its definition, with one reflection after the other.
  private static func plain(_ drawn: [[Double]]) -> [[Double]] {
    let count = drawn.count
    var columns: [[Double]] = []
    for k in 1...count {
      let g = drawn[count - k]
      var u = Array(g[..<k])
      let length = u.reduce(0) { $0 + $1 * $1 }.squareRoot()
      let sign: Double = u[k - 1] < 0 ? -1 : 1
      u[k - 1] += sign * length
      let square = u.reduce(0) { $0 + $1 * $1 }
      let radius = g.reduce(0) { $0 + $1 * $1 }.squareRoot()
      columns = columns.map { $0 + [0] }
      columns.append([Double](repeating: 0, count: k - 1) + [-sign * radius])
      columns = columns.map { column in
        let along = 2 * zip(u, column).reduce(0) { $0 + $1.0 * $1.1 } / square
        return zip(column, u).map { $0 - along * $1 }
      }
    }
    return columns.reversed()
  }

  @Test(arguments: [1, 2, 3, 5, 8, 9, 16, 24, 25, 40, 100, 130])
  func directionsAreTheProductsOfReflections(_ count: Int) {
    let found = Self.orthogonal(count, runs: 3)
    var block = RandomKernelTests.block(
      ck_key(first: 7, second: 11), CK_NORMAL, firstSample: 0, samples: 3 * count, leaf: 1,
      count: count)
    var drawn = found
    RandomKernelTests.baseline.sample_noise_f64(&block, &drawn, count)
    for run in 0..<3 {
      let rows = (run * count..<(run + 1) * count).map { row in
        Array(drawn[row * count..<(row + 1) * count])
      }
      let own = (run * count..<(run + 1) * count).map { row in
        Array(found[row * count..<(row + 1) * count])
      }
      for (z, expected) in zip(own, Self.plain(rows)) {
        #expect(zip(z, expected).allSatisfy { abs($0 - $1) < 1e-11 * Double(count) })
      }
      for i in 0..<count {
        for j in 0...i {
          let product = zip(own[i], own[j]).reduce(0) { $0 + $1.0 * $1.1 }
          let length = rows[i].reduce(0) { $0 + $1 * $1 }
          #expect(abs(product - (i == j ? length : 0)) < 1e-12 * Double(count * count))
        }
      }
    }
    // A run that ends early, and rows from elsewhere, have the same bits.
    let early = Self.orthogonal(count, runs: 1, samples: count / 2 + 1)
    #expect(early == Array(found[..<early.count]))
    let memory = UnsafeMutablePointer<Double>.allocate(capacity: ck_orthogonal_memory(count))
    defer { memory.deallocate() }
    for table in RandomKernelTests.tables {
      var rows = drawn
      table.random.orthogonal_rows_f64(&rows, 3 * count, count, memory)
      #expect(rows == found)
    }
  }

  /// Each number is normal (Kolmogorov and Smirnov), numbers of a sample are uncorrelated and so are
  /// those of different samples, and the directions have the moments of the uniform distribution on the
  /// orthogonal group: E[q_ab²] = 1/d, E[q_ab⁴] = 3/(d (d + 2)), for elements in different rows and
  /// columns E[q_ab² q_ce²] = (d + 1)/((d − 1) d (d + 2)), in one row 1/(d (d + 2)).
  @Test(arguments: [2, 5, 24, 30])
  func marginalsAreNormal(_ count: Int) {
    let runs = 4000
    let z = Self.orthogonal(count, runs: runs, key: 5)
    let (d, n) = (Double(count), Double(runs))
    // Samples at both ends of a run and in its middle, coordinates likewise.
    let places = Array(Set([0, 1, count / 2, count - 1])).sorted()
    func number(_ run: Int, _ sample: Int, _ j: Int) -> Double {
      z[(run * count + sample) * count + j]
    }
    func check(_ values: [Double], mean: Double, _ comment: String) {
      let average = values.reduce(0, +) / n
      let variance = values.reduce(0) { $0 + ($1 - average) * ($1 - average) } / (n - 1)
      // Five standard errors, in a few hundred comparisons.
      #expect(abs(average - mean) < 5 * (variance / n).squareRoot() + 1e-12, "\(comment)")
    }
    for sample in places {
      for j in places {
        let values = (0..<runs).map { number($0, sample, j) }
        let sorted = values.sorted()
        var distance = 0.0
        for (i, x) in sorted.enumerated() {
          let probability = 0.5 * erfc(-x / 2.0.squareRoot())
          distance = max(distance, abs(probability - (Double(i) + 0.5) / n) + 0.5 / n)
        }
        // P(√n D > 2.3) = 5e-5.
        #expect(distance * n.squareRoot() < 2.3, "sample \(sample), number \(j): \(distance)")
        check(values, mean: 0, "mean")
        check(values.map { $0 * $0 }, mean: 1, "variance")
        check(values.map { $0 * $0 * $0 * $0 }, mean: 3, "kurtosis")
        for (other, k) in [(sample, (j + 1) % count), ((sample + 1) % count, j)] {
          check((0..<runs).map { values[$0] * number($0, other, k) }, mean: 0, "covariance")
        }
      }
    }
    func square(_ run: Int, _ sample: Int, _ j: Int) -> Double {
      let length = (0..<count).reduce(0) { $0 + number(run, sample, $1) * number(run, sample, $1) }
      return number(run, sample, j) * number(run, sample, j) / length
    }
    for (a, b) in [(0, count - 1), (count - 2, count - 1), (count - 1, 0)] where a != b {
      check((0..<runs).map { square($0, a, b) }, mean: 1 / d, "q²")
      check((0..<runs).map { pow(square($0, a, b), 2) }, mean: 3 / (d * (d + 2)), "q⁴")
      check(
        (0..<runs).map { square($0, a, a) * square($0, b, b) },
        mean: (d + 1) / ((d - 1) * d * (d + 2)), "q² of different rows and columns")
      check(
        (0..<runs).map { square($0, a, a) * square($0, a, b) }, mean: 1 / (d * (d + 2)),
        "q² of one row")
      check(
        (0..<runs).map { square($0, a, a) * square($0, b, a) }, mean: 1 / (d * (d + 2)),
        "q² of one column")
    }
  }
}
