/// A point of a polytope as a mean of some of its vertices, on its way to the point nearest to a target.
///
/// - SeeAlso: Lacoste-Julien and Jaggi 2015, "On the global linear convergence of Frank–Wolfe optimization
///   variants", NIPS 2015, algorithm 1 (away steps).
struct ActiveSet {
  /// μ.
  private(set) var point: [Double]
  /// Vertices of positive weight; the weights sum to 1.
  private(set) var vertices: [[Double]]
  private(set) var weights: [Double]

  init(vertex: [Double]) {
    point = vertex
    vertices = [vertex]
    weights = [1]
  }

  /// The gradient μ − θ of half the squared distance to θ.
  func gradient(_ target: [Double]) -> [Double] { zip(point, target).map { $0 - $1 } }

  /// ⟨gradient, μ − vertex⟩: how much nearer a step to a vertex promises to come.
  func gap(_ gradient: [Double], to vertex: [Double]) -> Double {
    var sum = 0.0
    for j in point.indices { sum += gradient[j] * (point[j] - vertex[j]) }
    return sum
  }

  /// Moves to the nearest point on the way towards a vertex, or away from the worst of its own, whichever
  /// promises more.
  ///
  /// - Parameters:
  ///   - gradient: The gradient at the point.
  ///   - vertex: The one that minimises ⟨gradient, vertex⟩.
  mutating func step(_ gradient: [Double], to vertex: [Double]) {
    let towards = gap(gradient, to: vertex)
    var (worst, away) = (0, -Double.infinity)
    for (index, own) in vertices.enumerated() {
      let gain = -gap(gradient, to: own)
      if gain > away { (worst, away) = (index, gain) }
    }
    let isTowards = towards >= away
    let other = isTowards ? vertex : vertices[worst]
    let sign: Double = isTowards ? 1 : -1
    let direction = point.indices.map { sign * (other[$0] - point[$0]) }
    let length = direction.reduce(0) { $0 + $1 * $1 }
    guard length > 0 else { return }
    let weight = weights[worst]
    let most = isTowards ? 1 : weight / Swift.max(1 - weight, .leastNormalMagnitude)
    let size = Swift.min(Swift.max((isTowards ? towards : away) / length, 0), most)
    for j in point.indices { point[j] += size * direction[j] }
    for index in weights.indices { weights[index] *= 1 - sign * size }
    if !isTowards {
      weights[worst] -= size
      if size == most { weights[worst] = 0 }
    } else if let index = vertices.firstIndex(of: vertex) {
      weights[index] += size
    } else {
      vertices.append(vertex)
      weights.append(size)
    }
    for index in weights.indices.reversed() where weights[index] < 1e-12 {
      weights.remove(at: index)
      vertices.remove(at: index)
    }
  }

  /// A vector projected on the directions in which the vertices lie from one another.
  ///
  /// It is the derivative of the nearest point in the target where the point lies inside of its face.
  func projected(_ vector: [Double]) -> [Double] {
    var basis: [[Double]] = []
    var result = [Double](repeating: 0, count: vector.count)
    for vertex in vertices.dropFirst() {
      var direction = zip(vertex, vertices[0]).map { $0 - $1 }
      let length = Self.dot(direction, direction)
      // Twice, for directions that are nearly dependent.
      for _ in 0..<2 {
        for unit in basis {
          let share = Self.dot(unit, direction)
          for j in direction.indices { direction[j] -= share * unit[j] }
        }
      }
      let rest = Self.dot(direction, direction)
      guard rest > 1e-18 * length, rest > 0 else { continue }
      let unit = direction.map { $0 / rest.squareRoot() }
      basis.append(unit)
      let share = Self.dot(unit, vector)
      for j in result.indices { result[j] += share * unit[j] }
    }
    return result
  }

  private static func dot(_ a: [Double], _ b: [Double]) -> Double {
    var sum = 0.0
    for j in a.indices { sum += a[j] * b[j] }
    return sum
  }
}
