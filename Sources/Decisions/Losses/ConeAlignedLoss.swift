internal import Perturbations
public import Solvers
public import Tensors

/// CaVE: the predicted costs are to lie in the cone of those for which the known decision is optimal.
///
///     L(ĉ) = 1 − cos(x, p),        x = −ĉ where costs are minimised, ĉ where they are maximised
///
/// with the projection p of x on the cone that the normals of the constraints span that hold with equality at
/// the decision. 0 exactly where x lies in the cone, so that the decision is optimal. No solver is called. The
/// projection is exact, where the paper's CaVE⁺ stops an interior point method after three steps.
///
/// ```swift
/// let loss = ConeAlignedLoss(.minimize)
/// let normals = ConeAlignedLoss.normals(at: w, equalities: a)      // for decisions of 0 and 1
/// let values = try loss(model(x), normals: normals)
/// ```
///
/// - SeeAlso: Tang and Khalil 2024, "CaVE: a cone-aligned approach for fast predict-then-optimize with binary
///   linear programs", CPAIOR 2024.
public struct ConeAlignedLoss: Sendable {
  /// Whether costs are minimised.
  public let sense: Sense

  /// The loss for costs that are minimised or maximised.
  public init(_ sense: Sense) { self.sense = sense }

  /// The loss.
  ///
  /// - Parameters:
  ///   - predicted: ĉ, shape [B, d].
  ///   - normals: For each example the normals of the constraints that hold with equality, pointing out of
  ///     the feasible set, shape [constraints, d]; of an equation both ways.
  /// - Returns: The loss, shape [B], from 0 to 1; 1 where the projection is 0.
  /// - Throws: `PerturbationError` for shapes that do not fit.
  /// - Complexity: O(m d) for each sweep over m normals; sweeps until the projection stays.
  public func callAsFunction<Scalar: TensorFloatingPoint>(
    _ predicted: Tensor<Scalar>, normals: [Tensor<Scalar>]
  ) throws -> Tensor<Scalar> {
    guard predicted.rank == 2, normals.count == predicted.shape[0],
      normals.allSatisfy({ $0.rank == 2 && $0.shape[1] == predicted.shape[1] })
    else {
      throw PerturbationError.inconsistentInput(
        "normals of shapes \(normals.map(\.shape)) for predicted costs of shape \(predicted.shape)")
    }
    let x = sense == .minimize ? -predicted : predicted
    let width = predicted.shape[1]
    let numbers = withoutGradient(x).cast(to: Double.self).scalars
    let units = normals.enumerated().flatMap { row, normals -> [Double] in
      let own = Array(numbers[row * width..<(row + 1) * width])
      let projection = Cone(rays: normals.cast(to: Double.self).scalars, width: width)
        .projection(own)
      let length = projection.reduce(0) { $0 + $1 * $1 }.squareRoot()
      return projection.map { length > 0 ? $0 / length : 0 }
    }
    let unit = Tensor<Scalar>(shape: x.shape, scalars: units.map { Scalar(nearest: $0) })
    // Of costs that are all 0 the projection is 0 too.
    return 1 - x.product(unit, batched: true) / maximum(x.norm(axis: 1), .number(1e-30))
  }

  /// The normals at decisions of 0 and 1 under equations: each equation's both ways, and for each entry the
  /// bound that it stands at.
  ///
  /// - Parameters:
  ///   - decisions: Shape [B, d], of zeros and ones.
  ///   - equalities: The rows of the equations, shape [equations, d].
  /// - Returns: For each decision its normals, shape [2 equations + d, d].
  public static func normals<Scalar: TensorFloatingPoint>(
    at decisions: Tensor<Scalar>, equalities: Tensor<Scalar>
  ) -> [Tensor<Scalar>] {
    require(
      decisions.rank == 2 && equalities.rank == 2 && decisions.shape[1] == equalities.shape[1],
      "ConeAlignedLoss.normals",
      "decisions of shape \(decisions.shape), equations of shape \(equalities.shape)")
    return decisions.unstacked().map { decision in
      concatenate([equalities, -equalities, (decision * 2 - 1).diagonalMatrix()])
    }
  }
}

/// All sums of rays with weights that are not negative.
struct Cone {
  /// [rays, width].
  let rays: [Double]
  let width: Int

  /// The nearest point of the cone, by descent in one weight after the other (Hildreth's method).
  func projection(_ x: [Double]) -> [Double] {
    let count = width == 0 ? 0 : rays.count / width
    var rest = x
    var weights = [Double](repeating: 0, count: count)
    let squares = (0..<count).map { ray in
      (0..<width).reduce(0) { $0 + rays[ray * width + $1] * rays[ray * width + $1] }
    }
    let size = x.reduce(0) { Swift.max($0, abs($1)) }
    for _ in 0..<100_000 {
      var largest = 0.0
      for ray in 0..<count where squares[ray] > 0 {
        var product = 0.0
        for j in 0..<width { product += rays[ray * width + j] * rest[j] }
        let weight = Swift.max(0, weights[ray] + product / squares[ray])
        let change = weight - weights[ray]
        if change == 0 { continue }
        weights[ray] = weight
        for j in 0..<width { rest[j] -= change * rays[ray * width + j] }
        largest = Swift.max(largest, abs(change) * squares[ray].squareRoot())
      }
      if largest <= 1e-13 * size { break }
    }
    return zip(x, rest).map { $0 - $1 }
  }
}
