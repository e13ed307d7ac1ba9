public import Tensors

/// What becomes of the losses of the elements.
public enum LossReduction: Sendable, Hashable {
  /// Their mean.
  case mean
  /// Their sum.
  case sum
  /// They stay as they are.
  case none

  func callAsFunction<Scalar: TensorFloatingPoint>(_ losses: Tensor<Scalar>) -> Tensor<Scalar> {
    switch self {
    case .mean: losses.mean()
    case .sum: losses.sum()
    case .none: losses
    }
  }
}

/// The squared differences: (p − t)².
///
/// - Parameters:
///   - prediction: Any shape.
///   - target: The same shape.
///   - reduction: What becomes of the elements' losses; their mean unless given.
///   - file: The file that a trap names: the caller's.
///   - line: The line there.
/// - Returns: A tensor without axes, or of the prediction's shape.
public func meanSquaredError<Scalar: TensorFloatingPoint>(
  _ prediction: Tensor<Scalar>, _ target: Tensor<Scalar>, reduction: LossReduction = .mean,
  file: StaticString = #fileID, line: UInt = #line
) -> Tensor<Scalar> {
  requireSameShape(prediction, target, "meanSquaredError", file, line)
  return reduction(square(prediction - target))
}

/// The absolute differences: |p − t|. The derivative is 0 where they are.
///
/// - Parameters:
///   - prediction: Any shape.
///   - target: The same shape.
///   - reduction: What becomes of the elements' losses; their mean unless given.
///   - file: The file that a trap names: the caller's.
///   - line: The line there.
/// - Returns: A tensor without axes, or of the prediction's shape.
public func meanAbsoluteError<Scalar: TensorFloatingPoint>(
  _ prediction: Tensor<Scalar>, _ target: Tensor<Scalar>, reduction: LossReduction = .mean,
  file: StaticString = #fileID, line: UInt = #line
) -> Tensor<Scalar> {
  requireSameShape(prediction, target, "meanAbsoluteError", file, line)
  return reduction(abs(prediction - target))
}

/// Huber's loss: e² / 2 for differences |e| ≤ δ, δ (|e| − δ / 2) beyond.
///
/// - Parameters:
///   - prediction: Any shape.
///   - target: The same shape.
///   - delta: δ, where the parabola becomes a line.
///   - reduction: What becomes of the elements' losses; their mean unless given.
///   - file: The file that a trap names: the caller's.
///   - line: The line there.
/// - Returns: A tensor without axes, or of the prediction's shape.
/// - SeeAlso: P. J. Huber, "Robust estimation of a location parameter" (Ann. Math. Statist. 35,
///   1964); PyTorch's `huber_loss`.
public func huberLoss<Scalar: TensorFloatingPoint>(
  _ prediction: Tensor<Scalar>, _ target: Tensor<Scalar>, delta: Double = 1,
  reduction: LossReduction = .mean, file: StaticString = #fileID, line: UInt = #line
) -> Tensor<Scalar> {
  requireSameShape(prediction, target, "huberLoss", file, line)
  require(
    delta > 0, "huberLoss", "delta is \(delta), expected a positive number", file: file, line: line)
  let delta = Tensor(Scalar(nearest: delta))
  let half = Tensor(Scalar(nearest: 0.5))
  let size = abs(prediction - target)
  // With q = min(|e|, δ) both pieces are q (|e| − q / 2).
  let inner = minimum(size, delta)
  return reduction(inner * (size - half * inner))
}

/// The cross-entropy −Σ t log softmax(x) over the last axis, between scores and probabilities.
///
/// - Parameters:
///   - logits: Scores of the classes, shape [..., classes].
///   - targets: Probabilities of the classes, the same shape.
///   - reduction: What becomes of the examples' losses; their mean unless given.
///   - file: The file that a trap names: the caller's.
///   - line: The line there.
/// - Returns: A tensor without axes, or of the shape without the last axis.
public func softmaxCrossEntropy<Scalar: TensorFloatingPoint>(
  _ logits: Tensor<Scalar>, _ targets: Tensor<Scalar>, reduction: LossReduction = .mean,
  file: StaticString = #fileID, line: UInt = #line
) -> Tensor<Scalar> {
  requireSameShape(logits, targets, "softmaxCrossEntropy", file, line)
  return reduction(-(targets * logits.logSoftmax()).sum(axis: -1))
}

/// The cross-entropy −log softmax(x)[label] over the last axis, between scores and class numbers.
///
/// - Parameters:
///   - logits: Scores of the classes, shape [..., classes].
///   - labels: Class numbers, shape [...].
///   - reduction: What becomes of the examples' losses; their mean unless given.
///   - file: The file that a trap names: the caller's.
///   - line: The line there.
/// - Returns: A tensor without axes, or of the labels' shape.
/// - Precondition: each label in 0 …< classes.
public func softmaxCrossEntropy<Scalar: TensorFloatingPoint>(
  _ logits: Tensor<Scalar>, labels: Tensor<Int32>, reduction: LossReduction = .mean,
  file: StaticString = #fileID, line: UInt = #line
) -> Tensor<Scalar> {
  require(
    logits.rank >= 1 && labels.shape.elementsEqual(logits.shape.dropLast()),
    "softmaxCrossEntropy",
    "labels of shape \(labels.shape) for scores of shape \(logits.shape)", file: file, line: line)
  // The loss is a difference of scores: a shift of all of them changes its rounding alone.
  let scores = logits.subtractingMax(axis: -1)
  let chosen = scores.take(along: -1, labels.expandingAxis(-1)).squeezed(axis: -1)
  return reduction(scores.logSumExp() - chosen)
}

/// The cross-entropy of a yes or no, −t log σ(x) − (1 − t) log(1 − σ(x)), without overflow.
///
/// - Parameters:
///   - logits: The score x, whose sigmoid σ(x) is the probability of a yes; any shape.
///   - targets: Probabilities t of a yes, the same shape.
///   - reduction: What becomes of the elements' losses; their mean unless given.
///   - file: The file that a trap names: the caller's.
///   - line: The line there.
/// - Returns: A tensor without axes, or of the scores' shape.
public func binaryCrossEntropy<Scalar: TensorFloatingPoint>(
  logits: Tensor<Scalar>, _ targets: Tensor<Scalar>, reduction: LossReduction = .mean,
  file: StaticString = #fileID, line: UInt = #line
) -> Tensor<Scalar> {
  requireSameShape(logits, targets, "binaryCrossEntropy", file, line)
  // −log σ(x) = log(1 + e⁻ˣ): neither term loses digits where the loss is small.
  return reduction(targets * softplus(-logits) + (1 - targets) * softplus(logits))
}

private func requireSameShape<Scalar>(
  _ prediction: Tensor<Scalar>, _ target: Tensor<Scalar>, _ operation: String, _ file: StaticString,
  _ line: UInt
) {
  require(
    prediction.shape == target.shape, operation,
    "predictions of shape \(prediction.shape) and targets of shape \(target.shape)", file: file,
    line: line)
}
