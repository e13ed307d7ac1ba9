/// One run of `vmap`: what the values that it maps have in common.
package final class MapScope {
  /// The number of the transform; inner transforms have larger ones.
  let level: Int
  /// How many entries the mapped axis has.
  package let count: Int
  /// Whether the function is running. Its values mean nothing outside.
  private var isRunning = true

  private init(level: Int, count: Int) {
    self.level = level
    self.count = count
  }

  /// Runs `body` with values whose leading axis it does not see.
  ///
  /// - Returns: What `body` gives, each value with the leading axis in front: one that does not
  ///   depend on the inputs is repeated.
  package static func run<E: Error>(
    _ inputs: [Value], count: Int, _ body: ([Value]) throws(E) -> [Value]
  ) throws(E) -> [Value] {
    try TraceContext.withLevel { level throws(E) in
      let map = MapScope(level: level, count: count)
      defer { map.isRunning = false }
      return try body(inputs.map(map.wrap)).map(map.materialized)
    }
  }

  /// Runs `body` inside the map once more, to compute a pullback of what ran there.
  func resumed<Result>(_ body: () throws -> Result) rethrows -> Result {
    let wasRunning = isRunning
    isRunning = true
    defer { isRunning = wasRunning }
    return try TraceContext.withLevel(atLeast: level, body)
  }

  /// The value as the code inside the map sees it: without its leading axis.
  func wrap(_ physical: Value) -> Value {
    Value(
      content: .mapped(Mapped(physical: physical, map: self)), shape: physical.shape.removing(0),
      type: physical.type)
  }

  /// The physical value of a result: one that does not depend on the map is repeated.
  func materialized(_ value: Value) -> Value {
    physical(value) ?? value.broadcast(to: value.shape.inserting(count, at: 0))
  }

  /// The physical value where this map hides its leading axis.
  func physical(_ value: Value) -> Value? {
    guard case .mapped(let mapped) = value.live.content, mapped.map.level == level else {
      return nil
    }
    require(
      mapped.map === self && isRunning, "vmap",
      "a tensor from inside a mapped function was kept and used outside")
    return mapped.physical
  }

  /// The physical values of operands, and which of them this map hides an axis of.
  func physical(_ inputs: Operands) -> (Operands, isMapped: [Bool]) {
    var isMapped: [Bool] = []
    let physical = inputs.mapped { input in
      let inner = self.physical(input)
      isMapped.append(inner != nil)
      return inner ?? input
    }
    return (physical, isMapped)
  }
}

/// A value whose leading physical axis is hidden from the code that holds it.
final class Mapped {
  let physical: Value
  let map: MapScope

  init(physical: Value, map: MapScope) {
    self.physical = physical
    self.map = map
  }
}
