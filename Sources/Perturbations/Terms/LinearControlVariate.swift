internal import Tensors

/// How samples are cut into two halves that do not depend on one another: by turns, in whole units of
/// samples that do.
struct SampleHalves: Sendable {
  let unit: Int
  let scramblings: Int

  /// - Parameters:
  ///   - sampling: How samples depend on one another.
  ///   - width: The numbers in an example.
  init(_ sampling: Sampling, width: Int) {
    unit = sampling.unit(width: width) ?? 1
    scramblings = sampling.scramblings
  }

  /// Writes 1 for those of consecutive samples that are in a half, and 0 for the others.
  func fill(
    _ mask: UnsafeMutablePointer<Double>, _ half: Int, first: Int, count: Int
  ) {
    // Scramblings take turns sample by sample, and begin anew after the last; units last some samples.
    var position = scramblings > 0 ? first % scramblings : first % unit
    var own = scramblings > 0 ? position & 1 : (first / unit) & 1
    for i in 0..<count {
      mask[i] = own == half ? 1 : 0
      position += 1
      if scramblings > 0 {
        if position == scramblings { position = 0 }
        own = position & 1
      } else if position == unit {
        position = 0
        own ^= 1
      }
    }
  }
}

/// A linear function ⟨c, s⟩ of the scores that stands for ⟨g, y⟩ in each half of the samples, fitted to the other
/// one; c differs from row to row.
struct LinearControlVariate: Sendable {
  let halves: SampleHalves
  let rows: Int
  let width: Int
  /// c, [half, rows, width].
  private let slopes: [Double]
  /// E[s²] c, [half, rows, width].
  private let means: [Double]

  /// - Parameters:
  ///   - totals: The sums of a ``HalfSumsTerm`` for each row.
  ///   - term: The term.
  ///   - start: Where they begin in the totals.
  ///   - information: E s², or nil where the samples tell it.
  init<Scalar: TensorFloatingPoint>(
    _ totals: [PartialSums], _ term: HalfSumsTerm<Scalar>, start: Int, information: Double?
  ) {
    halves = term.halves
    rows = totals.count
    width = term.inputWidth
    var (slopes, means): ([Double], [Double]) = ([], [])
    for half in 0..<2 {
      for total in totals {
        let sums = total.sums[start..<start + term.width]
        let own = term.half(half, of: sums)
        // The mean square of the half's own scores does not depend on the other half's fit.
        let information = information ?? own.meanSquareScore
        let fitted = term.half(1 - half, of: sums).slopes(information: information)
        slopes += fitted
        means += fitted.map { $0 * information }
      }
    }
    self.slopes = slopes
    self.means = means
  }

  /// w[i] −= ⟨c, sᵢ⟩ for some samples.
  func subtract<Scalar: TensorFloatingPoint>(
    _ block: LoadedBlock<Scalar>, _ rows: Range<Int>, from weights: UnsafeMutablePointer<Double>
  ) {
    for half in 0..<2 {
      let along = block.inputWeights(block.scores(), slopes(half), rows, slot: 1)
      let mask = block.mask(halves, half, rows, slot: 2)
      for i in rows { weights[i] -= mask[i] * along[i] }
    }
  }

  /// E[s²] c for each sample.
  func components<Scalar: TensorFloatingPoint>(
    _ block: LoadedBlock<Scalar>, _ rows: Range<Int>, _ body: (Component) -> Void
  ) {
    for half in 0..<2 {
      let start = (half * self.rows + block.row) * width
      body(
        Component(
          rows: .constants, columns: 0..<width,
          weights: UnsafePointer(block.mask(halves, half, rows, slot: 2)),
          factors: Array(means[start..<start + width])))
    }
  }

  private func slopes(_ half: Int) -> ArraySlice<Double> {
    slopes[half * rows * width..<(half + 1) * rows * width]
  }
}

/// What a linear model of ⟨g, y − b⟩ is fitted to, for each half of the samples: with w = ⟨g, y − b⟩,
/// Σ w s, Σ s, Σ w, Σ w², their number, and Σ ‖s‖².
struct HalfSumsTerm<Scalar: TensorFloatingPoint>: Term {
  /// [rows, output width]
  let g: ArraySlice<Double>
  /// ⟨g, b⟩
  let offsets: SampleOffsets
  let halves: SampleHalves
  let inputWidth: Int
  /// Whether Σ ‖s‖² is asked for.
  let findsInformation: Bool

  private var halfWidth: Int { 2 * inputWidth + 4 }
  var width: Int { 2 * halfWidth }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func components(_ block: LoadedBlock<Scalar>, _ rows: Range<Int>, _ body: (Component) -> Void) {
    let scores = block.scores()
    let weights = block.outputWeights(g, offsets, rows, slot: 0)
    for half in 0..<2 {
      let start = half * halfWidth
      let mask = block.mask(halves, half, rows, slot: 2)
      let own = block.weights(1)
      for i in rows { own[i] = weights[i] * mask[i] }
      func add(
        _ kind: Component.Rows, _ count: Int, at place: Int, _ weights: UnsafePointer<Double>
      ) {
        body(Component(rows: kind, columns: 0..<count, target: start + place, weights: weights))
      }
      add(.scores, inputWidth, at: 0, own)
      add(.scores, inputWidth, at: inputWidth, mask)
      add(.ones, 1, at: 2 * inputWidth, own)
      for i in rows { own[i] *= weights[i] }
      add(.ones, 1, at: 2 * inputWidth + 1, own)
      add(.ones, 1, at: 2 * inputWidth + 2, mask)
      guard findsInformation else { continue }
      for i in rows {
        var sum = 0.0
        for k in i * inputWidth..<(i + 1) * inputWidth {
          sum += scores[k].asDouble * scores[k].asDouble
        }
        own[i] = mask[i] * sum
      }
      add(.ones, 1, at: 2 * inputWidth + 3, own)
    }
  }

  /// The sums of one half.
  struct Half {
    let sums: ArraySlice<Double>
    let width: Int

    private func sum(_ place: Int) -> Double { sums[sums.startIndex + place] }
    private var count: Double { sum(2 * width + 2) }

    var meanSquareScore: Double {
      count > 0 ? sum(2 * width + 3) / (count * Double(width)) : 1
    }

    /// c, shrunk by what of its length is noise (James and Stein 1961): n E[s²] Var c is about the variance
    /// of w. Zeros where that is all.
    func slopes(information: Double) -> [Double] {
      let n = count
      guard n > 1, information > 0, information.isFinite else {
        return [Double](repeating: 0, count: width)
      }
      let mean = sum(2 * width) / n
      let variance = Swift.max(0, sum(2 * width + 1) / n - mean * mean)
      let slopes = (0..<width).map {
        (sum($0) - mean * sum(width + $0)) / (n * information)
      }
      let length = slopes.reduce(0) { $0 + $1 * $1 } * information
      let noise = variance * Double(width) / n
      let share = length > noise ? 1 - noise / length : 0
      return slopes.map { $0 * share }
    }
  }

  func half(_ half: Int, of sums: ArraySlice<Double>) -> Half {
    let start = sums.startIndex + half * halfWidth
    return Half(sums: sums[start..<start + halfWidth], width: inputWidth)
  }
}

extension Noise {
  /// E s(Z)² of noise as drawn, where it is known.
  fileprivate var scoreVariance: Double? {
    guard case .standard(let distribution) = kind else { return nil }
    return switch distribution {
    case .normal, .gumbel, .laplace: 1
    case .logistic: 1.0 / 3
    case .uniform, .exponential, .rademacher: nil
    }
  }
}

extension LoadedBlock {
  /// 1 for the samples of a half, 0 for others and for those without an output.
  func mask(
    _ halves: SampleHalves, _ half: Int, _ rows: Range<Int>, slot: Int
  ) -> UnsafeMutablePointer<Double> {
    let mask = weights(slot)
    halves.fill(
      mask + rows.lowerBound, half, first: samples.lowerBound + rows.lowerBound,
      count: rows.count)
    clearAbsent(mask)
    return mask
  }
}

extension PerturbedCall {
  /// The linear models of ⟨g, y⟩ for each of some cotangents; nil for baselines without one, and where samples
  /// lack an output.
  ///
  /// - Parameters:
  ///   - forward: What the evaluation left.
  ///   - cotangents: [rows, output width] each.
  ///   - baseline: b.
  /// - Returns: A model or nil for each cotangent.
  /// - Throws: What the function throws where it is evaluated again.
  func controlVariates(
    _ forward: Forward, _ cotangents: [ArraySlice<Double>], _ baseline: BaselineValues
  ) throws -> [LinearControlVariate?] {
    guard smoothing.baseline == .linear,
      forward.present.allSatisfy({ $0 == forward.samples })
    else { return cotangents.map { _ in nil } }
    let information = smoothing.noise.scoreVariance
    let terms = cotangents.map { g in
      HalfSumsTerm<Scalar>(
        g: g, offsets: baseline.values.products(g),
        halves: SampleHalves(smoothing.sampling, width: forward.inputWidth),
        inputWidth: forward.inputWidth, findsInformation: information == nil)
    }
    var models: [LinearControlVariate?] = []
    let atOnce = Swift.max(1, Self.mostSums / Swift.max(terms.first?.width ?? 1, 1))
    for first in stride(from: 0, to: terms.count, by: atOnce) {
      let part = terms[first..<Swift.min(first + atOnce, terms.count)]
      let totals = try SamplePass(
        forward.source, .terms(sums: Array(part), moments: []),
        followsTotals: baseline.followsTotals
      ).totals(on: smoothing.execution)
      var start = 0
      for term in part {
        models.append(LinearControlVariate(totals, term, start: start, information: information))
        start += term.width
      }
    }
    return models
  }
}
