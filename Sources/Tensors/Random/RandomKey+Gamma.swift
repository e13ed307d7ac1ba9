internal import CKernels

extension RandomKey {
  /// `count` logarithms of draws from the Gamma distribution with a shape and scale 1.
  ///
  /// Draw j depends on the key and j alone. The draws are logarithms because those of a small shape
  /// are smaller than any number.
  ///
  /// - Precondition: `count` is not negative, the shape is positive and finite.
  /// - Complexity: O(`count`); about 1.05 attempts for each draw.
  /// - SeeAlso: Marsaglia and Tsang 2000, "A simple method for generating gamma variables", sections
  ///   2 and 6.
  package func logGamma(_ count: Int, shape: Double) -> [Double] {
    requireRandom(
      count >= 0 && shape > 0 && shape.isFinite,
      "RandomKey.logGamma: \(count) draws of shape \(shape), expected a positive finite shape")
    return [Double](unsafeUninitializedCapacity: count) { buffer, initialized in
      if let start = buffer.baseAddress {
        ck_table_current().pointee.random.log_gamma(kernelKey, shape, 0, count, start)
      }
      initialized = count
    }
  }
}
