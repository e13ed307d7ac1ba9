public import Tensors

/// A model that states how its gradient is to be estimated: the form of ``ZeroOrder`` for modules.
///
/// ```swift
/// struct Net: TreeStruct, ZeroOrderModule {
///   var weight: Tensor<Float>
///   var bias: Tensor<Float>
///   static var children: [Child<Net>] { [Child(\.weight), Child(\.bias)] }
///
///   let method = ZeroOrder.Method.forward
///   let samples = 100
///   let sigma = 0.01
///
///   func forward(_ batch: (x: Tensor<Float>, y: Tensor<Float>)) -> Tensor<Float> {
///     meanSquaredError(matmul(batch.x, weight.transposed()) + bias, batch.y)
///   }
/// }
///
/// let net = Net(weight: [[1, 2]], bias: [0])
/// let (loss, grads) = try net.lossAndGradient((x, y), key: key)
/// ```
///
/// One that samples its own directions conforms to ``ZeroOrderSampling`` as well.
public protocol ZeroOrderModule: Tree, Sendable {
  /// What the loss is computed from besides the parameters: neither perturbed nor differentiated.
  associatedtype Arguments: Sendable
  /// The type of the loss.
  associatedtype LossScalar: TensorFloatingPoint

  /// Which differences of values the estimate is made of.
  var method: ZeroOrder.Method { get }
  /// The number of directions.
  var samples: Int { get }
  /// The length of a step in each parameter.
  var sigma: Double { get }
  /// What directions are drawn from; normal where nothing is stated.
  var distribution: DirectionDistribution { get }
  /// What takes the place of the loss's values; nothing where nothing is stated.
  var shaping: ZeroOrder.Shaping { get }
  /// Whether ``forward(_:)`` is called for one sample at a time, as it must where it reads elements.
  var sequential: Bool { get }

  /// The loss: a tensor with one element.
  func forward(_ arguments: Arguments) throws -> Tensor<LossScalar>
}

extension ZeroOrderModule {
  /// Normal.
  public var distribution: DirectionDistribution { .normal }
  /// None.
  public var shaping: ZeroOrder.Shaping { .none }
  /// False: small models are evaluated for a block of samples at once.
  public var sequential: Bool { false }

  /// The estimator that the model states.
  ///
  /// - Throws: ``PerturbationError`` for parameters out of range.
  public var zeroOrder: ZeroOrder {
    get throws(PerturbationError) {
      try ZeroOrder(
        method, samples: samples, sigma: sigma, distribution: distribution, shaping: shaping,
        sequential: sequential)
    }
  }

  /// The loss, whose gradient in the model's parameters is estimated.
  ///
  /// - Parameters:
  ///   - arguments: What ``forward(_:)`` takes.
  ///   - key: The key of the directions; by default the next of `RandomKey.withDefault`.
  /// - Returns: A tensor without axes.
  /// - Throws: ``PerturbationError``, as ``ZeroOrder/value(at:key:of:)``.
  public func loss(
    _ arguments: Arguments, key: RandomKey? = nil
  ) throws -> Tensor<LossScalar> {
    try zeroOrder.value(at: self, key: key) { try $0.forward(arguments) }
  }

  /// The loss and the estimate of its gradient.
  ///
  /// - Parameters:
  ///   - arguments: What ``forward(_:)`` takes.
  ///   - key: The key of the directions; by default the next of `RandomKey.withDefault`.
  /// - Returns: The loss, and the model with gradients in the place of parameters.
  /// - Throws: ``PerturbationError``, as ``ZeroOrder/value(at:key:of:)``.
  public func lossAndGradient(
    _ arguments: Arguments, key: RandomKey? = nil
  ) throws -> (loss: Tensor<LossScalar>, gradient: Self) {
    let (loss, gradient) = try zeroOrder.valueAndGradient(at: self, key: key) {
      try $0.forward(arguments)
    }
    return (loss, gradient)
  }
}

/// A model that samples the directions of its estimate itself.
public protocol ZeroOrderSampling: ZeroOrderModule {
  /// Draws ``DirectionDraw/count`` numbers of mean 0 and variance ``sampleVariance``; the same
  /// whenever it is asked again.
  func sample(_ draw: DirectionDraw) -> [Double]

  /// The variance of what ``sample(_:)`` draws; 1 where nothing is stated.
  var sampleVariance: Double { get }
}

extension ZeroOrderSampling {
  /// 1.
  public var sampleVariance: Double { 1 }

  /// What ``sample(_:)`` draws.
  public var distribution: DirectionDistribution {
    let model = self
    return DirectionDistribution("\(Self.self)", variance: sampleVariance) { model.sample($0) }
  }
}
