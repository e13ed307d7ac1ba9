/// Matches rows with columns at the least total cost: the vertex of the assignment polytope that
/// minimises (or maximises) ⟨costs, y⟩.
///
/// Input and output have shape [rows, columns]. Of a square matrix every row is matched with a column
/// of its own, and the output is a permutation matrix; of another the shorter side is matched, and of
/// the longer some are left over. Costs must be finite, and may be negative.
///
/// The method is that of Jonker and Volgenant 1987, "A shortest augmenting path algorithm for dense and
/// sparse linear assignment problems", in the form for rectangular matrices of Crouse 2016, "On
/// implementing 2D rectangular assignment algorithms", section II: rows take their best column where
/// nobody has it, then each row left looks for the shortest way to a free column. Sums are taken in
/// `Double`. Of equally good assignments the same one is returned each time: rows choose in order, each
/// the first of its best columns; beyond that the order of the search decides.
///
/// With n rows or columns on the shorter side and m on the longer, for each solve:
///
/// - Complexity: O(n² m) at worst. No memory is allocated.
public struct LinearAssignment: Solver {
  /// Working memory of one thread.
  public struct Scratch: Sendable {
    // Rows are the shorter side here. −1 stands for nobody.
    fileprivate var columnOfRow: [Int32]
    fileprivate var rowOfColumn: ContiguousArray<Int32>
    /// Prices: cost[i, j] − rows[i] − columns[j] ≥ 0, and 0 where i and j are matched.
    fileprivate var rowPrices: ContiguousArray<Double>
    fileprivate var columnPrices: ContiguousArray<Double>
    /// The least price of a way to each column, and the row it comes from.
    fileprivate var ways: ContiguousArray<Double>
    fileprivate var rowBefore: ContiguousArray<Int32>
    /// The columns in an order of which those that the search has reached come last.
    fileprivate var open: ContiguousArray<Int32>
  }

  /// The number of rows.
  public let rows: Int
  /// The number of columns.
  public let columns: Int
  /// Whether the total is made as small or as large as can be.
  public let sense: Sense?

  /// 1 where a row and a column are matched, 0 elsewhere.
  public var output: SolverOutput { .indicator }

  private let isTransposed: Bool
  private let isMaximum: Bool

  /// A solver for matrices of a fixed shape.
  ///
  /// - Parameters:
  ///   - rows: the number of rows.
  ///   - columns: the number of columns; that of the rows if nil.
  ///   - sense: whether the total is made as small or as large as can be.
  /// - Throws: `SolverError.badParameter` if there are fewer than 1 or more than 30,000 of either.
  public init(
    rows: Int, columns: Int? = nil, sense: Sense = .minimize
  ) throws(SolverError) {
    let columns = columns ?? rows
    try checkGrid(rows: rows, columns: columns)
    self.rows = rows
    self.columns = columns
    self.sense = sense
    isTransposed = rows > columns
    isMaximum = sense == .maximize
  }

  /// The shape of the output: the input's, which is [rows, columns], or flat, row-major.
  public func outputShape(forInput shape: [Int]) throws(SolverError) -> [Int] {
    guard shape == [rows, columns] || shape == [rows * columns] else {
      throw .wrongShape(
        solver: "LinearAssignment", shape: shape,
        expected: "[\(rows), \(columns)], one cost for each pair")
    }
    return shape
  }

  /// Working memory of one thread.
  public func makeScratch(inputCount: Int) -> Scratch {
    let (short, long) = (min(rows, columns), max(rows, columns))
    return Scratch(
      columnOfRow: .init(repeating: -1, count: short),
      rowOfColumn: .init(repeating: -1, count: long),
      rowPrices: .init(repeating: 0, count: short), columnPrices: .init(repeating: 0, count: long),
      ways: .init(repeating: 0, count: long), rowBefore: .init(repeating: -1, count: long),
      open: .init(repeating: 0, count: long))
  }

  /// Writes the indicator of the best assignment, in single precision.
  public func solve(
    _ input: Span<Float>, into output: inout MutableSpan<Float>, scratch: inout Scratch
  ) throws(SolverError) {
    try assign(input, into: &output, scratch: &scratch)
  }

  /// Writes the indicator of the best assignment, in double precision.
  public func solve(
    _ input: Span<Double>, into output: inout MutableSpan<Double>, scratch: inout Scratch
  ) throws(SolverError) {
    try assign(input, into: &output, scratch: &scratch)
  }

  @inline(__always)
  private func assign<Scalar: BinaryFloatingPoint>(
    _ input: Span<Scalar>, into output: inout MutableSpan<Scalar>, scratch: inout Scratch
  ) throws(SolverError) {
    try checkCounts(
      solver: "LinearAssignment", input: input.count, expected: rows * columns,
      output: output.count, expectedOutput: rows * columns)
    guard scratch.columnOfRow.count == min(rows, columns),
      scratch.rowOfColumn.count == max(rows, columns)
    else { programmerError("LinearAssignment: scratch made for another shape") }
    try checkFinite(input, terms: 4 * max(rows, columns), solver: "LinearAssignment")
    for i in 0..<output.count { output[i] = 0 }
    reduce(input, scratch: &scratch)
    for row in scratch.columnOfRow.indices where scratch.columnOfRow[row] < 0 {
      let (column, price, reached) = search(
        input, from: row, rowOfColumn: scratch.rowOfColumn, rowPrices: scratch.rowPrices,
        columnPrices: scratch.columnPrices, ways: &scratch.ways, rowBefore: &scratch.rowBefore,
        open: &scratch.open)
      adapt(from: row, price: price, reached: reached, scratch: &scratch)
      augment(from: row, to: column, scratch: &scratch)
    }
    for (row, column) in scratch.columnOfRow.enumerated() {
      output[entry(row, Int(column))] = 1
    }
  }

  @inline(__always)
  private func entry(_ row: Int, _ column: Int) -> Int {
    isTransposed ? column * columns + row : row * columns + column
  }

  @inline(__always)
  private func cost<Scalar: BinaryFloatingPoint>(
    _ input: Span<Scalar>, _ row: Int, _ column: Int
  ) -> Double {
    let cost = Double(input[unchecked: entry(row, column)])
    return isMaximum ? -cost : cost
  }

  /// Each row's price is its least cost; its column is the first that has it, where it is free.
  private func reduce<Scalar: BinaryFloatingPoint>(
    _ input: Span<Scalar>, scratch: inout Scratch
  ) {
    for column in scratch.rowOfColumn.indices {
      scratch.rowOfColumn[column] = -1
      scratch.columnPrices[column] = 0
    }
    for row in scratch.columnOfRow.indices {
      var (least, best) = (cost(input, row, 0), 0)
      for column in 1..<max(1, scratch.rowOfColumn.count) {
        let cost = cost(input, row, column)
        if cost < least { (least, best) = (cost, column) }
      }
      scratch.rowPrices[row] = least
      let isFree = scratch.rowOfColumn[best] < 0
      scratch.columnOfRow[row] = isFree ? Int32(best) : -1
      if isFree { scratch.rowOfColumn[best] = Int32(row) }
    }
  }

  /// Dijkstra's method over prices, from a row without a column to the nearest column without a row:
  /// that column, what the way there costs, and from where on `open` has the columns reached.
  private func search<Scalar: BinaryFloatingPoint>(
    _ input: Span<Scalar>, from start: Int, rowOfColumn: ContiguousArray<Int32>,
    rowPrices: ContiguousArray<Double>, columnPrices: ContiguousArray<Double>,
    ways: inout ContiguousArray<Double>, rowBefore: inout ContiguousArray<Int32>,
    open: inout ContiguousArray<Int32>
  ) -> (column: Int, price: Double, reached: Int) {
    let rowOfColumn = rowOfColumn.span
    let columnPrices = columnPrices.span
    let rowPrices = rowPrices.span
    var ways = ways.mutableSpan
    var rowBefore = rowBefore.mutableSpan
    var open = open.mutableSpan
    for column in 0..<ways.count {
      ways[column] = .infinity
      open[column] = Int32(column)
    }
    var openCount = open.count
    var (row, price, end) = (start, 0.0, -1)
    while end < 0 {
      var (least, place) = (Double.infinity, 0)
      let base = price - rowPrices[row]
      for candidate in 0..<openCount {
        let column = Int(open[unchecked: candidate])
        let way = base + (cost(input, row, column) - columnPrices[unchecked: column])
        if way < ways[unchecked: column] {
          ways[unchecked: column] = way
          rowBefore[unchecked: column] = Int32(truncatingIfNeeded: row)
        }
        let known = ways[unchecked: column]
        // Of equally near columns a free one ends the search.
        if known < least || (known == least && rowOfColumn[unchecked: column] < 0) {
          (least, place) = (known, candidate)
        }
      }
      price = least
      let column = open[place]
      openCount -= 1
      open[place] = open[openCount]
      open[openCount] = column
      if rowOfColumn[Int(column)] < 0 {
        end = Int(column)
      } else {
        row = Int(rowOfColumn[Int(column)])
      }
    }
    return (end, price, openCount)
  }

  /// Raises the prices of the rows that a search has passed and lowers those of the columns, so that
  /// the way it found costs nothing.
  private func adapt(from start: Int, price: Double, reached: Int, scratch: inout Scratch) {
    scratch.rowPrices[start] += price
    for place in reached..<scratch.open.count {
      let column = Int(scratch.open[place])
      let change = price - scratch.ways[column]
      let row = scratch.rowOfColumn[column]
      if row >= 0 { scratch.rowPrices[Int(row)] += change }
      scratch.columnPrices[column] -= change
    }
  }

  /// Each row on the way takes the column by which it was left.
  private func augment(from start: Int, to end: Int, scratch: inout Scratch) {
    var column = Int32(end)
    while true {
      let row = scratch.rowBefore[Int(column)]
      scratch.rowOfColumn[Int(column)] = row
      let before = scratch.columnOfRow[Int(row)]
      scratch.columnOfRow[Int(row)] = column
      if Int(row) == start { return }
      column = before
    }
  }
}
