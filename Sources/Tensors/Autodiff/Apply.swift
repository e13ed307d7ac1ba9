/// Applies a primitive to a value of any level.
///
/// The transform with the highest level among the inputs acts first: a tape applies the primitive
/// to the values below it and records that it did, a map turns it into the primitive for the
/// physical shapes.
package func apply(_ primitive: Primitive, _ x: Value) -> Value {
  if x.isDense { return primitive.evaluate(x) }
  guard let recorded = x.recorded else { return lifted(primitive, Operands(x)) }
  return recorded.tape.record(primitive, recorded.index, apply(primitive, recorded.primal))
}

/// Applies a primitive to two values of any level.
package func apply(_ primitive: Primitive, _ a: Value, _ b: Value) -> Value {
  if a.isDense {
    if b.isDense { return primitive.evaluate(a, b) }
    if let right = b.recorded {
      let output = apply(primitive, a, right.primal)
      return right.tape.record(primitive, (-1, right.index), (a, nil), output)
    }
  } else if let left = a.recorded {
    if b.isDense {
      let output = apply(primitive, left.primal, b)
      return left.tape.record(primitive, (left.index, -1), (nil, b), output)
    }
    if let right = b.recorded, left.tape === right.tape {
      let output = apply(primitive, left.primal, right.primal)
      return left.tape.record(primitive, (left.index, right.index), (nil, nil), output)
    }
  }
  return lifted(primitive, Operands(a, b))
}

/// Applies a primitive to three values of any level.
package func apply(_ primitive: Primitive, _ a: Value, _ b: Value, _ c: Value) -> Value {
  apply(primitive, Operands(a, b, c))
}

/// Applies a primitive to values of any level.
package func apply(_ primitive: Primitive, _ inputs: [Value]) -> Value {
  apply(primitive, Operands(inputs))
}

/// Applies a primitive to values of any level.
package func apply(_ primitive: Primitive, _ inputs: Operands) -> Value {
  inputs.allSatisfy(\.isDense) ? primitive.evaluate(inputs) : lifted(primitive, inputs)
}

/// Applies a primitive to values of which some belong to a transform.
private func lifted(_ primitive: Primitive, _ inputs: Operands) -> Value {
  let inputs = inputs.mapped(\.live)
  guard let top = inputs.top else { return primitive.evaluate(inputs) }
  switch top.content {
  case .dense, .single: return primitive.evaluate(inputs)
  case .recorded(let recorded):
    let tape = recorded.tape
    let primals = inputs.mapped { $0.primal(on: tape) }
    let output = apply(primitive, primals)
    return tape.record(.primitive(primitive), Array(inputs), output)
  case .mapped(let mapped):
    let map = mapped.map
    let (physical, isMapped) = map.physical(inputs)
    return map.wrap(primitive.batched(physical, isMapped: isMapped, count: map.count))
  }
}

extension Operands {
  /// The operand of the highest level, or nil where all are dense.
  var top: Value? {
    var top: Value?
    var level = 0
    forEachPosition { _, value in
      let own = value.level
      if own > level {
        level = own
        top = value
      }
    }
    return top
  }
}

extension Value {
  /// The value without tapes that have ended: for them it is a constant.
  @inline(__always)
  var live: Value {
    if case .recorded(let recorded) = content, !recorded.tape.isRecording {
      recorded.primal.live
    } else {
      self
    }
  }

  /// The value below a tape, or the value itself where it is not on that tape.
  @inline(__always)
  func primal(on tape: Tape) -> Value {
    if case .recorded(let recorded) = content, recorded.tape === tape {
      recorded.primal
    } else {
      self
    }
  }

  /// The value without the tapes that are recording it: gradients stop here.
  package var withoutTapes: Value {
    switch content {
    case .dense, .single: self
    case .recorded(let recorded): recorded.primal.withoutTapes
    case .mapped(let mapped): mapped.map.wrap(mapped.physical.withoutTapes)
    }
  }
}

extension Value {
  /// Whether a tape that is still recording follows this value, at whatever level.
  package var isRecorded: Bool {
    switch live.content {
    case .dense, .single: false
    case .recorded: true
    case .mapped(let mapped): mapped.physical.isRecorded
    }
  }

  /// The entry of the innermost tape that follows this value.
  var outerEntry: Recorded? {
    switch live.content {
    case .dense, .single: nil
    case .recorded(let recorded): recorded
    case .mapped(let mapped): mapped.physical.outerEntry
    }
  }

  /// Calls `body` with the entry of each tape that follows this value, the innermost first.
  func forEachEntry(_ body: (Recorded) -> Void) {
    var next = outerEntry
    while let entry = next {
      body(entry)
      next = entry.primal.outerEntry
    }
  }

  /// Whether two dense values share their elements.
  package func sharesElements(with other: Value) -> Bool {
    switch (content, other.content) {
    case (.dense(let a), .dense(let b)): a === b
    case (.single(let a), .single(let b)): a == b
    default: false
    }
  }
}
