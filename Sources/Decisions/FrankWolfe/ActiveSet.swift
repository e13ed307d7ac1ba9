/// A point of a polytope as a mean of some of its vertices, on its way to the point nearest to a target.
///
/// - SeeAlso: Lacoste-Julien and Jaggi 2015, "On the global linear convergence of Frank–Wolfe optimization
///   variants", NIPS 2015, algorithm 1 (away steps).
struct ActiveSet {
  /// μ.
  private(set) var point: [Double]
  /// Vertices of positive weight, one after the other; the weights sum to 1.
  private var vertices: [Double]
  private var weights: [Double]
  private var width: Int { point.count }

  init(vertex: [Double]) {
    point = vertex
    vertices = vertex
    weights = [1]
  }

  /// Writes the gradient μ − θ of half the squared distance to θ.
  func writeGradient(
    _ target: UnsafePointer<Double>, into gradient: UnsafeMutablePointer<Double>
  ) {
    for j in point.indices { gradient[j] = point[j] - target[j] }
  }

  /// Moves to the nearest point on the way towards a vertex, or away from the worst of its own, whichever
  /// promises to come nearer.
  ///
  /// - Parameters:
  ///   - gradient: The gradient at the point.
  ///   - vertex: The one that minimises ⟨gradient, vertex⟩.
  ///   - tolerance: Where the vertex promises less, the point stays.
  /// - Returns: Whether there is more to do.
  mutating func step(
    _ gradient: UnsafePointer<Double>, to vertex: UnsafePointer<Double>, tolerance: Double
  ) -> Bool {
    let here = Self.dot(gradient, point, width)
    var towards = here
    for j in 0..<width { towards -= gradient[j] * vertex[j] }
    if towards < tolerance { return false }
    let (worst, away) = worstVertex(gradient, here)
    let isTowards = towards >= away
    let sign: Double = isTowards ? 1 : -1
    let start = worst * width
    let direction = point.indices.map { j in
      sign * ((isTowards ? vertex[j] : vertices[start + j]) - point[j])
    }
    let length = Self.dot(direction, direction, width)
    guard length > 0 else { return false }
    let weight = weights[worst]
    let most = isTowards ? 1 : weight / max(1 - weight, .leastNormalMagnitude)
    let size = min(max((isTowards ? towards : away) / length, 0), most)
    for j in point.indices { point[j] += size * direction[j] }
    for index in weights.indices { weights[index] *= 1 - sign * size }
    if !isTowards {
      weights[worst] = size == most ? 0 : weights[worst] - size
    } else if let index = index(of: vertex) {
      weights[index] += size
    } else {
      vertices.append(contentsOf: UnsafeBufferPointer(start: vertex, count: width))
      weights.append(size)
    }
    for index in weights.indices.reversed() where weights[index] < 1e-12 {
      weights.remove(at: index)
      vertices.removeSubrange(index * width..<(index + 1) * width)
    }
    return true
  }

  /// The own vertex that is dearest by the gradient, and what leaving it promises.
  private func worstVertex(
    _ gradient: UnsafePointer<Double>, _ here: Double
  ) -> (index: Int, gain: Double) {
    var (worst, gain) = (0, -Double.infinity)
    for index in weights.indices {
      var product = 0.0
      for j in 0..<width { product += gradient[j] * vertices[index * width + j] }
      if product - here > gain { (worst, gain) = (index, product - here) }
    }
    return (worst, gain)
  }

  private func index(of vertex: UnsafePointer<Double>) -> Int? {
    weights.indices.first { index in
      (0..<width).allSatisfy { vertices[index * width + $0] == vertex[$0] }
    }
  }

  /// A vector projected on the directions in which the vertices lie from one another.
  ///
  /// It is the derivative of the nearest point in the target where the point lies inside of its face.
  func projected(_ vector: [Double]) -> [Double] {
    var basis: [[Double]] = []
    var result = [Double](repeating: 0, count: width)
    for index in weights.indices.dropFirst() {
      var direction = (0..<width).map { vertices[index * width + $0] - vertices[$0] }
      let length = Self.dot(direction, direction, width)
      // Twice, for directions that are nearly dependent.
      for _ in 0..<2 {
        for unit in basis {
          let share = Self.dot(unit, direction, width)
          for j in 0..<width { direction[j] -= share * unit[j] }
        }
      }
      let rest = Self.dot(direction, direction, width)
      guard rest > 1e-18 * length, rest > 0 else { continue }
      let unit = direction.map { $0 / rest.squareRoot() }
      basis.append(unit)
      let share = Self.dot(unit, vector, width)
      for j in 0..<width { result[j] += share * unit[j] }
    }
    return result
  }

  private static func dot(
    _ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, _ count: Int
  ) -> Double {
    var sum = 0.0
    for j in 0..<count { sum += a[j] * b[j] }
    return sum
  }
}
