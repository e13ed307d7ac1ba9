internal import Tensors

/// Numbers that were drawn elsewhere, by a generator that cannot draw any one of them by itself.
struct DrawnNumbers: Sendable {
  /// [rows, samples, width].
  let numbers: [Float]
  let rows: Int
  let samples: Int
  let width: Int

  /// Writes the noise of some samples of a row.
  func write<Scalar: TensorFloatingPoint>(
    row: Int, samples chosen: Range<Int>, leaf: Int, count: Int,
    into out: UnsafeMutablePointer<Scalar>, rowStride: Int
  ) {
    require(
      leaf == 0 && count == width && row < rows && chosen.upperBound <= samples, "Noise",
      "numbers are given for \(rows) rows, \(samples) samples and \(width) elements; asked for row "
        + "\(row), samples \(chosen) and \(count) elements of leaf \(leaf)")
    for (position, sample) in chosen.enumerated() {
      let start = (row * samples + sample) * width
      for j in 0..<count {
        out[position * rowStride + j] = Scalar(nearest: Double(numbers[start + j]))
      }
    }
  }
}

extension Noise {
  /// This noise with numbers that another generator drew, for a call whose input is one tensor: sample i
  /// of row r takes `numbers[r, i]`, whatever the key.
  ///
  /// - Parameter numbers: Shape [rows, samples] + the shape of one example.
  /// - Returns: The noise.
  /// - Precondition: noise whose elements are independent; sampled independently.
  package func withNumbers(_ numbers: Tensor<Float>) -> Noise {
    guard let drawn else {
      trap("Noise.withNumbers", "\(name) noise is not of independent elements")
    }
    require(
      numbers.rank >= 2, "Noise.withNumbers",
      "numbers of shape \(numbers.shape), expected [rows, samples, …]")
    var noise = self
    noise.kind = .drawn(
      DrawnNumbers(
        numbers: numbers.scalars, rows: numbers.shape[0], samples: numbers.shape[1],
        width: numbers.shape.dropFirst(2).reduce(1, *)), drawn)
    return noise
  }
}
