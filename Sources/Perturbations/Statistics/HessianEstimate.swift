public import Tensors

extension Perturbed {
  /// Numbers in an example up to which there is a Hessian, of 2 GB and as much for its errors.
  private static var largestHessian: Int { 1 << 14 }

  /// The Hessian of ⟨cotangent, value⟩ and its standard error:
  /// (1/Nσ²) Σ ⟨g, yᵢ − b⟩ (s sᵀ − ∇s), from the N evaluations of the value.
  ///
  /// Rows and columns are the numbers of one example, in the order of its leaves.
  ///
  /// - Parameters:
  ///   - input: θ.
  ///   - cotangent: g, in the structure of the output.
  ///   - key: The key of the noise; by default the next of `RandomKey.withDefault`.
  ///   - batched: Whether leaves have a batch axis in front.
  /// - Returns: The matrix [d, d], or [rows, d, d] of a batch: one for each row's own numbers.
  /// - Throws: ``PerturbationError``, also for noise without s′; `TreeMismatch` where the cotangent is
  ///   no cotangent.
  /// - Complexity: O(N d²) beside the evaluations, in one pass over the samples up to d = 127 and
  ///   ⌈d² / 16,384⌉ or more beyond.
  public func hessianEstimate(
    at input: Input, cotangent: Output, key: RandomKey? = nil, batched: Bool = false
  ) throws -> Estimate<Tensor<Double>> {
    let d = input.exampleWidth(batched: batched)
    try smoothing.checkStandardError(width: d)
    // Two matrices of as many numbers, so many for each row of a batch.
    let rows = batched ? Swift.max(input.leaves.first?.shape.first ?? 1, 1) : 1
    if d > Self.largestHessian
      || rows > Self.largestHessian * Self.largestHessian / Swift.max(d * d, 1)
    {
      throw PerturbationError.invalidParameter(
        name: "the size of the Hessian",
        value: batched ? "\(rows) matrices of \(d) × \(d)" : "\(d) × \(d)",
        expected: "at most \(Self.largestHessian * Self.largestHessian) numbers; "
          + "hessianProductEstimate gives its product with a direction")
    }
    let context = try statistics(input, key: .resolve(key), batched: batched, keepingOutputs: true)
    let g = try packedCotangent(context) { _ in cotangent }
    let scales =
      noise.perturbation.chainFactors(context.packedInput)
      ?? [Double](repeating: 1, count: context.rows * d)
    var values = [Double](repeating: 0, count: context.rows * d * d)
    var errors = values
    var (degrees, noSpread) = (0, 0.0)
    for lines in triangleParts(d) {
      let moments = try context.call.hessianMoments(context.theta, cotangent: g, lines: lines)
      for (row, moments) in moments.enumerated() {
        let (means, standardErrors) = (moments.means, moments.standardErrors)
        degrees = moments.degreesOfFreedom
        noSpread = Swift.max(noSpread, moments.noSpreadError)
        var entry = 0
        for k in lines {
          for l in k..<d {
            let scale = scales[row * d + k] * scales[row * d + l]
            for place in [(row * d + k) * d + l, (row * d + l) * d + k] {
              values[place] = means[entry] * scale
              errors[place] = standardErrors[entry] * abs(scale)
            }
            entry += 1
          }
        }
      }
    }
    let shape: Shape = batched ? [context.rows, d, d] : [d, d]
    return Estimate(
      value: Tensor(shape: shape, scalars: values),
      standardError: Tensor(shape: shape, scalars: errors), samples: samples,
      reachedStandardError: true, degreesOfFreedom: degrees, noSpreadError: noSpread)
  }
}

/// The lines of a matrix's upper triangle in runs of at most 8,192 entries, or of one line: what is
/// summed in one pass over the samples.
private func triangleParts(_ d: Int) -> [Range<Int>] {
  var parts: [Range<Int>] = []
  var (start, entries) = (0, 0)
  for line in 0..<d {
    if entries > 0, entries + d - line > 8192 {
      parts.append(start..<line)
      (start, entries) = (line, 0)
    }
    entries += d - line
  }
  return parts + [start..<d]
}
