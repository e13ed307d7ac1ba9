/// What lies outside bounds.
package enum Bounds {
  /// A number reflected at its bounds until it is between them: a function of what is mirrored is
  /// defined everywhere, goes on without a jump, and sees nothing outside.
  ///
  /// - Parameters:
  ///   - x: The number.
  ///   - low: The lower bound; −∞ for none.
  ///   - high: The upper bound, above the lower one; ∞ for none.
  /// - Returns: A number between the bounds.
  package static func mirrored(_ x: Double, _ low: Double, _ high: Double) -> Double {
    if x >= low && x <= high { return x }
    if low.isInfinite { return 2 * high - x }
    if high.isInfinite { return 2 * low - x }
    let width = high - low
    var rest = (x - low).truncatingRemainder(dividingBy: 2 * width)
    if rest < 0 { rest += 2 * width }
    return min(max(rest <= width ? low + rest : high - (rest - width), low), high)
  }
}
