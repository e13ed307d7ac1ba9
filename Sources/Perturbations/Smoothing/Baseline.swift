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
  /// The same, and a linear function of the scores, ⟨c, s⟩, that is fitted to the other half of the samples:
  /// what of ⟨g, y⟩ is linear in the noise drops out of a gradient's variance, as under orthogonal
  /// directions, and for every noise. Two passes over the samples for a gradient in place of one, at no
  /// evaluation more while outputs are kept. Where the fit is not worth its noise it shrinks to 0. Other
  /// derivatives take the mean alone.
  ///
  /// For c that does not depend on the half it is subtracted in, E ⟨c, s⟩ s = E[s²] c is known, and added again.
  /// With antithetic pairs, what is even in the noise drops out too.
  ///
  /// - SeeAlso: Owen, "Monte Carlo theory, methods and examples", sections 8.9 and 8.10, on control variates
  ///   and on fitting them to other samples.
  case linear

  /// Whether the mean of the other samples is subtracted.
  var leavesOneOut: Bool { self == .leaveOneOut || self == .linear }
}
