/// The matrix product over the last two axes; leading axes broadcast, and vectors act as in NumPy.
///
/// - Parameters:
///   - a: Shape [..., m, k], or [k].
///   - b: Shape [..., k, n], or [k].
///   - file: The file that a trap names: the caller's.
///   - line: The line there.
/// - Returns: Shape [..., m, n], without m or n where a vector stood: the same bits with any
///   instruction set, unless the environment has `PERTURBATIONS_BLAS=system`, with which products
///   of at least 512³ multiplications go to the machine's BLAS library.
/// - Complexity: O(m · k · n) for each matrix.
public func matmul<Scalar: TensorNumeric>(
  _ a: Tensor<Scalar>, _ b: Tensor<Scalar>,
  file: StaticString = #fileID, line: UInt = #line
) -> Tensor<Scalar> {
  let (aIsVector, bIsVector) = (a.rank == 1, b.rank == 1)
  require(
    a.rank > 0 && b.rank > 0 && a.shape[a.rank - 1] == b.shape[bIsVector ? 0 : b.rank - 2],
    "matmul", "shapes \(a.shape) and \(b.shape) do not match", file: file, line: line)
  let left = aIsVector ? a.expandingAxis(0) : a
  let right = bIsVector ? b.expandingAxis(1) : b
  var result = Tensor<Scalar>(left.value.matrixProduct(right.value))
  if bIsVector { result = result.squeezed(axis: -1) }
  if aIsVector { result = result.squeezed(axis: bIsVector ? -1 : -2) }
  return result
}

/// The sum of products of two vectors of one length.
public func dot<Scalar: TensorNumeric>(
  _ a: Tensor<Scalar>, _ b: Tensor<Scalar>,
  file: StaticString = #fileID, line: UInt = #line
) -> Tensor<Scalar> {
  require(
    a.rank == 1 && a.shape == b.shape, "dot",
    "expected two vectors of one length, got shapes \(a.shape) and \(b.shape)", file: file,
    line: line)
  return (a * b).sum()
}

/// All products of the elements of two vectors: shapes [m] and [n] give [m, n].
public func outer<Scalar: TensorNumeric>(
  _ a: Tensor<Scalar>, _ b: Tensor<Scalar>,
  file: StaticString = #fileID, line: UInt = #line
) -> Tensor<Scalar> {
  require(
    a.rank == 1 && b.rank == 1, "outer",
    "expected two vectors, got shapes \(a.shape) and \(b.shape)", file: file, line: line)
  return a.expandingAxis(1) * b
}

/// Squared Euclidean distances between the rows of two matrices; exactly 0 between equal rows.
///
/// - Parameters:
///   - x: Shape [..., m, d].
///   - y: Shape [..., n, d], with the same leading axes.
///   - file: The file that a trap names: the caller's.
///   - line: The line there.
/// - Returns: Shape [..., m, n].
/// - Complexity: O(m · n · d).
public func pairwiseSquaredDistance<Scalar: TensorFloatingPoint>(
  _ x: Tensor<Scalar>, _ y: Tensor<Scalar>,
  file: StaticString = #fileID, line: UInt = #line
) -> Tensor<Scalar> {
  require(
    x.rank >= 2 && x.rank == y.rank && x.shape[x.rank - 1] == y.shape[y.rank - 1]
      && x.shape.dropLast(2).elementsEqual(y.shape.dropLast(2)), "pairwiseSquaredDistance",
    "shapes \(x.shape) and \(y.shape) are not two sets of points of one dimension", file: file,
    line: line)
  return Tensor(apply(.pairwiseSquaredDistance, x.value, y.value))
}

/// Euclidean distances between the rows of two matrices, as PyTorch's `cdist`. The derivative of
/// the distance between equal points is taken to be 0.
///
/// - Parameters:
///   - x: Shape [..., m, d].
///   - y: Shape [..., n, d], with the same leading axes.
///   - file: The file that a trap names: the caller's.
///   - line: The line there.
/// - Returns: Shape [..., m, n].
/// - Complexity: O(m · n · d).
public func cdist<Scalar: TensorFloatingPoint>(
  _ x: Tensor<Scalar>, _ y: Tensor<Scalar>,
  file: StaticString = #fileID, line: UInt = #line
) -> Tensor<Scalar> {
  Tensor(pairwiseSquaredDistance(x, y, file: file, line: line).value.unary(.distanceRoot))
}

/// A sum of products named by letters, as NumPy's `einsum` with two operands: `"ij,jk->ik"`.
///
/// - Parameters:
///   - formula: The letters of each operand's axes and of the result's. A letter that the result
///     lacks is summed over; no letter twice in one operand.
///   - a: The first operand.
///   - b: The second operand.
///   - file: The file that a trap names: the caller's.
///   - line: The line there.
/// - Returns: A tensor with the axes that the formula names for it.
/// - Precondition: letters fit the shapes.
public func einsum<Scalar: TensorNumeric>(
  _ formula: String, _ a: Tensor<Scalar>, _ b: Tensor<Scalar>,
  file: StaticString = #fileID, line: UInt = #line
) -> Tensor<Scalar> {
  let letters = formula.filter { $0 != " " }
  let sides = letters.split(separator: ">", omittingEmptySubsequences: false)
  let operands = sides[0].filter { $0 != "-" }.split(
    separator: ",", omittingEmptySubsequences: false)
  require(
    sides.count == 2 && operands.count == 2, "einsum",
    "\"\(formula)\" is not of the form \"ij,jk->ik\"", file: file, line: line)
  let (aNames, bNames, result) = (Array(operands[0]), Array(operands[1]), Array(sides[1]))
  var extents: [Character: Int] = [:]
  for (names, shape) in [(aNames, a.shape), (bNames, b.shape)] {
    require(
      names.count == shape.rank && Set(names).count == names.count, "einsum",
      "\"\(String(names))\" does not name the axes of shape \(shape), each once", file: file,
      line: line)
    for (name, extent) in zip(names, shape) {
      require(
        extents[name, default: extent] == extent, "einsum",
        "\"\(name)\" is \(extents[name] ?? 0) in one operand and \(extent) in the other",
        file: file, line: line)
      extents[name] = extent
    }
  }
  require(
    Set(result).count == result.count && result.allSatisfy { extents[$0] != nil }, "einsum",
    "the result \"\(String(result))\" of \"\(formula)\" names an axis twice or one that no operand has",
    file: file, line: line)
  // Axes of one operand alone that the result lacks are summed at once; then one batched product.
  let aOnly = aNames.filter { !bNames.contains($0) && !result.contains($0) }
  let bOnly = bNames.filter { !aNames.contains($0) && !result.contains($0) }
  let aReduced = a.sum(axes: aOnly.compactMap { aNames.firstIndex(of: $0) })
  let bReduced = b.sum(axes: bOnly.compactMap { bNames.firstIndex(of: $0) })
  let aKept = aNames.filter { !aOnly.contains($0) }
  let bKept = bNames.filter { !bOnly.contains($0) }
  let batch = aKept.filter { bKept.contains($0) && result.contains($0) }
  let summed = aKept.filter { bKept.contains($0) && !result.contains($0) }
  let rows = aKept.filter { !bKept.contains($0) }
  let columns = bKept.filter { !aKept.contains($0) }
  func arranged(_ x: Tensor<Scalar>, _ names: [Character], _ groups: [[Character]]) -> Tensor<
    Scalar
  > {
    let moved = x.transposed(groups.flatMap { $0 }.compactMap { names.firstIndex(of: $0) })
    return moved.reshaped(groups.map { $0.reduce(1) { $0 * (extents[$1] ?? 1) } })
  }
  let product = matmul(
    arranged(aReduced, aKept, [batch, rows, summed]),
    arranged(bReduced, bKept, [batch, summed, columns]))
  let order = batch + rows + columns
  return product.reshaped(order.map { extents[$0] ?? 1 })
    .transposed(result.compactMap { order.firstIndex(of: $0) })
}
