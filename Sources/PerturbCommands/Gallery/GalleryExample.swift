internal import Perturbations

/// A worked example of the gallery. To add one: a type of this protocol in a file of its own, and its
/// name in ``Gallery/examples``.
package protocol GalleryExample: Sendable {
  /// What it is called on the command line and in files: lower case and hyphens.
  var name: String { get }
  /// The headline of its section.
  var title: String { get }

  /// Computes everything that the example shows.
  func run(_ context: GalleryContext) throws -> GalleryReport
}

/// What an example is given to work with.
package struct GalleryContext: Sendable {
  /// The example's own key: it depends on the seed and the example's name, so an example gives the
  /// same numbers alone as among others.
  let key: RandomKey
  /// The number of samples that the caller asked for, if any.
  let requestedSamples: Int?
  /// Takes what part of the example's work is done.
  let progress: @Sendable (Double) -> Void
  /// Takes a few words on how far a longer computation is.
  let status: @Sendable (String) -> Void

  init(
    seed: UInt64, name: String, samples: Int?,
    progress: @escaping @Sendable (Double) -> Void = { _ in },
    status: @escaping @Sendable (String) -> Void = { _ in }
  ) {
    key = RandomKey(seed).fold(in: fingerprint(name))
    requestedSamples = samples
    self.progress = progress
    self.status = status
  }

  /// The number of samples to use where the document's is `standard`.
  func samples(_ standard: Int) -> Int { requestedSamples ?? standard }
}

/// A number that stands for a name: FNV-1a, 32 bits.
private func fingerprint(_ name: String) -> UInt32 {
  name.utf8.reduce(2_166_136_261) { ($0 ^ UInt32($1)) &* 16_777_619 }
}
