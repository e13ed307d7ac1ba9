internal import Platform

/// The eigenvalues and eigenvectors of a real symmetric matrix: A = Q diag(λ) Qᵀ.
///
/// Householder reflections make the matrix tridiagonal, then implicit QL steps with Wilkinson's shift
/// make it diagonal.
///
/// - Complexity: O(n³) operations.
/// - SeeAlso: G. H. Golub, C. F. Van Loan, "Matrix Computations" (4th ed., 2013), Algorithms 8.3.1
///   and 8.3.2.
struct SymmetricEigen {
  /// λ, in no particular order.
  private(set) var values: [Double]
  /// Q, row-major: column j belongs to `values[j]`.
  private(set) var vectors: [Double]

  /// The decomposition of a row-major n × n matrix of which the lower triangle is read; nil where it
  /// has numbers that are not finite.
  init?(_ matrix: [Double], count n: Int) {
    values = [Double](repeating: 0, count: n)
    vectors = matrix
    guard matrix.allSatisfy(\.isFinite) else { return nil }
    var beside = [Double](repeating: 0, count: n)
    makeTridiagonal(n, &beside)
    guard makeDiagonal(n, &beside) else { return nil }
  }

  /// A = Q T Qᵀ: the diagonal of T goes to `values`, what stands beside it to `beside[1...]`, Q to
  /// `vectors`.
  private mutating func makeTridiagonal(_ n: Int, _ beside: inout [Double]) {
    var a = vectors
    var reflections: [(row: Int, vector: [Double], scale: Double)] = []
    // Row i loses all but its last element before the diagonal.
    for i in stride(from: n - 1, to: 1, by: -1) {
      var vector = Array(a[i * n..<i * n + i])
      let size = vector.reduce(0) { max($0, abs($1)) }
      let tail = vector.dropLast().contains { $0 != 0 }
      if !tail || size == 0 {
        beside[i] = vector[i - 1]
        continue
      }
      let norm = size * vector.reduce(0) { $0 + ($1 / size) * ($1 / size) }.squareRoot()
      let target = vector[i - 1] > 0 ? -norm : norm
      beside[i] = target
      vector[i - 1] -= target
      let square = vector.reduce(0) { $0 + $1 * $1 }
      let scale = 2 / square
      // B ← H B H for H = 1 − scale v vᵀ, with the rank-two form B − v qᵀ − q vᵀ.
      var p = [Double](repeating: 0, count: i)
      for j in 0..<i {
        var sum = 0.0
        for k in 0...j { sum += a[j * n + k] * vector[k] }
        for k in j + 1..<max(i, j + 1) { sum += a[k * n + j] * vector[k] }
        p[j] = scale * sum
      }
      var dot = 0.0
      for j in 0..<i { dot += p[j] * vector[j] }
      for j in 0..<i { p[j] -= scale / 2 * dot * vector[j] }
      for j in 0..<i {
        for k in 0...j { a[j * n + k] -= vector[j] * p[k] + p[j] * vector[k] }
      }
      reflections.append((i, vector, scale))
    }
    if n > 1 { beside[1] = a[n] }
    for i in 0..<n { values[i] = a[i * n + i] }
    // Q = H(n−1) … H(2), built from the last reflection on so that each works on a small corner.
    vectors = [Double](repeating: 0, count: n * n)
    for i in 0..<n { vectors[i * n + i] = 1 }
    for (count, vector, scale) in reflections.reversed() {
      for column in 0..<n {
        var sum = 0.0
        for k in 0..<count { sum += vector[k] * vectors[k * n + column] }
        if sum == 0 { continue }
        for k in 0..<count { vectors[k * n + column] -= scale * sum * vector[k] }
      }
    }
  }

  /// Turns T into a diagonal matrix, and the columns of Q with it; false where an eigenvalue takes
  /// more than 50 steps.
  private mutating func makeDiagonal(_ n: Int, _ beside: inout [Double]) -> Bool {
    // beside[i] couples i and i + 1 from here on.
    if n > 1 { beside.removeFirst() }
    beside.append(0)
    // Columns as rows, so that a rotation touches memory in order.
    var columns = [Double](repeating: 0, count: n * n)
    for i in 0..<n { for j in 0..<n { columns[j * n + i] = vectors[i * n + j] } }
    for first in 0..<n {
      var steps = 0
      while true {
        var last = first
        while last < n - 1 {
          let size = abs(values[last]) + abs(values[last + 1])
          if abs(beside[last]) <= Double.ulpOfOne * size { break }
          last += 1
        }
        if last == first { break }
        if steps == 50 { return false }
        steps += 1
        // The eigenvalue of the leading 2 × 2 block that is nearer to its corner.
        var g = (values[first + 1] - values[first]) / (2 * beside[first])
        var r = Elementary.hypot(g, 1)
        g = values[last] - values[first] + beside[first] / (g + (g < 0 ? -r : r))
        var (sine, cosine, shift) = (1.0, 1.0, 0.0)
        var broke = false
        for i in stride(from: last - 1, through: first, by: -1) {
          let f = sine * beside[i]
          let b = cosine * beside[i]
          r = Elementary.hypot(f, g)
          beside[i + 1] = r
          if r == 0 {
            values[i + 1] -= shift
            beside[last] = 0
            broke = true
            break
          }
          sine = f / r
          cosine = g / r
          g = values[i + 1] - shift
          r = (values[i] - g) * sine + 2 * cosine * b
          shift = sine * r
          values[i + 1] = g + shift
          g = cosine * r - b
          columns.withUnsafeMutableBufferPointer { columns in
            let (low, high) = (i * n, (i + 1) * n)
            for k in 0..<n {
              let upper = columns[high + k]
              let lower = columns[low + k]
              columns[high + k] = sine * lower + cosine * upper
              columns[low + k] = cosine * lower - sine * upper
            }
          }
        }
        if broke { continue }
        values[first] -= shift
        beside[first] = g
        beside[last] = 0
      }
    }
    for i in 0..<n { for j in 0..<n { vectors[i * n + j] = columns[j * n + i] } }
    return true
  }
}
