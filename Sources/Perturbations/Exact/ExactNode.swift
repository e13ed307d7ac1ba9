internal import Synchronization
internal import Tensors

/// One call of an expectation: what each row of θ was evaluated to, for the value and for all
/// derivatives.
final class ExactCall: Sendable {
  let expectation: any ExactExpectation
  let sigma: Double
  let tolerance: Double
  /// The shapes of one example.
  let shapes: (input: Shape, output: Shape)
  private let last = Mutex<(theta: Value, evaluation: ExactEvaluation)?>(nil)

  init(
    _ expectation: any ExactExpectation, sigma: Double, tolerance: Double,
    shapes: (input: Shape, output: Shape)
  ) {
    self.shapes = shapes
    self.expectation = expectation
    self.sigma = sigma
    self.tolerance = tolerance
  }

  /// Evaluates the rows of θ, [rows, width], or one example of any shape, or returns what the last
  /// evaluation there left.
  func evaluated(_ theta: Value, isExample: Bool) throws -> [any EvaluatedExpectation] {
    try evaluation(theta, isExample: isExample).rows
  }

  /// The same, where rows may have been evaluated together.
  func evaluation(_ theta: Value, isExample: Bool) throws -> ExactEvaluation {
    if let last = last.withLock({ $0 }),
      last.theta.shape == theta.shape && last.theta.sharesElements(with: theta)
    {
      return last.evaluation
    }
    let rows = isExample ? 1 : theta.shape[0]
    let width = isExample ? theta.count : theta.shape[1]
    let elements = theta.elements
    for index in elements.indices where !elements[index].isFinite {
      throw PerturbationError.nonFiniteInput(path: "", index: index, value: elements[index])
    }
    // Differences of entries, and entries as far from θ as noise goes.
    let size = elements.reduce(0) { Swift.max($0, abs($1)) }
    guard (2 * size + 4096 * sigma).isFinite else {
      throw PerturbationError.overflow(
        "sigma is \(sigma) and the input's size \(size): what lies between them is larger than a number "
          + "can be")
    }
    let evaluation: ExactEvaluation
    if rows > 1, let expectation = expectation as? any RowwiseExpectation {
      evaluation = .together(
        expectation.evaluatedRows(at: elements, width: width, sigma: sigma))
    } else {
      evaluation = .separate(
        try (0..<rows).map { row in
          try expectation.evaluated(
            at: rows == 1 ? elements : Array(elements[row * width..<(row + 1) * width]),
            sigma: sigma, tolerance: tolerance)
        })
    }
    last.withLock { $0 = (theta, evaluation) }
    return evaluation
  }
}

/// What the rows of θ were evaluated to.
enum ExactEvaluation: Sendable {
  case separate([any EvaluatedExpectation])
  case together(any EvaluatedRows)

  var rows: [any EvaluatedExpectation] {
    switch self {
    case .separate(let rows): rows
    case .together(let rows): rows.separated()
    }
  }
}

/// An expectation that evaluates many short rows at a time, without memory for each.
protocol RowwiseExpectation: ExactExpectation {
  /// Evaluates rows of `width` numbers, one after the other.
  func evaluatedRows(at theta: [Double], width: Int, sigma: Double) -> any EvaluatedRows
}

/// Expectations of many rows, with their first derivatives.
protocol EvaluatedRows: Sendable {
  /// The values, row by row.
  func values() -> [Double]
  /// Jᵀg, row by row.
  func cotangents(_ g: [Double]) -> [Double]
  /// Each row by itself.
  func separated() -> [any EvaluatedExpectation]
}

/// An expectation without sampling, or one of its derivatives, as a node of a tape; V is the value,
/// J its Jacobian.
///
/// | order | inputs | output |
/// |---|---|---|
/// | value | θ | V |
/// | cotangent | θ, g | Jᵀg |
/// | tangent | θ, u | J u |
/// | secondCotangent | θ, g, u | ∂/∂θ ⟨g, J u⟩ |
/// | secondTangent | θ, u, v | ∂²V/∂θ² [u, v] |
///
/// θ is [rows, width] or one example. With rows, the others have as many or a multiple, and row r belongs
/// to θ's row r modulo its rows: a map over cotangents alone evaluates θ once.
struct ExactNode: DifferentiableNode {
  enum Order { case value, cotangent, tangent, secondCotangent, secondTangent }

  let call: ExactCall
  let order: Order
  /// Whether inputs and outputs are those of one example, in their shapes, instead of rows.
  var isExample = false

  var name: String { "Exact" }

  // MARK: Computation

  func compute(_ inputs: [Value]) throws -> Value {
    let type = inputs[0].type
    let evaluation = try call.evaluation(inputs[0], isExample: isExample)
    if case .together(let batch) = evaluation {
      let rows = inputs[0].shape[0]
      if order == .value {
        let values = batch.values()
        return .doubles(values, [rows, values.count / rows], type)
      }
      if order == .cotangent, inputs[1].shape[0] == rows {
        return .doubles(batch.cotangents(inputs[1].elements), inputs[0].shape, type)
      }
    }
    let rows = evaluation.rows
    if let shape = exampleShape {
      func other(_ index: Int) -> [Double] { inputs[index].elements }
      return .rows([try output(rows[0], other)], shape, type)
    }
    if order == .value { return .rows(rows.map { $0.value }, nil, type) }
    let others = inputs[1...].map { (elements: $0.elements, width: $0.shape[1]) }
    return .rows(
      try (0..<inputs[1].shape[0]).map { row in
        try output(rows[row % rows.count]) { index in
          let (elements, width) = others[index - 1]
          return Array(elements[row * width..<(row + 1) * width])
        }
      }, nil, type)
  }

  /// The output of one row.
  private func output(
    _ evaluated: any EvaluatedExpectation, _ other: (Int) -> [Double]
  ) throws -> [Double] {
    switch order {
    case .value: evaluated.value
    case .cotangent: try evaluated.cotangent(other(1))
    case .tangent: try evaluated.tangent(other(1))
    case .secondCotangent: try evaluated.secondCotangent(other(1), other(2))
    case .secondTangent: try evaluated.secondTangent(other(1), other(2))
    }
  }

  /// The shape of the output for one example.
  private var exampleShape: Shape? {
    if !isExample { return nil }
    return switch order {
    case .value, .tangent, .secondTangent: call.shapes.output
    case .cotangent, .secondCotangent: call.shapes.input
    }
  }

  // MARK: Differentiation

  func vjp(
    _ inputs: [Value], output: Value, cotangent g: Value, needed: (Int) -> Bool
  ) throws -> [Value?] {
    let theta = inputs[0]
    let first = inputs.count > 1 ? inputs[1] : theta
    let second = inputs.count > 2 ? inputs[2] : theta
    func node(_ order: Order, _ others: Value...) throws -> Value {
      try apply(ExactNode(call: call, order: order, isExample: isExample), [theta] + others)
    }
    /// Where several rows belong to one of θ, their sum.
    func sum(_ value: Value) -> Value {
      if value.shape == theta.shape { return value }
      let (count, rows) = (value.shape[0], theta.shape[0])
      return value.reshaped([count / rows, rows, value.shape[1]]).reduced(.sum, [0])
    }
    func third() throws -> Value {
      throw PerturbationError.unsupportedDerivative(
        "the third derivative of an exact expectation is not supported, only the first and the second"
      )
    }
    func when(_ index: Int, _ value: @autoclosure () throws -> Value) rethrows -> Value? {
      needed(index) ? try value() : nil
    }
    switch order {
    case .value: return [try when(0, node(.cotangent, g))]
    case .cotangent:
      return [
        try when(0, sum(node(.secondCotangent, first, g))), try when(1, node(.tangent, g)),
      ]
    case .tangent:
      return [
        try when(0, sum(node(.secondCotangent, g, first))), try when(1, node(.cotangent, g)),
      ]
    case .secondCotangent:
      return [
        try when(0, third()), try when(1, node(.secondTangent, second, g)),
        try when(2, node(.secondCotangent, first, g)),
      ]
    case .secondTangent:
      return [
        try when(0, third()), try when(1, node(.secondCotangent, g, second)),
        try when(2, node(.secondCotangent, g, first)),
      ]
    }
  }

  // MARK: Maps

  /// A mapped axis becomes more rows.
  func batched(_ physical: [Value], isMapped: [Bool], count: Int) throws -> Value {
    let inputs = zip(physical, isMapped).enumerated().map { index, pair in
      let (value, isMapped) = pair
      if index == 0 && !isMapped {
        return isExample ? value.reshaped([1, value.count]) : value
      }
      let whole = isMapped ? value : value.broadcast(to: value.shape.inserting(count, at: 0))
      return isExample
        ? whole.reshaped([count, whole.count / count])
        : whole.reshaped([whole.shape[0] * whole.shape[1], whole.shape[2]])
    }
    let output = try apply(ExactNode(call: call, order: order), inputs)
    if let shape = exampleShape { return output.reshaped(shape.inserting(count, at: 0)) }
    return output.reshaped([count, output.shape[0] / count, output.shape[1]])
  }
}

extension Value {
  /// The elements of a floating-point value.
  fileprivate var elements: [Double] {
    withElements { pointer in
      type == .double
        ? Array(
          UnsafeBufferPointer(start: pointer.assumingMemoryBound(to: Double.self), count: count))
        : UnsafeBufferPointer(start: pointer.assumingMemoryBound(to: Float.self), count: count)
          .map { Double($0) }
    }
  }

  /// Rows of equal lengths, rounded to a type; [rows, length] where no shape is given.
  static func rows(_ rows: [[Double]], _ shape: Shape?, _ type: ElementType) -> Value {
    let width = rows.first?.count ?? 0
    return .dense(shape ?? [rows.count, width], type) { pointer in
      for (index, row) in rows.enumerated() {
        if type == .double {
          let out = pointer.assumingMemoryBound(to: Double.self) + index * width
          for j in 0..<width { out[j] = row[j] }
        } else {
          let out = pointer.assumingMemoryBound(to: Float.self) + index * width
          for j in 0..<width { out[j] = Float(row[j]) }
        }
      }
    }
  }
}
