extension Graph {
  /// The grid of one-way edges to the right and down, node r · columns + c in row r and column c: row
  /// after row, first its edges to the right, then those down to the next. PyEPO's order.
  ///
  /// - Throws: `SolverError.badParameter` for a grid without an edge.
  public static func oneWayGrid(rows: Int, columns: Int) throws(SolverError) -> Graph {
    var edges: [(Int, Int)] = []
    for row in 0..<max(rows, 0) {
      let first = row * columns
      for column in 0..<max(columns - 1, 0) { edges.append((first + column, first + column + 1)) }
      if row == rows - 1 { continue }
      for column in 0..<max(columns, 0) {
        edges.append((first + column, first + column + columns))
      }
    }
    guard !edges.isEmpty else {
      throw .badParameter(
        name: "the grid", value: "\(rows) × \(columns) cells", expected: "at least two cells")
    }
    return try Graph(nodeCount: rows * columns, edges: edges, directed: true)
  }
}
