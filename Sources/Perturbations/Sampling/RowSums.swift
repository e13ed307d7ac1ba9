internal import CKernels
internal import Tensors

/// The sums over the rows of a block, for `Float` and `Double`: one call of a kernel each.
///
/// Row i goes to lane i mod 8 and lanes are folded in pairs, so that the bits depend on the number
/// of rows alone.
enum RowSums<Scalar: TensorFloatingPoint> {
  private static var kernels: ck_reduction_kernels { ck_table_current().pointee.reduction }

  private static func single(_ pointer: UnsafePointer<Scalar>) -> UnsafePointer<Float> {
    UnsafeRawPointer(pointer).assumingMemoryBound(to: Float.self)
  }

  private static func double(_ pointer: UnsafePointer<Scalar>) -> UnsafePointer<Double> {
    UnsafeRawPointer(pointer).assumingMemoryBound(to: Double.self)
  }

  /// sums[j] += Σᵢ y[i][j]
  static func add(
    _ y: UnsafePointer<Scalar>, rows: Int, width: Int, lanes: UnsafeMutablePointer<Double>,
    to sums: UnsafeMutablePointer<Double>
  ) {
    lanes.update(repeating: 0, count: 8 * width)
    if Scalar.self == Float.self {
      kernels.sum_rows_f32(single(y), rows, width, lanes)
    } else {
      kernels.sum_rows_f64(double(y), rows, width, lanes)
    }
    fold(lanes, width, to: sums)
  }

  /// sums[j] += Σᵢ w[i] y[i][j]
  static func add(
    _ y: UnsafePointer<Scalar>, weights: UnsafePointer<Double>, rows: Int, width: Int,
    lanes: UnsafeMutablePointer<Double>, to sums: UnsafeMutablePointer<Double>
  ) {
    lanes.update(repeating: 0, count: 8 * width)
    if Scalar.self == Float.self {
      kernels.sum_weighted_rows_f32(single(y), weights, rows, width, lanes)
    } else {
      kernels.sum_weighted_rows_f64(double(y), weights, rows, width, lanes)
    }
    fold(lanes, width, to: sums)
  }

  /// w[i] = Σⱼ g[j] y[i][j] − offset
  static func dot(
    _ y: UnsafePointer<Scalar>, _ g: UnsafePointer<Double>, offset: Double, rows: Int, width: Int,
    into weights: UnsafeMutablePointer<Double>
  ) {
    if Scalar.self == Float.self {
      kernels.dot_rows_f32(single(y), g, offset, rows, width, weights)
    } else {
      kernels.dot_rows_f64(double(y), g, offset, rows, width, weights)
    }
  }

  /// sums[j] += Σᵢ w[i] s(z[i][j]) for the noise of a block, which is made on the way.
  static func addScores(
    _ block: SampleBlock, weights: UnsafePointer<Double>, lanes: UnsafeMutablePointer<Double>,
    to sums: UnsafeMutablePointer<Double>
  ) {
    let width = block.count
    lanes.update(repeating: 0, count: 8 * width)
    withUnsafePointer(to: block.kernelBlock) {
      if Scalar.self == Float.self {
        ck_table_current().pointee.random.score_sums_f32($0, weights, lanes)
      } else {
        ck_table_current().pointee.random.score_sums_f64($0, weights, lanes)
      }
    }
    for j in 0..<width { sums[j] += ck_fold_lanes(lanes + 8 * j, 1) }
  }

  private static func fold(
    _ lanes: UnsafeMutablePointer<Double>, _ width: Int, to sums: UnsafeMutablePointer<Double>
  ) {
    for j in 0..<width { sums[j] += ck_fold_lanes(lanes + j, width) }
  }
}
