/// Why parts of an estimate cannot be computed or put together; `description` is one line.
public enum SamplePartError: Error, Sendable, Equatable {
  /// Bytes that are cut off, changed, or no part at all.
  case damaged
  /// A part of an estimate in another number of parts.
  case otherCount(Int, expected: Int)
  /// No part of this number is there.
  case missing(Int, of: Int)
  /// There is more than one part of this number.
  case doubled(Int, of: Int)
  /// The estimate that is asked for is not the one that the parts are of, from a step on: another key,
  /// input or function, or one in which a cotangent follows from a value.
  case otherEstimate(step: Int)
  /// A part has found other numbers at the unperturbed input than those before it.
  case disagreement(part: Int)
  /// The estimate decides by its first samples how many it takes.
  case notFixed
}

extension SamplePartError: CustomStringConvertible {
  /// One line.
  public var description: String {
    switch self {
    case .damaged: "the part is cut off or damaged"
    case .otherCount(let count, let expected):
      "a part is one of \(count), expected one of \(expected) as the first"
    case .missing(let index, let count): "part \(index) of \(count) is missing"
    case .doubled(let index, let count): "part \(index) of \(count) is there twice"
    case .otherEstimate(let step):
      "the parts are of another estimate from its step \(step) on: expected the same key, input and "
        + "function, and cotangents that do not follow from values"
    case .disagreement(let part):
      "part \(part) has found other numbers at the unperturbed input than those before it: the "
        + "function gives different outputs for the same input"
    case .notFixed:
      "an estimate that decides by its samples how many it takes has no parts: expected a fixed number"
    }
  }
}
