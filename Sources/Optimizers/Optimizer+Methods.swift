// The usual methods. Formulas and conventions are PyTorch's where it has the method (Lion: optax),
// and so are the default values, but for the learning rate, which has none.

extension Minimizer where Self == Optimizer {
  /// Gradient descent, with momentum where it is not 0: p ← p − η m.
  ///
  /// - Parameters:
  ///   - learningRate: η.
  ///   - momentum: The decay of ``Momentum``.
  ///   - dampening: By how much a new gradient counts less in the momentum.
  ///   - nesterov: Whether the momentum is Nesterov's.
  ///   - weightDecay: λ of an L² penalty: λ p is added to the gradient.
  /// - Returns: The optimizer.
  public static func sgd(
    learningRate: some LearningRate, momentum: Double = 0, dampening: Double = 0,
    nesterov: Bool = false,
    weightDecay: Double = 0
  ) -> Optimizer {
    method(
      penalty: weightDecay,
      momentum == 0 ? nil : Momentum(momentum, dampening: dampening, nesterov: nesterov),
      learningRate: learningRate)
  }

  /// Adam, or AMSGrad: see ``ScaleByAdam``.
  ///
  /// - Parameters:
  ///   - learningRate: η.
  ///   - beta1: The decay of the mean of the gradients.
  ///   - beta2: The decay of the mean of their squares.
  ///   - epsilon: What keeps the denominator from 0.
  ///   - weightDecay: λ of an L² penalty: λ p is added to the gradient.
  ///   - amsgrad: Whether the denominator never falls.
  /// - Returns: The optimizer.
  public static func adam(
    learningRate: some LearningRate, beta1: Double = 0.9, beta2: Double = 0.999,
    epsilon: Double = 1e-8,
    weightDecay: Double = 0, amsgrad: Bool = false
  ) -> Optimizer {
    method(
      penalty: weightDecay,
      ScaleByAdam(beta1: beta1, beta2: beta2, epsilon: epsilon, amsgrad: amsgrad),
      learningRate: learningRate)
  }

  /// Adam with decoupled weight decay: p ← p − η (u + λ p) with Adam's direction u.
  ///
  /// - Parameters:
  ///   - learningRate: η.
  ///   - beta1: The decay of the mean of the gradients.
  ///   - beta2: The decay of the mean of their squares.
  ///   - epsilon: What keeps the denominator from 0.
  ///   - weightDecay: λ.
  ///   - amsgrad: Whether the denominator never falls.
  /// - Returns: The optimizer.
  /// - SeeAlso: I. Loshchilov, F. Hutter, "Decoupled weight decay regularization" (ICLR 2019),
  ///   Algorithm 2.
  public static func adamW(
    learningRate: some LearningRate, beta1: Double = 0.9, beta2: Double = 0.999,
    epsilon: Double = 1e-8,
    weightDecay: Double = 0.01, amsgrad: Bool = false
  ) -> Optimizer {
    method(
      ScaleByAdam(beta1: beta1, beta2: beta2, epsilon: epsilon, amsgrad: amsgrad),
      decoupled: weightDecay, learningRate: learningRate)
  }

  /// AdaMax: see ``ScaleByAdaMax``.
  ///
  /// - Parameters:
  ///   - learningRate: η.
  ///   - beta1: The decay of the mean of the gradients.
  ///   - beta2: The decay of the largest size.
  ///   - epsilon: What keeps the denominator from 0.
  ///   - weightDecay: λ of an L² penalty: λ p is added to the gradient.
  /// - Returns: The optimizer.
  public static func adaMax(
    learningRate: some LearningRate, beta1: Double = 0.9, beta2: Double = 0.999,
    epsilon: Double = 1e-8,
    weightDecay: Double = 0
  ) -> Optimizer {
    method(
      penalty: weightDecay, ScaleByAdaMax(beta1: beta1, beta2: beta2, epsilon: epsilon),
      learningRate: learningRate)
  }

  /// Rectified Adam: see ``ScaleByRAdam``.
  ///
  /// - Parameters:
  ///   - learningRate: η.
  ///   - beta1: The decay of the mean of the gradients.
  ///   - beta2: The decay of the mean of their squares.
  ///   - epsilon: What keeps the denominator from 0.
  ///   - weightDecay: λ of an L² penalty: λ p is added to the gradient.
  /// - Returns: The optimizer.
  public static func rAdam(
    learningRate: some LearningRate, beta1: Double = 0.9, beta2: Double = 0.999,
    epsilon: Double = 1e-8,
    weightDecay: Double = 0
  ) -> Optimizer {
    method(
      penalty: weightDecay, ScaleByRAdam(beta1: beta1, beta2: beta2, epsilon: epsilon),
      learningRate: learningRate)
  }

  /// RMSProp: see ``ScaleByRMS``; the momentum is of the scaled gradients.
  ///
  /// - Parameters:
  ///   - learningRate: η.
  ///   - decay: The decay of the mean of the squares.
  ///   - epsilon: What keeps the denominator from 0.
  ///   - centered: Whether the variance takes the place of the mean of the squares.
  ///   - momentum: The decay of ``Momentum``.
  ///   - weightDecay: λ of an L² penalty: λ p is added to the gradient.
  /// - Returns: The optimizer.
  public static func rmsProp(
    learningRate: some LearningRate, decay: Double = 0.99, epsilon: Double = 1e-8,
    centered: Bool = false,
    momentum: Double = 0, weightDecay: Double = 0
  ) -> Optimizer {
    method(
      penalty: weightDecay, ScaleByRMS(decay: decay, epsilon: epsilon, centered: centered),
      momentum == 0 ? nil : Momentum(momentum), learningRate: learningRate)
  }

  /// Adagrad: see ``ScaleByAdagrad``. For PyTorch's `lr_decay`, give
  /// ``LearningRate/inverseTime(_:decay:)`` as the learning rate.
  ///
  /// - Parameters:
  ///   - learningRate: η.
  ///   - initialSum: What the sums of squares begin with.
  ///   - epsilon: What keeps the denominator from 0.
  ///   - weightDecay: λ of an L² penalty: λ p is added to the gradient.
  /// - Returns: The optimizer.
  public static func adagrad(
    learningRate: some LearningRate, initialSum: Double = 0, epsilon: Double = 1e-10,
    weightDecay: Double = 0
  ) -> Optimizer {
    method(
      penalty: weightDecay, ScaleByAdagrad(initialSum: initialSum, epsilon: epsilon),
      learningRate: learningRate)
  }

  /// Adadelta: see ``ScaleByAdadelta``.
  ///
  /// - Parameters:
  ///   - learningRate: η.
  ///   - decay: The decay of the means.
  ///   - epsilon: What keeps the denominator from 0 and the first step from being 0.
  ///   - weightDecay: λ of an L² penalty: λ p is added to the gradient.
  /// - Returns: The optimizer.
  public static func adadelta(
    learningRate: some LearningRate = 1.0, decay: Double = 0.9, epsilon: Double = 1e-6,
    weightDecay: Double = 0
  ) -> Optimizer {
    method(
      penalty: weightDecay, ScaleByAdadelta(decay: decay, epsilon: epsilon),
      learningRate: learningRate)
  }

  /// Lion with decoupled weight decay: see ``ScaleByLion``.
  ///
  /// - Parameters:
  ///   - learningRate: η.
  ///   - beta1: The weight of the mean in the direction.
  ///   - beta2: The decay of the mean.
  ///   - weightDecay: λ: the step is −η (u + λ p).
  /// - Returns: The optimizer.
  public static func lion(
    learningRate: some LearningRate, beta1: Double = 0.9, beta2: Double = 0.99,
    weightDecay: Double = 0
  ) -> Optimizer {
    method(
      ScaleByLion(beta1: beta1, beta2: beta2), decoupled: weightDecay, learningRate: learningRate)
  }

  private static func method(
    penalty: Double = 0, _ transforms: (any GradientTransform)?..., decoupled: Double = 0,
    learningRate: some LearningRate
  ) -> Optimizer {
    Optimizer(
      (penalty == 0 ? [] : [AddWeightDecay(penalty)]) + transforms.compactMap(\.self)
        + (decoupled == 0 ? [] : [AddWeightDecay(decoupled)])
        + [ScaleByLearningRate(learningRate)])
  }
}
