/// Which cells of a grid are neighbours.
public enum GridNeighbors: Sendable, Hashable {
  /// The cells that share a side.
  case four
  /// The cells that share a side or a corner.
  case eight
}

extension Graph {
  /// The undirected graph of a grid: node r · columns + c is the cell in row r and column c.
  ///
  /// The edges are listed cell after cell, row-major; each cell lists, as far as they exist, the edges
  /// to its neighbour on the right, below on the left (with eight neighbours), below, and below on the
  /// right (with eight).
  ///
  /// - Throws: `SolverError.badParameter` if the grid has no cell, or more than 2²⁴.
  public static func grid(
    rows: Int, columns: Int, neighbors: GridNeighbors
  ) throws(SolverError) -> Graph {
    try checkGrid(rows: rows, columns: columns)
    guard rows * columns <= 1 << 24 else {
      throw .badParameter(
        name: "the grid", value: "\(rows) × \(columns) cells", expected: "at most \(1 << 24)")
    }
    let steps =
      neighbors == .four ? [(0, 1), (1, 0)] : [(0, 1), (1, -1), (1, 0), (1, 1)]
    var edges: [(Int, Int)] = []
    for row in 0..<rows {
      for column in 0..<columns {
        for (down, right) in steps
        where row + down < rows && column + right >= 0 && column + right < columns {
          edges.append((row * columns + column, (row + down) * columns + column + right))
        }
      }
    }
    return try Graph(nodeCount: rows * columns, edges: edges, directed: false)
  }
}

func checkGrid(rows: Int, columns: Int) throws(SolverError) {
  for (name, value) in [("rows", rows), ("columns", columns)] where value < 1 || value > 30_000 {
    throw .badParameter(name: name, value: "\(value)", expected: "1 to 30000")
  }
}
