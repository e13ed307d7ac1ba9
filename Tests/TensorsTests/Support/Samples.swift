import Tensors

/// Numbers without a pattern, the same in every run: SplitMix64.
struct NumberSource {
  private var state: UInt64

  init(_ seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }

  mutating func uniform(_ range: ClosedRange<Double>) -> Double {
    let unit = Double(next() >> 11) / 9_007_199_254_740_992
    return range.lowerBound + unit * (range.upperBound - range.lowerBound)
  }
}

/// A tensor of numbers without a pattern.
func sample<Scalar: TensorFloatingPoint>(
  _ shape: Shape, seed: UInt64 = 1, in range: ClosedRange<Double> = -2...2,
  as type: Scalar.Type = Double.self
) -> Tensor<Scalar> {
  var source = NumberSource(seed)
  return Tensor(
    shape: shape, scalars: (0..<shape.elementCount).map { _ in Scalar(source.uniform(range)) })
}

/// Whether two tensors agree within a tolerance, relative to the larger of 1 and their size.
func agree<Scalar: TensorFloatingPoint>(
  _ a: Tensor<Scalar>, _ b: Tensor<Scalar>, _ tolerance: Scalar
) -> Bool {
  guard a.shape == b.shape else { return false }
  return zip(a.scalars, b.scalars).allSatisfy { x, y in
    x == y || (x.isNaN && y.isNaN)
      || (x - y).magnitude <= tolerance * max(1, max(x.magnitude, y.magnitude))
  }
}
