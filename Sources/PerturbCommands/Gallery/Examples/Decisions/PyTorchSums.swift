internal import Decisions

/// Sums of `Float` in the order in which PyTorch 2.13 takes them on a CPU with vectors of eight.
///
/// Where numbers cancel, what is left is a rounding error, and a method that follows the sign of a
/// difference, or an optimizer that divides a gradient by its own size, makes a step of full size of it. Numbers
/// can then be had to the last printed digit only with sums in the same order.
enum PyTorchSums {
  /// `x.sum(1)` for [rows, 8n]: eight lanes, the first vector with those from the fifth on, then the
  /// second to the fourth, then the lanes one after the other.
  static func rows(_ x: Tensor<Float>) -> Tensor<Float> {
    let vectors = x.reshaped([x.shape[0], -1, 8]).unstacked(axis: 1)
    var sum = vectors[0]
    for vector in vectors.dropFirst(4) { sum = sum + vector }
    for vector in vectors[1..<min(4, vectors.count)] { sum = sum + vector }
    let lanes = sum.unstacked(axis: 1)
    return lanes.dropFirst().reduce(lanes[0]) { $0 + $1 }
  }

  /// `torch.einsum("bi,bi->b", x, y)`: one entry after the other.
  static func products(_ x: Tensor<Float>, _ y: Tensor<Float>) -> Tensor<Float> {
    let (rows, width) = (x.shape[0], x.shape[1])
    let (left, right) = (x.scalars, y.scalars)
    let sums = (0..<rows).map { row -> Float in
      var sum: Float = 0
      for entry in row * width..<(row + 1) * width { sum += left[entry] * right[entry] }
      return sum
    }
    return Tensor(sums)
  }

  /// The rows of a bias for a batch, whose gradient is `g.sum(0)`: 16 rows one after the other, then the
  /// sums of these.
  static func bias(_ bias: Tensor<Float>, rows: Int) -> Tensor<Float> {
    withPullback(at: bias, name: "bias") { bias in
      (
        bias.broadcast(to: [rows, bias.count]),
        { gradient in
          let width = gradient.shape[1]
          var total = [Float](repeating: 0, count: width)
          gradient.withScalars { gradient in
            for first in stride(from: 0, to: rows, by: 16) {
              var sum = [Float](repeating: 0, count: width)
              for row in first..<min(first + 16, rows) {
                for j in 0..<width { sum[j] += gradient[row * width + j] }
              }
              for j in 0..<width { total[j] += sum[j] }
            }
          }
          return Tensor(total)
        }
      )
    }
  }
}
