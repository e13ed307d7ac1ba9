internal import Platform
internal import Tensors

extension LearningRate where Self == Schedule {
  /// A straight line up to a value, then another schedule, whose steps count from there.
  ///
  /// - Parameters:
  ///   - initial: The value at step 0.
  ///   - peak: The value that the line reaches at step `count`.
  ///   - count: How many steps the line takes.
  ///   - next: What follows; nil stays at the peak.
  /// - Returns: The schedule.
  /// - Precondition: `count` is at least 1.
  public static func warmup(
    from initial: Double = 0, to peak: Double, over count: Int, then next: Schedule? = nil
  ) -> Schedule {
    let line = polynomial(from: initial, to: peak, over: count)
    let next = next ?? .constant(peak)
    return Schedule { $0 < count ? line($0) : next($0 - count) }
  }

  /// A straight line up to a value, then half a cosine down. As optax's
  /// `warmup_cosine_decay_schedule`.
  ///
  /// - Parameters:
  ///   - initial: The value at step 0.
  ///   - peak: The value at step `warmup`.
  ///   - final: The value from step `total` on.
  ///   - warmup: How many steps the line takes.
  ///   - total: How many steps line and cosine take together.
  /// - Returns: The schedule.
  /// - Precondition: `warmup` is at least 1, `total` is larger.
  public static func warmupCosine(
    from initial: Double = 0, to peak: Double, downTo final: Double = 0, warmup: Int, total: Int
  ) -> Schedule {
    require(
      total > warmup, "Schedule.warmupCosine",
      "\(total) steps in all with a warm-up of \(warmup), expected more")
    return .warmup(
      from: initial, to: peak, over: warmup,
      then: .cosine(
        peak, over: total - warmup, finalFraction: peak == 0 ? 0 : final / peak))
  }

  /// Up along half a cosine, then down along another, far below where it began. As optax's
  /// `cosine_onecycle_schedule`.
  ///
  /// The value goes from peak / d to the peak at step ⌊p n⌋, and to peak / (d f) at step n.
  ///
  /// - Parameters:
  ///   - peak: The largest value.
  ///   - count: n, the length of the cycle.
  ///   - fraction: p, the part of it that goes up.
  ///   - divisor: d.
  ///   - finalDivisor: f.
  /// - Returns: The schedule.
  /// - Precondition: `count` is at least 1, the fraction in [0, 1], the divisors positive.
  /// - SeeAlso: L. N. Smith, N. Topin, "Super-convergence: Very fast training of neural networks
  ///   using large learning rates" (arXiv:1708.07120).
  public static func oneCycle(
    _ peak: Double, over count: Int, risingFraction fraction: Double = 0.3,
    divisor: Double = 25, finalDivisor: Double = 1e4
  ) -> Schedule {
    requireSteps(count, "oneCycle")
    require(
      fraction >= 0 && fraction <= 1 && divisor > 0 && finalDivisor > 0, "Schedule.oneCycle",
      "a rising fraction of \(fraction) and divisors \(divisor) and \(finalDivisor), expected a "
        + "number in [0, 1] and positive ones")
    let (start, end) = (peak / divisor, peak / (divisor * finalDivisor))
    let top = Int(fraction * Double(count))
    return Schedule { step in
      if step < top { return halfCosine(from: start, to: peak, Double(step) / Double(top)) }
      if step >= count { return end }
      return halfCosine(from: peak, to: end, Double(step - top) / Double(count - top))
    }
  }
}

private func halfCosine(from start: Double, to end: Double, _ done: Double) -> Double {
  end + (start - end) * (0.5 * (1 + Elementary.cos(.pi * done)))
}
