internal import Platform

/// PyTorch's generator on a CPU: the draws of `torch.manual_seed` and of the functions after it.
///
/// ```swift
/// var generator = TorchGenerator(seed: 135)
/// generator.normal([32, 3, 40])     // torch.randn(32, 3, 40), generator seeded with 135
/// ```
///
/// Integers and uniform numbers have PyTorch's bits. Normal and Gamma numbers are computed in double
/// precision and rounded, where PyTorch's vector code has errors of a few units in the last place.
/// Checked against PyTorch 2.13.
public struct TorchGenerator: Sendable, Hashable {
  /// Where the bits come from.
  public private(set) var bits: MersenneTwister
  /// The second of a pair of normal numbers of which one was asked for.
  public private(set) var spareNormal: Double?

  /// `torch.manual_seed`, which takes the lower 32 bits.
  public init(seed: UInt64) { bits = MersenneTwister(seed: UInt32(truncatingIfNeeded: seed)) }

  /// The generator in a state.
  public init(bits: MersenneTwister, spareNormal: Double? = nil) {
    self.bits = bits
    self.spareNormal = spareNormal
  }

  // MARK: Uniform

  /// `torch.rand`: uniform on [0, 1), from one word each.
  public mutating func uniform(_ shape: Shape) -> Tensor<Float> {
    Tensor(
      shape: shape,
      initializingWith: { out in
        for index in out.indices { out[index] = self.uniform() }
      })
  }

  /// `tensor.uniform_(-bound, bound)`, which is rounded once, as PyTorch's fused operation is.
  public mutating func uniform(_ shape: Shape, within bound: Double) -> Tensor<Float> {
    let (width, low) = (2 * Float(bound), Float(bound))
    return Tensor(
      shape: shape,
      initializingWith: { out in
        for index in out.indices { out[index] = (-low).addingProduct(self.uniform(), width) }
      })
  }

  private mutating func uniform() -> Float { Float(bits.nextWord() & 0xff_ffff) * 0x1p-24 }

  private mutating func uniformDouble() -> Double {
    Double(bits.next() & 0x1f_ffff_ffff_ffff) * 0x1p-53
  }

  // MARK: Normal

  /// `torch.randn`: standard normal numbers.
  ///
  /// From 16 numbers on, in groups of 16: element j with j + 8 by Box and Muller's formula, from one
  /// word each; a rest makes the last 16 again. Fewer than 16 come in pairs, of which a second one that
  /// is left over is kept.
  public mutating func normal(_ shape: Shape) -> Tensor<Float> {
    Tensor(shape: shape, initializingWith: { out in self.writeNormal(out) })
  }

  private mutating func writeNormal(_ out: UnsafeMutableBufferPointer<Float>) {
    let count = out.count
    guard count >= 16 else {
      for index in out.indices { out[index] = Float(normal()) }
      return
    }
    for index in out.indices { out[index] = uniform() }
    for group in stride(from: 0, through: count - 16, by: 16) { Self.makeNormal(out, group) }
    if count % 16 != 0 {
      for index in count - 16..<count { out[index] = uniform() }
      Self.makeNormal(out, count - 16)
    }
  }

  /// Makes 16 uniform numbers normal.
  private static func makeNormal(_ out: UnsafeMutableBufferPointer<Float>, _ group: Int) {
    for index in group..<group + 8 {
      let radius = (-2 * Elementary.log(1 - Double(out[index]))).squareRoot()
      let angle = 2 * Double.pi * Double(out[index + 8])
      out[index] = Float(radius * Elementary.cos(angle))
      out[index + 8] = Float(radius * Elementary.sin(angle))
    }
  }

  private mutating func normal() -> Double {
    if let number = spareNormal {
      spareNormal = nil
      return number
    }
    let angle = 2 * Double.pi * uniformDouble()
    let radius = (-2 * Elementary.log1p(-uniformDouble())).squareRoot()
    spareNormal = radius * Elementary.sin(angle)
    return radius * Elementary.cos(angle)
  }

  // MARK: Gamma

  /// `torch._standard_gamma`: Gamma numbers with a shape α and scale 1.
  ///
  /// - Parameters:
  ///   - shape: The shape of the tensor.
  ///   - alpha: α, not negative.
  /// - Returns: The numbers.
  /// - SeeAlso: Marsaglia and Tsang 2000, "A simple method for generating Gamma variables", ACM TOMS 26.
  public mutating func gamma(_ shape: Shape, alpha: Float) -> Tensor<Float> {
    require(alpha >= 0, "TorchGenerator.gamma", "alpha is \(alpha), expected 0 or more")
    return Tensor(
      shape: shape,
      initializingWith: { out in
        for index in out.indices { out[index] = self.gamma(alpha) }
      })
  }

  /// As PyTorch: α in single precision, the rest in double.
  private mutating func gamma(_ alpha: Float) -> Float {
    if alpha == 0 { return .leastNormalMagnitude }
    var (alpha, scale) = (alpha, 1.0)
    if alpha < 1 {
      let exponent = Double(1 / alpha)
      let base = 1 - uniformDouble()
      scale =
        exponent == exponent.rounded() && exponent <= 64
        ? Elementary.power(base, Int(exponent)) : Elementary.pow(base, exponent)
      alpha += 1
    }
    let d = Double(alpha - 1 / 3 as Float)
    let c = 1 / (9 * d).squareRoot()
    while true {
      var (x, y) = (0.0, 0.0)
      repeat {
        x = normal()
        y = 1 + c * x
      } while y <= 0
      let v = y * y * y
      let u = 1 - uniformDouble()
      let square = x * x
      if u < 1 - Double(0.0331 as Float) * square * square
        || Elementary.log(u) < 0.5 * square + d * (1 - v + Elementary.log(v))
      {
        return max(Float(scale * d * v), .leastNormalMagnitude)
      }
    }
  }

  // MARK: Orders

  /// `torch.randperm`.
  ///
  /// - Precondition: `count` is at most 2³² / 20, beyond which PyTorch draws 64 bits.
  public mutating func permutation(_ count: Int) -> [Int] {
    require(
      (0...Int(UInt32.max / 20)).contains(count), "TorchGenerator.permutation",
      "\(count) entries, expected 0 to \(UInt32.max / 20)")
    var order = Array(0..<count)
    for index in 0..<max(count - 1, 0) {
      order.swapAt(index, index + Int(bits.nextWord()) % (count - index))
    }
    return order
  }

  /// The order of one pass over a `DataLoader`: it draws a base seed for its workers, and if it
  /// shuffles, the seed of a generator of its own for the permutation.
  ///
  /// - Parameters:
  ///   - count: The number of examples.
  ///   - shuffled: Whether the loader shuffles.
  /// - Returns: The numbers of the examples.
  public mutating func loaderOrder(_ count: Int, shuffled: Bool) -> [Int] {
    _ = seed()
    guard shuffled else { return Array(0..<count) }
    var generator = TorchGenerator(seed: seed())
    return generator.permutation(count)
  }

  /// `torch.empty((), dtype=torch.int64).random_()`: 63 bits.
  public mutating func seed() -> UInt64 { bits.next() & 0x7fff_ffff_ffff_ffff }
}
