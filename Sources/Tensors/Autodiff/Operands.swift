/// The inputs of an operation: up to three inline, so that most operations allocate no array.
package struct Operands: RandomAccessCollection {
  package let count: Int
  private var first: Value?
  private var second: Value?
  private var third: Value?
  private var others: [Value] = []

  @inline(__always)
  package init(_ first: Value) {
    count = 1
    self.first = first
  }

  @inline(__always)
  package init(_ first: Value, _ second: Value) {
    count = 2
    self.first = first
    self.second = second
  }

  @inline(__always)
  package init(_ first: Value, _ second: Value, _ third: Value) {
    count = 3
    self.first = first
    self.second = second
    self.third = third
  }

  package init(_ values: [Value]) {
    count = values.count
    first = values.first
    second = values.count > 1 ? values[1] : nil
    third = values.count > 2 ? values[2] : nil
    others = values.count > 3 ? Array(values[3...]) : []
  }

  package var startIndex: Int { 0 }
  package var endIndex: Int { count }

  @inline(__always)
  package subscript(position: Int) -> Value {
    let value: Value? =
      switch position {
      case 0: first
      case 1: second
      case 2: third
      default: others[position - 3]
      }
    guard let value else { trap("Operands", "no operand \(position) of \(count)") }
    return value
  }

  /// The operands, each changed.
  @inline(__always)
  func mapped(_ transform: (Value) -> Value) -> Operands {
    var result = self
    result.first = first.map(transform)
    result.second = second.map(transform)
    result.third = third.map(transform)
    if !others.isEmpty { result.others = others.map(transform) }
    return result
  }

  /// Calls `body` with each operand and its position.
  @inline(__always)
  func forEachPosition(_ body: (Int, Value) -> Void) {
    if let first { body(0, first) }
    if let second { body(1, second) }
    if let third { body(2, third) }
    for (index, other) in others.enumerated() { body(index + 3, other) }
  }
}
