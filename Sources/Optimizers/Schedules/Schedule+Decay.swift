internal import Platform
internal import Tensors

extension LearningRate where Self == Schedule {
  /// Multiplied by a factor every so many steps: v · fᵏ, k = ⌊t / n⌋. As PyTorch's `StepLR`.
  ///
  /// - Precondition: `count` is at least 1.
  public static func step(_ initial: Double, factor: Double, every count: Int) -> Schedule {
    requireSteps(count, "step")
    return Schedule { initial * Elementary.power(factor, $0 / count) }
  }

  /// Multiplied by a factor at each of some steps. As PyTorch's `MultiStepLR`.
  public static func steps(_ initial: Double, factor: Double, at milestones: [Int]) -> Schedule {
    Schedule { step in initial * Elementary.power(factor, milestones.count { $0 <= step }) }
  }

  /// v · f^(t / n). As optax's `exponential_decay`; with n = 1, PyTorch's `ExponentialLR`.
  ///
  /// - Precondition: `count` is at least 1.
  public static func exponential(
    _ initial: Double, factor: Double, every count: Int = 1
  ) -> Schedule {
    requireSteps(count, "exponential")
    return Schedule { initial * Elementary.pow(factor, Double($0) / Double(count)) }
  }

  /// v / (1 + d t). The decay of PyTorch's `Adagrad(lr_decay=d)`.
  public static func inverseTime(_ initial: Double, decay: Double) -> Schedule {
    Schedule { initial / (1 + decay * Double($0)) }
  }

  /// From one value to another along (1 − t / n)ᵖ, and the latter from then on. As optax's
  /// `polynomial_schedule`.
  ///
  /// - Parameters:
  ///   - initial: The value before the decay.
  ///   - final: The value after it.
  ///   - exponent: p; 1 is linear.
  ///   - count: n, how many steps the decay takes.
  ///   - start: The step at which it begins.
  /// - Returns: The schedule.
  /// - Precondition: `count` is at least 1.
  public static func polynomial(
    from initial: Double, to final: Double, exponent: Double = 1, over count: Int,
    after start: Int = 0
  ) -> Schedule {
    requireSteps(count, "polynomial")
    return Schedule { step in
      let done = Double(min(max(step - start, 0), count)) / Double(count)
      return (initial - final) * Elementary.pow(1 - done, exponent) + final
    }
  }

  /// Half a cosine from a value to a fraction of it: v ((1 − α) (1 + cos(πt / n)) / 2 + α). As
  /// optax's `cosine_decay_schedule`, and PyTorch's `CosineAnnealingLR` with `eta_min` = α v.
  ///
  /// - Parameters:
  ///   - initial: v, the value at step 0.
  ///   - count: n, how many steps the decay takes.
  ///   - fraction: α, what part of v remains.
  /// - Returns: The schedule.
  /// - Precondition: `count` is at least 1.
  /// - SeeAlso: I. Loshchilov, F. Hutter, "SGDR: Stochastic gradient descent with warm restarts"
  ///   (ICLR 2017), eq. 5.
  public static func cosine(
    _ initial: Double, over count: Int, finalFraction fraction: Double = 0
  ) -> Schedule {
    requireSteps(count, "cosine")
    return Schedule { step in
      let done = Double(min(step, count)) / Double(count)
      return initial * ((1 - fraction) * (0.5 * (1 + Elementary.cos(.pi * done))) + fraction)
    }
  }
}

func requireSteps(_ count: Int, _ name: String) {
  require(count >= 1, "Schedule.\(name)", "\(count) steps, expected at least 1")
}
