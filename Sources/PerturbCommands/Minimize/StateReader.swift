internal import Platform
internal import Tensors

/// Reads what a checkpoint has under a path, with an error that names the path and what was expected.
struct StateReader {
  let json: JSON
  /// Where it stands in the file: "state.optimizer".
  let path: String

  func error(_ expected: String) -> CommandError {
    CommandError("\(path) is \(json.kind), expected \(expected)")
  }

  /// The member of that name.
  func member(_ name: String) throws(CommandError) -> StateReader {
    guard case .object = json else { throw error("an object") }
    let path = path.isEmpty ? name : "\(path).\(name)"
    guard let value = json[name] else { throw CommandError("\(path) is missing") }
    return StateReader(json: value, path: path)
  }

  /// The member of that name; nil where it is null.
  func optional(_ name: String) throws(CommandError) -> StateReader? {
    let member = try member(name)
    return member.json == .null ? nil : member
  }

  func text() throws(CommandError) -> String {
    guard let text = json.string else { throw error("a text") }
    return text
  }

  func integer(in range: ClosedRange<Int>) throws(CommandError) -> Int {
    guard let value = json.integer, range.contains(value) else {
      let expected =
        range.upperBound == .max
        ? "at least \(range.lowerBound)" : "from \(range.lowerBound) to \(range.upperBound)"
      throw error("a whole number, \(expected)")
    }
    return value
  }

  /// A number; an infinite one or one that is not a number only where those may stand.
  func number(finite: Bool = true) throws(CommandError) -> Double {
    guard let value = json.exact, value.isFinite || !finite else {
      throw error(finite ? "a finite number" : "a number")
    }
    return value
  }

  /// So many numbers.
  func numbers(_ count: ClosedRange<Int>, finite: Bool = true) throws(CommandError) -> [Double] {
    guard let elements = json.elements, count.contains(elements.count) else {
      let expected =
        count.upperBound == .max
        ? ""
        : count.lowerBound == count.upperBound
          ? "\(count.lowerBound) " : "\(count.lowerBound) to \(count.upperBound) "
      throw error("an array of \(expected)numbers")
    }
    var numbers: [Double] = []
    for (index, element) in elements.enumerated() {
      numbers.append(
        try StateReader(json: element, path: "\(path)[\(index)]").number(finite: finite))
    }
    return numbers
  }

  func numbers(_ count: Int, finite: Bool = true) throws(CommandError) -> [Double] {
    try numbers(count...count, finite: finite)
  }

  /// A tree like another, leaf by leaf.
  func tree<T: Tree>(like template: T) throws(CommandError) -> T {
    var leaves: [Leaf] = []
    for (name, leaf) in zip(T.stateNames(of: template), template.leaves) {
      let member = try member(name)
      let numbers = try member.numbers(leaf.shape.elementCount)
      switch leaf.elementType {
      case .int32:
        // Counts of steps and of what is remembered.
        guard let counts = numbers.checkedCounts else { throw member.error("whole numbers from 0") }
        leaves.append(Leaf(Tensor<Int32>(shape: leaf.shape, scalars: counts)))
      default: leaves.append(Leaf(Tensor<Double>(shape: leaf.shape, scalars: numbers)))
      }
    }
    return template.withLeaves(leaves)
  }
}

extension [Double] {
  fileprivate var checkedCounts: [Int32]? {
    let counts = compactMap { Int32(exactly: $0) }
    return counts.count == count && counts.allSatisfy { $0 >= 0 } ? counts : nil
  }
}

extension Tree {
  /// The leaves' paths, as names of members.
  fileprivate static func stateNames(of tree: Self) -> [String] {
    tree.leafPaths.map { $0.hasPrefix(".") ? String($0.dropFirst()) : $0 }
  }

  /// Every leaf under its path.
  var stateJSON: JSON {
    .object(
      zip(Self.stateNames(of: self), leaves).map { name, leaf in
        JSON.Member(name: name, value: .exactly(leaf.doubles))
      })
  }
}

extension JSON {
  static func exactly(_ values: [Double]) -> JSON { .array(values.map { .exactly($0) }) }
}
