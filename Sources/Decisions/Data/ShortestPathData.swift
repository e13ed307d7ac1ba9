internal import Platform
public import Tensors

/// Features and costs of shortest paths on a grid, as PyEPO's `data.shortestpath.genData` makes them.
///
///     cᵢⱼ = ((1/3.5)ᵏ ((⟨xᵢ, Bⱼ⟩/√p + 3)ᵏ + 1)) εᵢⱼ
///
/// for standard normal features x of length p, a matrix B of fair coin tosses, a degree k and ε uniform
/// on 1 ± width. The degree says how far the costs are from being linear in the features.
///
/// ```swift
/// let data = ShortestPathData(count: 2000, features: 5, rows: 5, columns: 5, degree: 4, noise: 0.5, seed: 42)
/// ```
///
/// - SeeAlso: Elmachtoub and Grigas 2022, "Smart predict, then optimize", Management Science 68,
///   section 6.1; PyEPO 2.2.
public struct ShortestPathData: Sendable {
  /// x, shape [count, features].
  public let features: Tensor<Float>
  /// c, shape [count, edges], the edges in the order of `Graph.oneWayGrid(rows:columns:)`.
  public let costs: Tensor<Float>

  /// Draws the data, with PyEPO's numbers for the same seed.
  ///
  /// - Parameters:
  ///   - count: How many examples.
  ///   - featureCount: p.
  ///   - rows: Rows of the grid.
  ///   - columns: Columns of the grid.
  ///   - degree: k.
  ///   - noise: The half width of ε, at least 0.
  ///   - seed: Of NumPy's legacy generator.
  public init(
    count: Int, features featureCount: Int, rows: Int, columns: Int, degree: Int = 1,
    noise: Double = 0, seed: UInt32 = 135
  ) {
    require(
      count > 0 && featureCount > 0 && rows > 0 && columns > 0 && rows * columns > 1 && degree > 0
        && noise >= 0, "ShortestPathData",
      "\(count) examples of \(featureCount) features, a grid of \(rows) × \(columns), degree \(degree), "
        + "noise \(noise)")
    let edges = (rows - 1) * columns + (columns - 1) * rows
    var random = NumPyRandomState(seed: seed)
    let coins = random.binomial([edges, featureCount], trials: 1, probability: 0.5)
    let x = random.normal([count, featureCount])
    let means = matmul(x, coins.cast(to: Double.self).transposed())
    let width = Double(featureCount).squareRoot()
    let scale = Elementary.power(3.5, degree)
    let exact = means.scalars.map { (Elementary.power($0 / width + 3, degree) + 1) / scale }
    let factors = random.uniform([count, edges], from: 1 - noise, to: 1 + noise)
    features = x.cast(to: Float.self)
    costs = (Tensor(shape: [count, edges], scalars: exact) * factors).cast(to: Float.self)
  }
}
