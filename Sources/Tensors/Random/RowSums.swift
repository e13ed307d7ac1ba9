internal import CKernels

/// The kernels for sums over the rows of a block, of one scalar type; what is in it is for this
/// package alone.
public struct RowKernels<Scalar>: Sendable {
  let sum: @Sendable (UnsafePointer<Scalar>, Int, Int, Int, UnsafeMutablePointer<Double>) -> Void
  let sumWeighted:
    @Sendable (
      UnsafePointer<Scalar>, UnsafePointer<Double>, Int, Int, Int, UnsafeMutablePointer<Double>
    ) -> Void
  let addFew:
    @Sendable (
      UnsafePointer<Scalar>, UnsafePointer<Double>, Int, Int, Int, UnsafeMutablePointer<Double>
    ) -> Void
  let dot:
    @Sendable (
      UnsafePointer<Scalar>, UnsafePointer<Double>, Double, Int, Int, UnsafeMutablePointer<Double>
    ) -> Void
  let scoreSums:
    @Sendable (
      UnsafePointer<ck_sample_block>, UnsafePointer<Double>, UnsafeMutablePointer<Double>
    ) -> Void
  let allFinite: @Sendable (UnsafePointer<Scalar>, Int) -> Bool
  let widen: @Sendable (UnsafePointer<Scalar>, Int, UnsafeMutablePointer<Double>) -> Void
  let narrow: @Sendable (UnsafePointer<Double>, Int, UnsafeMutablePointer<Scalar>) -> Void
  let multiply: @Sendable (UnsafePointer<Scalar>, Int, UnsafeMutablePointer<Scalar>) -> Void
  let pairDot:
    @Sendable (UnsafePointer<Scalar>, UnsafePointer<Scalar>, Int, Int, UnsafeMutablePointer<Double>)
      -> Void
}

extension RowKernels where Scalar: BinaryFloatingPoint & SendableMetatype {
  /// Loops that the compiler vectorises for a type that it knows.
  @inline(__always)
  fileprivate init(
    _ kernels:
      @escaping @Sendable () -> (
        sum:
          @Sendable (
            UnsafePointer<Scalar>, Int, Int, Int, UnsafeMutablePointer<Double>
          ) -> Void,
        sumWeighted:
          @Sendable (
            UnsafePointer<Scalar>, UnsafePointer<Double>, Int, Int, Int,
            UnsafeMutablePointer<Double>
          ) -> Void,
        addFew:
          @Sendable (
            UnsafePointer<Scalar>, UnsafePointer<Double>, Int, Int, Int,
            UnsafeMutablePointer<Double>
          ) -> Void,
        dot:
          @Sendable (
            UnsafePointer<Scalar>, UnsafePointer<Double>, Double, Int, Int,
            UnsafeMutablePointer<Double>
          ) -> Void,
        scoreSums:
          @Sendable (
            UnsafePointer<ck_sample_block>, UnsafePointer<Double>, UnsafeMutablePointer<Double>
          ) -> Void
      )
  ) {
    let kernels = kernels()
    sum = kernels.sum
    sumWeighted = kernels.sumWeighted
    addFew = kernels.addFew
    dot = kernels.dot
    scoreSums = kernels.scoreSums
    allFinite = { x, count in
      // x − x is 0 for finite x only.
      var sum = SIMD8<Double>.zero
      var i = 0
      while i + 8 <= count {
        for lane in 0..<8 { sum[lane] += Double(x[i + lane] - x[i + lane]) }
        i += 8
      }
      var total = sum.sum()
      while i < count {
        total += Double(x[i] - x[i])
        i += 1
      }
      return total == 0
    }
    widen = { x, count, out in for i in 0..<count { out[i] = Double(x[i]) } }
    narrow = { x, count, out in for i in 0..<count { out[i] = Scalar(x[i]) } }
    multiply = { x, count, out in for i in 0..<count { out[i] *= x[i] } }
    pairDot = { y, x, rows, width, out in
      for row in 0..<rows {
        let (a, b) = (y + row * width, x + row * width)
        var lanes = SIMD4<Double>.zero
        var j = 0
        while j + 4 <= width {
          for lane in 0..<4 { lanes[lane] += Double(a[j + lane]) * Double(b[j + lane]) }
          j += 4
        }
        while j < width {
          lanes[0] += Double(a[j]) * Double(b[j])
          j += 1
        }
        out[row] = (lanes[0] + lanes[2]) + (lanes[1] + lanes[3])
      }
    }
  }
}

extension Float {
  /// The kernels of single precision.
  public static var rowKernels: RowKernels<Float> { floatKernels }
}

extension Double {
  /// The kernels of double precision.
  public static var rowKernels: RowKernels<Double> { doubleKernels }
}

private let floatKernels = RowKernels<Float> {
  let (rows, random) = (ck_table_current().pointee.reduction, ck_table_current().pointee.random)
  return (
    { rows.sum_rows_f32($0, $1, $2, $3, $4) },
    { rows.sum_weighted_rows_f32($0, $1, $2, $3, $4, $5) },
    { rows.add_few_rows_f32($0, $1, $2, $3, $4, $5) },
    { rows.dot_rows_f32($0, $1, $2, $3, $4, $5) }, { random.score_sums_f32($0, $1, $2) }
  )
}

private let doubleKernels = RowKernels<Double> {
  let (rows, random) = (ck_table_current().pointee.reduction, ck_table_current().pointee.random)
  return (
    { rows.sum_rows_f64($0, $1, $2, $3, $4) },
    { rows.sum_weighted_rows_f64($0, $1, $2, $3, $4, $5) },
    { rows.add_few_rows_f64($0, $1, $2, $3, $4, $5) },
    { rows.dot_rows_f64($0, $1, $2, $3, $4, $5) }, { random.score_sums_f64($0, $1, $2) }
  )
}

/// Sums over the rows of a block, in double precision.
///
/// Row i goes to lane i mod 8 and lanes are folded in pairs, so that the bits depend on the number
/// of rows alone. Columns are added up some at a time, so that the lanes stay in the cache.
package enum RowSums<Scalar: RandomScalar> {
  /// Columns at a time.
  private static var tile: Int { 512 }

  /// Rows up to which the lanes of some columns at a time are summed over all of them.
  private static var mostFewRows: Int { 128 }

  /// The numbers that `lanes` has room for, for rows of some width.
  package static func laneCount(width: Int) -> Int { 8 * Swift.min(Swift.max(width, 1), tile) }

  /// sums[j] += Σᵢ y[i][j]
  package static func add(
    _ y: UnsafePointer<Scalar>, rows: Int, width: Int, lanes: UnsafeMutablePointer<Double>,
    to sums: UnsafeMutablePointer<Double>
  ) {
    inTiles(width, lanes, to: sums) { start, count in
      Scalar.rowKernels.sum(y + start, width, rows, count, lanes)
    }
  }

  /// sums[j] += Σᵢ w[i] y[i][j] for `width` columns of rows that are `stride` apart.
  package static func add(
    _ y: UnsafePointer<Scalar>, weights: UnsafePointer<Double>, stride: Int, rows: Int, width: Int,
    lanes: UnsafeMutablePointer<Double>, to sums: UnsafeMutablePointer<Double>
  ) {
    if rows <= mostFewRows, width >= 8 {
      return Scalar.rowKernels.addFew(y, weights, stride, rows, width, sums)
    }
    inTiles(width, lanes, to: sums) { start, count in
      Scalar.rowKernels.sumWeighted(y + start, weights, stride, rows, count, lanes)
    }
  }

  private static func inTiles(
    _ width: Int, _ lanes: UnsafeMutablePointer<Double>, to sums: UnsafeMutablePointer<Double>,
    _ add: (_ start: Int, _ count: Int) -> Void
  ) {
    var start = 0
    while start < width {
      let count = Swift.min(tile, width - start)
      lanes.update(repeating: 0, count: 8 * count)
      add(start, count)
      for j in 0..<count { sums[start + j] += ck_fold_lanes(lanes + j, count) }
      start += count
    }
  }

  /// sums[index[i]] += w[i], with the bits of the sum over one-hot rows.
  package static func add(
    oneHot index: UnsafePointer<Int32>, weights: UnsafePointer<Double>, rows: Int, width: Int,
    lanes: UnsafeMutablePointer<Double>, to sums: UnsafeMutablePointer<Double>
  ) {
    if width > tile {
      // Too wide for lanes: winners are few, and each has lanes of its own.
      var lanes: [Int32: SIMD8<Double>] = [:]
      for i in 0..<rows { lanes[index[i], default: .zero][i % 8] += weights[i] }
      for (winner, sum) in lanes { sums[Int(winner)] += folded(sum) }
      return
    }
    lanes.update(repeating: 0, count: 8 * width)
    for i in 0..<rows { lanes[i % 8 * width + Int(index[i])] += weights[i] }
    for j in 0..<width { sums[j] += ck_fold_lanes(lanes + j, width) }
  }

  /// Σᵢ w[i]
  package static func total(_ weights: UnsafePointer<Double>, rows: Int) -> Double {
    var lanes = SIMD8<Double>.zero
    var i = 0
    while i + 8 <= rows {
      lanes += UnsafeRawPointer(weights + i).loadUnaligned(as: SIMD8<Double>.self)
      i += 8
    }
    while i < rows {
      lanes[i % 8] += weights[i]
      i += 1
    }
    return folded(lanes)
  }

  private static func folded(_ lanes: SIMD8<Double>) -> Double {
    ((lanes[0] + lanes[4]) + (lanes[2] + lanes[6]))
      + ((lanes[1] + lanes[5]) + (lanes[3] + lanes[7]))
  }

  /// w[i] = Σⱼ g[j] y[i][j] − offset
  package static func dot(
    _ y: UnsafePointer<Scalar>, _ g: UnsafePointer<Double>, offset: Double, rows: Int, width: Int,
    into weights: UnsafeMutablePointer<Double>
  ) {
    Scalar.rowKernels.dot(y, g, offset, rows, width, weights)
  }

  /// w[i] = Σⱼ y[i][j] x[i][j]
  package static func dot(
    _ y: UnsafePointer<Scalar>, _ x: UnsafePointer<Scalar>, rows: Int, width: Int,
    into weights: UnsafeMutablePointer<Double>
  ) {
    Scalar.rowKernels.pairDot(y, x, rows, width, weights)
  }

  /// sums[j] += Σᵢ w[i] s(z[i][j]) for the noise of a block, which is made on the way.
  ///
  /// - Precondition: at most 512 columns of orthogonal samples.
  package static func addScores(
    _ block: SampleBlock, weights: UnsafePointer<Double>, lanes: UnsafeMutablePointer<Double>,
    to sums: UnsafeMutablePointer<Double>
  ) {
    var start = 0
    while start < block.count {
      let part = block.columns(start..<Swift.min(start + tile, block.count))
      lanes.update(repeating: 0, count: 8 * part.count)
      part.withKernelBlock(Scalar.self) { Scalar.rowKernels.scoreSums($0, weights, lanes) }
      for j in 0..<part.count { sums[start + j] += ck_fold_lanes(lanes + 8 * j, 1) }
      start += part.count
    }
  }

  /// Whether no number is infinite or not a number.
  package static func allFinite(_ x: UnsafePointer<Scalar>, count: Int) -> Bool {
    Scalar.rowKernels.allFinite(x, count)
  }

  /// The numbers in double precision.
  package static func widen(
    _ x: UnsafePointer<Scalar>, count: Int, into out: UnsafeMutablePointer<Double>
  ) {
    Scalar.rowKernels.widen(x, count, out)
  }

  /// The nearest numbers.
  package static func narrow(
    _ x: UnsafePointer<Double>, count: Int, into out: UnsafeMutablePointer<Scalar>
  ) {
    Scalar.rowKernels.narrow(x, count, out)
  }

  /// out[i] *= x[i]
  package static func multiply(
    _ out: UnsafeMutablePointer<Scalar>, by x: UnsafePointer<Scalar>, count: Int
  ) {
    Scalar.rowKernels.multiply(x, count, out)
  }
}
