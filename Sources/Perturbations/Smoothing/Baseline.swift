/// What is subtracted from the function's outputs in the estimates of derivatives. The expectation
/// does not change, since the score has mean 0; the variance does.
public enum Baseline: String, Sendable, CaseIterable {
  /// Nothing.
  case none
  /// f(θ), at one more evaluation; optax's `use_baseline`.
  case point
  /// The mean of the outputs of all other samples, at no evaluation more. Needs two samples.
  ///
  /// - SeeAlso: Kool, van Hoof and Welling 2019, "Buy 4 REINFORCE samples, get a baseline for free".
  case leaveOneOut
}
