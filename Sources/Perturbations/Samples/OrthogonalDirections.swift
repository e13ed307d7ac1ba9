/// Makes the directions of vectors orthogonal, one after the other, and leaves their lengths.
///
/// For independent normal vectors the lengths are independent of the directions, and the orthogonal
/// directions depend on the directions alone: each result is normal again, of the length that it had.
struct OrthogonalDirections {
  private let width: Int
  /// Unit vectors so far.
  private var units: [Double] = []
  private var count = 0

  /// - Parameter width: The number of entries of a vector; as many vectors can be added.
  init(width: Int) {
    self.width = width
    units.reserveCapacity(width * width)
  }

  /// Starts again.
  mutating func reset() {
    units.removeAll(keepingCapacity: true)
    count = 0
  }

  /// Replaces a vector by one of the same length that is orthogonal to all those before it.
  ///
  /// - Complexity: O(`width` · vectors so far)
  mutating func add(_ vector: UnsafeMutablePointer<Double>) {
    let length = Self.dot(vector, vector, width).squareRoot()
    units.withUnsafeBufferPointer { units in
      guard let units = units.baseAddress else { return }
      for index in 0..<count {
        let unit = units + index * width
        let along = Self.dot(vector, unit, width)
        for j in 0..<width { vector[j] -= along * unit[j] }
      }
    }
    let rest = Self.dot(vector, vector, width).squareRoot()
    // Zero has no direction; it happens to no draw of positive density.
    let scale = rest > 0 ? 1 / rest : 0
    for j in 0..<width {
      units.append(vector[j] * scale)
      vector[j] *= scale * length
    }
    count += 1
  }

  /// ⟨a, b⟩ with eight fixed lanes.
  private static func dot(
    _ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, _ count: Int
  ) -> Double {
    var lanes = SIMD8<Double>.zero
    var j = 0
    while j + 8 <= count {
      lanes +=
        UnsafeRawPointer(a + j).loadUnaligned(as: SIMD8<Double>.self)
        * UnsafeRawPointer(b + j).loadUnaligned(as: SIMD8<Double>.self)
      j += 8
    }
    var sum = lanes.sum()
    while j < count {
      sum += a[j] * b[j]
      j += 1
    }
    return sum
  }
}
