import Tensors

/// Noise drawn by the library itself, for comparison.
enum RandomKeyDraws {
  static func normal<Scalar: RandomScalar>(
    seed: UInt64, sample: Int, count: Int
  ) -> [Scalar] {
    RandomKey(seed).child(UInt64(sample)).child(0).normal(count)
  }
}
