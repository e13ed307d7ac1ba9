internal import CKernels

/// A floating-point type that random numbers come in: `Float` or `Double`.
///
/// A draw of `Float` uses 32 random bits, one of `Double` 64, as in JAX; so the two types give
/// different numbers for the same key.
public protocol RandomScalar: BinaryFloatingPoint, Sendable {
  /// The type's kernels.
  static var randomKernels: RandomKernels<Self> { get }

  /// The type's kernels for sums over rows.
  static var rowKernels: RowKernels<Self> { get }
}

/// The random kernels of one scalar type; what is in it is for this package alone.
///
/// Generic code calls them through the functions of ``RandomScalar``, one indirect call for a whole
/// buffer.
public struct RandomKernels<Scalar>: Sendable {
  let draw: @Sendable (ck_key, ck_distribution, UInt64, Int, UnsafeMutablePointer<Scalar>) -> Void
  let sampleNoise:
    @Sendable (UnsafePointer<ck_sample_block>, UnsafeMutablePointer<Scalar>, Int) -> Void
  let perturb:
    @Sendable (
      UnsafePointer<ck_sample_block>, UnsafePointer<Scalar>, Scalar, UnsafeMutablePointer<Scalar>,
      UnsafeMutablePointer<Scalar>?, Int
    ) -> Void
  let argmaxSamples:
    @Sendable (
      UnsafePointer<ck_sample_block>, UnsafePointer<Scalar>, Scalar, UnsafeMutablePointer<Int32>
    ) -> Void
  let argmaxScores:
    @Sendable (
      UnsafePointer<ck_sample_block>, UnsafePointer<Scalar>, Scalar, UnsafeMutablePointer<Int32>,
      UnsafeMutablePointer<Double>
    ) -> Void
  let voteScores:
    @Sendable (
      UnsafePointer<ck_sample_block>, UnsafePointer<Scalar>, Scalar, Int,
      UnsafeMutablePointer<Scalar>, UnsafeMutablePointer<Double>, UnsafeMutablePointer<Double>
    ) -> Int
  let makeOrthogonal:
    @Sendable (UnsafeMutablePointer<Scalar>, Int, Int, UnsafeMutablePointer<Scalar>) -> Void
  let score:
    @Sendable (ck_distribution, UnsafePointer<Scalar>, Int, UnsafeMutablePointer<Scalar>) -> Void
  let scoreDerivative:
    @Sendable (ck_distribution, UnsafePointer<Scalar>, Int, UnsafeMutablePointer<Scalar>) -> Void
  let transform:
    @Sendable (ck_distribution, UnsafePointer<UInt32>, Int, UnsafeMutablePointer<Scalar>) -> Void
}

extension Float: RandomScalar {
  /// The kernels of 32-bit draws.
  public static var randomKernels: RandomKernels<Float> {
    RandomKernels(
      draw: { ck_table_current().pointee.random.draw_f32($0, $1, $2, $3, $4) },
      sampleNoise: { ck_table_current().pointee.random.sample_noise_f32($0, $1, $2) },
      perturb: { ck_table_current().pointee.random.perturb_f32($0, $1, $2, $3, $4, $5) },
      argmaxSamples: { ck_table_current().pointee.random.argmax_samples_f32($0, $1, $2, $3) },
      argmaxScores: {
        ck_table_current().pointee.random.argmax_scores_f32($0, $1, $2, $3, $4)
      },
      voteScores: {
        ck_table_current().pointee.random.vote_scores_f32($0, $1, $2, $3, $4, $5, $6)
      },
      makeOrthogonal: { ck_table_current().pointee.random.orthogonal_rows_f32($0, $1, $2, $3) },
      score: { ck_table_current().pointee.random.score_f32($0, $1, $2, $3) },
      scoreDerivative: { ck_table_current().pointee.random.score_derivative_f32($0, $1, $2, $3) },
      transform: { ck_table_current().pointee.random.transform_f32($0, $1, $2, $3) })
  }
}

extension Double: RandomScalar {
  /// The kernels of 64-bit draws.
  public static var randomKernels: RandomKernels<Double> {
    RandomKernels(
      draw: { ck_table_current().pointee.random.draw_f64($0, $1, $2, $3, $4) },
      sampleNoise: { ck_table_current().pointee.random.sample_noise_f64($0, $1, $2) },
      perturb: { ck_table_current().pointee.random.perturb_f64($0, $1, $2, $3, $4, $5) },
      argmaxSamples: { ck_table_current().pointee.random.argmax_samples_f64($0, $1, $2, $3) },
      argmaxScores: {
        ck_table_current().pointee.random.argmax_scores_f64($0, $1, $2, $3, $4)
      },
      voteScores: {
        ck_table_current().pointee.random.vote_scores_f64($0, $1, $2, $3, $4, $5, $6)
      },
      makeOrthogonal: { ck_table_current().pointee.random.orthogonal_rows_f64($0, $1, $2, $3) },
      score: { ck_table_current().pointee.random.score_f64($0, $1, $2, $3) },
      scoreDerivative: { ck_table_current().pointee.random.score_derivative_f64($0, $1, $2, $3) },
      transform: { distribution, words, count, out in
        // The low word in the middle of its range: half a step of the high word's grid.
        let wide = (0..<count).map { UInt64(words[$0]) << 32 | 0x8000_0000 }
        ck_table_current().pointee.random.transform_f64(distribution, wide, count, out)
      })
  }
}
