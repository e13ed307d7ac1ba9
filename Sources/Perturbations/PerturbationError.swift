public import Tensors

/// What is wrong with a perturbed function or with a call of one; `description` is one line that
/// names the value and what was expected.
public enum PerturbationError: Error, Sendable {
  /// σ is not a positive finite number.
  case invalidSigma(Double)
  /// The number of samples is not positive.
  case invalidSampleCount(Int)
  /// A parameter has a value that makes no sense.
  case invalidParameter(name: String, value: String, expected: String)
  /// The input has no elements.
  case emptyInput
  /// An element of the input is infinite or not a number.
  case nonFiniteInput(path: String, index: Int, value: Double)
  /// A leaf of the input cannot be perturbed.
  case inputNotFloatingPoint(path: String, type: ElementType)
  /// Leaves of the input differ in type, or in the extent of the batch axis.
  case inconsistentInput(String)
  /// The function gave outputs of different shapes.
  case outputChangedShape(sample: Int, key: RandomKey, expected: String, got: String)
  /// The function gave an infinite output or one that is not a number.
  case nonFiniteOutput(sample: Int, key: RandomKey, index: Int, value: Double)
  /// The function gave an output that has no mean: integers or truth values.
  case outputNotFloatingPoint(path: String, type: ElementType)
  /// The function threw an error.
  case functionFailed(sample: Int, key: RandomKey, error: any Error)
  /// The noise cannot be used for what was asked.
  case unusableNoise(String)
  /// There are more distinct solutions than were allowed for.
  case tooManySolutions(limit: Int, samples: Int)
  /// A derivative that is not offered.
  case unsupportedDerivative(String)
  /// σ is smaller than the distance between neighbouring numbers at the input's size.
  case unresolvedSigma(sigma: Double, magnitude: Double, type: ElementType)
  /// A result that is larger than a number can be.
  case overflow(String)
}

extension PerturbationError: CustomStringConvertible {
  /// One line.
  public var description: String {
    switch self {
    case .invalidSigma(let sigma): "sigma is \(sigma), expected a positive finite number"
    case .invalidSampleCount(let count): "samples is \(count), expected at least 1"
    case .invalidParameter(let name, let value, let expected):
      "\(name) is \(value), expected \(expected)"
    case .emptyInput: "the input has no elements, expected at least one"
    case .nonFiniteInput(let path, let index, let value):
      "element \(index) of the input\(path.isEmpty ? "" : " at \(path)") is \(value), "
        + "expected a finite number"
    case .inputNotFloatingPoint(let path, let type):
      "the input\(path.isEmpty ? "" : " at \(path)") has \(type) elements, expected float or double"
    case .inconsistentInput(let message): message
    case .outputChangedShape(let sample, let key, let expected, let got):
      "the function gave \(got) \(Self.place(sample, key)), expected \(expected) as for the others"
    case .nonFiniteOutput(let sample, let key, let index, let value):
      "output \(index) of the function is \(value) \(Self.place(sample, key)), "
        + "expected a finite number"
    case .outputNotFloatingPoint(let path, let type):
      "the function's output\(path.isEmpty ? "" : " at \(path)") has \(type) elements, "
        + "expected float or double: cast it"
    case .functionFailed(let sample, let key, let error):
      "the function failed \(Self.place(sample, key)): \(error)"
    case .tooManySolutions(let limit, let samples):
      "more than \(limit) distinct solutions in the first \(samples) samples: "
        + "raise the limit or lower sigma"
    case .unusableNoise(let message), .unsupportedDerivative(let message), .overflow(let message):
      message
    case .unresolvedSigma(let sigma, let magnitude, let type):
      "sigma is \(sigma), less than the distance between neighbouring \(type) numbers at the input's "
        + "size, \(magnitude): the noise would be rounded away; expected "
        + (type == .double ? "a larger sigma" : "a larger sigma, double precision")
        + ", or an input centred near 0"
    }
  }

  /// Which evaluation it was; a sample and its key are enough to make it again.
  private static func place(_ sample: Int, _ key: RandomKey) -> String {
    sample < 0 ? "at the unperturbed input" : "for sample \(sample) (\(key))"
  }
}
