/// Fewer points for the same picture.
package enum Decimation {
  /// At most four points for each column of pixels: the first, the lowest, the highest and the
  /// last, in their order, so that no peak is lost. Lines that don't run from left to right lose
  /// points closer than a quarter pixel to the one before.
  ///
  /// - Complexity: O(n)
  package static func thinned(_ points: [Point], width: Double) -> [Point] {
    let limit = Int(4 * max(width, 1))
    guard points.count > limit else { return points }
    let isOrdered = zip(points, points.dropFirst()).allSatisfy { $0.x <= $1.x }
    return isOrdered ? byColumn(points) : byDistance(points, 0.25)
  }

  private static func byColumn(_ points: [Point]) -> [Point] {
    var result: [Point] = []
    var start = 0
    while start < points.count {
      let column = points[start].x.rounded(.down)
      var end = start
      var lowest = start
      var highest = start
      while end < points.count, points[end].x.rounded(.down) == column {
        if points[end].y < points[lowest].y { lowest = end }
        if points[end].y > points[highest].y { highest = end }
        end += 1
      }
      var last = -1
      for index in [start, min(lowest, highest), max(lowest, highest), end - 1] where index > last {
        result.append(points[index])
        last = index
      }
      start = end
    }
    return result
  }

  private static func byDistance(_ points: [Point], _ distance: Double) -> [Point] {
    var result: [Point] = []
    for (index, point) in points.enumerated() {
      if let last = result.last, index < points.count - 1, (point - last).length < distance {
        continue
      }
      result.append(point)
    }
    return result
  }
}
