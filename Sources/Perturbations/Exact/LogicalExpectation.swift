/// The expectation of a logical OR, 1 − 2 Π F(xⱼ) with xⱼ = −θⱼ/σ, of one output.
///
/// With E = Π F and r = p/F at xⱼ: Jⱼ = 2 E rⱼ/σ, and the second derivative is
/// −2 E/σ² (rᵢ rⱼ for i ≠ j, rⱼ p′/p for i = j). E falls under the smallest number only where
/// every derivative does too.
///
/// - Complexity: d values of F and p.
struct LogicalOrExpectation: RowwiseExpectation {
  let noise: ExactNoise

  func evaluated(
    at theta: [Double], sigma: Double, tolerance: Double
  ) throws -> any EvaluatedExpectation {
    let rows = rows(at: theta, width: theta.count, sigma: sigma)
    return Evaluated(
      noise: noise, theta: theta, x: rows.x, sigma: sigma, product: rows.products[0],
      ratios: rows.ratios)
  }

  func evaluatedRows(at theta: [Double], width: Int, sigma: Double) -> any EvaluatedRows {
    rows(at: theta, width: width, sigma: sigma)
  }

  private func rows(at theta: [Double], width: Int, sigma: Double) -> Rows {
    let x = theta.map { ExactNoise.limited($0 / -sigma) }
    var cumulative = x
    var ratios = x
    x.withUnsafeBufferPointer { x in
      cumulative.withUnsafeMutableBufferPointer { cumulative in
        ratios.withUnsafeMutableBufferPointer { ratios in
          guard let x = x.baseAddress, let cumulative = cumulative.baseAddress,
            let ratios = ratios.baseAddress
          else { return }
          noise.evaluate(x, count: theta.count, cumulative: cumulative, density: ratios)
        }
      }
    }
    var products = [Double](repeating: 1, count: theta.count / width)
    for row in products.indices {
      for place in row * width..<(row + 1) * width {
        products[row] *= cumulative[place]
        ratios[place] /= cumulative[place]
      }
    }
    return Rows(
      noise: noise, theta: theta, x: x, sigma: sigma, width: width, products: products,
      ratios: ratios)
  }

  /// Rows of a batch, one after the other.
  private struct Rows: EvaluatedRows {
    let noise: ExactNoise
    let theta: [Double]
    let x: [Double]
    let sigma: Double
    let width: Int
    /// E of each row.
    let products: [Double]
    /// r
    let ratios: [Double]

    func values() -> [Double] { products.map { 1 - 2 * $0 } }

    func cotangents(_ g: [Double]) -> [Double] {
      var result = ratios
      for row in products.indices {
        let factor = 2 * products[row] / sigma * g[row]
        for place in row * width..<(row + 1) * width { result[place] *= factor }
      }
      return result
    }

    func separated() -> [any EvaluatedExpectation] {
      products.indices.map { row in
        let range = row * width..<(row + 1) * width
        return Evaluated(
          noise: noise, theta: Array(theta[range]), x: Array(x[range]), sigma: sigma,
          product: products[row], ratios: Array(ratios[range]))
      }
    }
  }

  struct Evaluated: EvaluatedExpectation {
    let noise: ExactNoise
    let theta: [Double]
    let x: [Double]
    let sigma: Double
    /// E
    let product: Double
    /// r
    let ratios: [Double]

    var value: [Double] { [1 - 2 * product] }

    var errorBound: Double { 4e-16 * Double(theta.count) }

    func cotangent(_ g: [Double]) -> [Double] {
      let factor = 2 * product / sigma * g[0]
      return ratios.map { factor * $0 }
    }

    func tangent(_ u: [Double]) -> [Double] {
      var sum = 0.0
      for j in u.indices { sum += ratios[j] * u[j] }
      return [2 * product / sigma * sum]
    }

    func secondCotangent(_ g: [Double], _ u: [Double]) -> [Double] {
      let factor = -2 * product / (sigma * sigma) * g[0]
      return along(u).map { factor * $0 }
    }

    func secondTangent(_ u: [Double], _ v: [Double]) -> [Double] {
      let along = along(u)
      var sum = 0.0
      for j in v.indices { sum += along[j] * v[j] }
      return [-2 * product / (sigma * sigma) * sum]
    }

    /// The value depends on θ/σ.
    func sigmaDerivative() -> [Double] { tangent(theta.map { $0 / -sigma }) }

    /// rⱼ (Σ r u − rⱼ uⱼ + p′/p uⱼ)
    private func along(_ u: [Double]) -> [Double] {
      var slopes = x
      x.withUnsafeBufferPointer { x in
        slopes.withUnsafeMutableBufferPointer { slopes in
          guard let x = x.baseAddress, let slopes = slopes.baseAddress else { return }
          noise.slopes(x, count: u.count, into: slopes)
        }
      }
      var sum = 0.0
      for j in u.indices { sum += ratios[j] * u[j] }
      return u.indices.map { j in ratios[j] * (sum + (slopes[j] - ratios[j]) * u[j]) }
    }
  }
}
