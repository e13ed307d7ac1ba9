/// A programmer's error: ends the program with a message that release builds print too.
func programmerError(_ message: @autoclosure () -> String) -> Never {
  fatalError(message())
}

/// Checks the shape of an input that must be a vector with entries, and returns its length.
func checkVector(_ shape: [Int], solver: String) throws(SolverError) -> Int {
  guard shape.count == 1 else {
    throw .wrongShape(solver: solver, shape: shape, expected: "one axis, as in [5]")
  }
  guard shape[0] > 0 else { throw .emptyInput(solver: solver) }
  return shape[0]
}

/// Checks the sizes of a solve whose input has `expected` entries, or any number but 0 where nil.
@inline(__always)
func checkCounts(
  solver: String, input: Int, expected: Int? = nil, output: Int, expectedOutput: Int
) throws(SolverError) {
  guard input > 0 else { throw .emptyInput(solver: solver) }
  if let expected, input != expected {
    throw .wrongCount(solver: solver, what: "input", count: input, expected: expected)
  }
  guard output == expectedOutput else {
    throw .wrongCount(solver: solver, what: "output", count: output, expected: expectedOutput)
  }
}

/// Names the first entry that is not a number; for a solve that has noticed one.
@inline(never)
func notANumber<Scalar: BinaryFloatingPoint>(_ input: Span<Scalar>, solver: String) -> SolverError {
  var first = input.count
  for i in input.indices.reversed() where input[i].isNaN { first = i }
  return .notANumber(solver: solver, index: first)
}

/// Checks that costs are finite, and small enough for sums of so many of them to be.
@inline(__always)
func checkFinite<Scalar: BinaryFloatingPoint>(
  _ input: Span<Scalar>, terms: Int, solver: String
) throws(SolverError) {
  let largest = Double.greatestFiniteMagnitude / Double(terms)
  var isFinite = true
  for i in 0..<input.count {
    let size = abs(Double(input[unchecked: i]))
    isFinite = isFinite && size <= largest
  }
  guard isFinite else { throw notFinite(input, largest: largest, solver: solver) }
}

/// Names the first cost that is not a number or too large; for a check that has noticed one.
@inline(never)
private func notFinite<Scalar: BinaryFloatingPoint>(
  _ input: Span<Scalar>, largest: Double, solver: String
) -> SolverError {
  var first = 0
  for i in input.indices.reversed() where !(abs(Double(input[i])) <= largest) { first = i }
  let value = Double(input[first])
  return value.isNaN
    ? .notANumber(solver: solver, index: first)
    : .notFinite(solver: solver, index: first, value: value)
}
