package import Tensors

/// A function that takes many inputs at a time, such as a pool of processes.
///
/// It answers each input by itself: how inputs are put together must not change an answer.
package protocol BatchFunction: Sendable {
  /// Evaluates some inputs; called from several threads.
  func evaluate(_ request: BatchRequest) throws -> BatchAnswer

  /// How many entries an answer has, where that is known before the first.
  var outputWidth: Int? { get }
}

extension BatchFunction {
  package var outputWidth: Int? { nil }
}

/// Inputs for a ``BatchFunction``.
package struct BatchRequest: Sendable {
  /// [count, width].
  package let inputs: [Double]
  package let width: Int
  package let count: Int
  /// The sample of the first input; -1 for none.
  package let firstSample: Int
  /// After how many inputs the samples begin again, where there are several inputs for each.
  package let period: Int
  /// The key of the call.
  package let key: RandomKey
  /// The number of entries of an answer where it is known.
  package let outputWidth: Int?

  package init(
    inputs: [Double], width: Int, count: Int, firstSample: Int, period: Int? = nil,
    key: RandomKey, outputWidth: Int?
  ) {
    self.inputs = inputs
    self.width = width
    self.count = count
    self.firstSample = firstSample
    self.period = period ?? count
    self.key = key
    self.outputWidth = outputWidth
  }
}

/// What a ``BatchFunction`` answers.
package struct BatchAnswer: Sendable {
  /// [count, width]; zeros for inputs without an answer.
  package let outputs: [Double]
  package let width: Int
  /// The positions of inputs without an answer, which the estimate is to do without.
  package let absent: [Int]
  /// Why the first of them has none.
  package let reason: (any Error)?

  package init(outputs: [Double], width: Int, absent: [Int] = [], reason: (any Error)? = nil) {
    self.outputs = outputs
    self.width = width
    self.absent = absent
    self.reason = reason
  }
}
