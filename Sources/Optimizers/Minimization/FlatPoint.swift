internal import Tensors

/// The elements of all leaves with derivatives, one after the other.
///
/// The quasi-Newton methods compute in `Double` whatever the leaves are; a point that is put back
/// into leaves is rounded to their types, and its coordinates with it.
struct FlatPoint {
  var coordinates: [Double]
  var gradient: [Double]
  let point: MinimizationPoint

  init(_ point: MinimizationPoint) {
    self.point = point
    coordinates = flattened(point.leaves)
    gradient = flattened(point.gradient)
  }

  /// The leaves with other coordinates.
  func leaves(at coordinates: [Double]) -> [Leaf] {
    var start = 0
    return point.leaves.map { leaf in
      guard leaf.isFloatingPoint else { return leaf }
      defer { start += leaf.value.count }
      let part = coordinates[start..<start + leaf.value.count]
      return leaf.elementType == .float
        ? Leaf(Tensor(shape: leaf.shape, scalars: part.map { Float($0) }))
        : Leaf(Tensor(shape: leaf.shape, scalars: Array(part)))
    }
  }
}

/// The elements of all leaves with derivatives, as `Double`.
func flattened(_ leaves: [Leaf]) -> [Double] {
  var result: [Double] = []
  for leaf in leaves where leaf.isFloatingPoint {
    if leaf.elementType == .double {
      leaf.tensor(of: Double.self).withScalars { result.append(contentsOf: $0) }
    } else {
      leaf.tensor(of: Float.self).withScalars { scalars in
        result.append(contentsOf: scalars.lazy.map { Double($0) })
      }
    }
  }
  return result
}

/// Σ aᵢ bᵢ, in eight partial sums.
func dotProduct(_ a: [Double], _ b: [Double]) -> Double {
  require(a.count == b.count, "dotProduct", "vectors of \(a.count) and \(b.count) elements")
  var lanes = SIMD8<Double>()
  var index = 0
  return a.withUnsafeBufferPointer { a in
    b.withUnsafeBufferPointer { b in
      while index + 8 <= a.count {
        let x = UnsafeRawPointer(a.baseAddress.unsafelyUnwrapped + index)
          .loadUnaligned(as: SIMD8<Double>.self)
        let y = UnsafeRawPointer(b.baseAddress.unsafelyUnwrapped + index)
          .loadUnaligned(as: SIMD8<Double>.self)
        lanes += x * y
        index += 8
      }
      var sum = lanes.sum()
      while index < a.count {
        sum += a[index] * b[index]
        index += 1
      }
      return sum
    }
  }
}

/// y ← y + s x.
func add(_ scale: Double, _ x: [Double], to y: inout [Double]) {
  require(x.count == y.count, "add", "vectors of \(x.count) and \(y.count) elements")
  for index in y.indices { y[index] += scale * x[index] }
}
