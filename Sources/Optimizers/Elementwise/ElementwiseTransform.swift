internal import Tensors

/// A transform whose formula acts on each element by itself. The formula is written once, for any
/// ``ElementwiseNumber``; a leaf is updated in one pass over its elements where nothing follows the
/// operations, and with tensor operations inside `gradient` and `vmap`.
protocol ElementwiseTransform: GradientTransform {
  /// What is the same for all elements of one update.
  associatedtype Coefficients

  /// How many quantities are remembered for each element: at most 3.
  var slotCount: Int { get }

  /// The coefficients of update `step`, counted from 1.
  func coefficients(_ step: Int) -> Coefficients

  /// The update of elements whose gradient is `gradient`.
  func formula<Number: ElementwiseNumber>(
    _ gradient: Number, _ slots: inout Slots<Number>, _ parameter: Number,
    _ coefficients: Coefficients
  ) -> Number
}

/// The remembered quantities of the elements in hand.
struct Slots<Number> {
  var first: Number
  var second: Number
  var third: Number

  init(_ first: Number, _ second: Number, _ third: Number) {
    self.first = first
    self.second = second
    self.third = third
  }

  init(repeating number: Number) { self.init(number, number, number) }
}

extension ElementwiseTransform {
  /// Updates each leaf that has a gradient.
  func updateElementwise(
    _ updates: inout [Leaf], _ state: inout TransformState, _ parameters: [Leaf]
  ) {
    state.requireSlots(for: parameters, "\(Self.self)")
    state.step += 1
    let coefficients = coefficients(state.step)
    for index in updates.indices where updates[index].isFloatingPoint {
      var slots = Slots<Value?>(repeating: nil)
      if slotCount > 0 { slots.first = state.slots[0].leaves[index].value }
      if slotCount > 1 { slots.second = state.slots[1].leaves[index].value }
      if slotCount > 2 { slots.third = state.slots[2].leaves[index].value }
      let (gradient, parameter) = (updates[index].value, parameters[index].value)
      slots.requireLikeness(to: parameter, gradient, "\(Self.self)")
      let update =
        gradient.isDense && parameter.isDense && slots.areDense
        ? updateInOnePass(gradient, &slots, parameter, coefficients)
        : updateWithTensors(gradient, &slots, parameter, coefficients)
      updates[index] = Leaf(update)
      if let slot = slots.first { state.slots[0].leaves[index] = Leaf(slot) }
      if let slot = slots.second { state.slots[1].leaves[index] = Leaf(slot) }
      if let slot = slots.third { state.slots[2].leaves[index] = Leaf(slot) }
    }
  }

  private func updateWithTensors(
    _ gradient: Value, _ slots: inout Slots<Value?>, _ parameter: Value,
    _ coefficients: Coefficients
  ) -> Value {
    gradient.type == .float
      ? updateWithTensors(gradient, &slots, parameter, coefficients, Float.self)
      : updateWithTensors(gradient, &slots, parameter, coefficients, Double.self)
  }

  private func updateWithTensors<Scalar: TensorFloatingPoint>(
    _ gradient: Value, _ slots: inout Slots<Value?>, _ parameter: Value,
    _ coefficients: Coefficients, _ type: Scalar.Type
  ) -> Value {
    func whole(_ value: Value) -> WholeTensor<Scalar> {
      WholeTensor(Leaf(value).tensor(of: Scalar.self))
    }
    var numbers = Slots<WholeTensor<Scalar>>(repeating: .constant(0))
    if let slot = slots.first { numbers.first = whole(slot) }
    if let slot = slots.second { numbers.second = whole(slot) }
    if let slot = slots.third { numbers.third = whole(slot) }
    let update = formula(whole(gradient), &numbers, whole(parameter), coefficients)
    if slots.first != nil { slots.first = numbers.first.tensor.value }
    if slots.second != nil { slots.second = numbers.second.tensor.value }
    if slots.third != nil { slots.third = numbers.third.tensor.value }
    return update.tensor.value
  }

  private func updateInOnePass(
    _ gradient: Value, _ slots: inout Slots<Value?>, _ parameter: Value,
    _ coefficients: Coefficients
  ) -> Value {
    gradient.type == .float
      ? updateInOnePass(gradient, &slots, parameter, coefficients, FloatLanes.self)
      : updateInOnePass(gradient, &slots, parameter, coefficients, DoubleLanes.self)
  }

  private func updateInOnePass<L: Lanes>(
    _ gradient: Value, _ slots: inout Slots<Value?>, _ parameter: Value,
    _ coefficients: Coefficients, _ lanes: L.Type
  ) -> Value {
    let old = slots
    var new = slots
    // Slots that are not used read the parameter and write the update: never in fact.
    let update = Value.dense(gradient.shape, gradient.type) { out in
      read(gradient) { gradientAddress in
        read(parameter) { parameterAddress in
          read(old.first, or: parameterAddress) { first in
            read(old.second, or: parameterAddress) { second in
              read(old.third, or: parameterAddress) { third in
                new.first = written(like: old.first, or: out) { newFirst in
                  new.second = written(like: old.second, or: out) { newSecond in
                    new.third = written(like: old.third, or: out) { newThird in
                      pass(
                        L.self, gradient.count, gradientAddress, parameterAddress,
                        Slots(first, second, third), out, Slots(newFirst, newSecond, newThird),
                        coefficients)
                    }
                  }
                }
              }
            }
          }
        }
      }
    }
    slots = new
    return update
  }

  /// One pass over `count` elements.
  private func pass<L: Lanes>(
    _ lanes: L.Type, _ count: Int, _ gradient: UnsafeRawPointer, _ parameter: UnsafeRawPointer,
    _ old: Slots<UnsafeRawPointer>, _ update: UnsafeMutableRawPointer,
    _ new: Slots<UnsafeMutableRawPointer>, _ coefficients: Coefficients
  ) {
    let slotCount = slotCount
    var number = Slots<L>(repeating: .zero)
    var start = 0
    while start + L.count <= count {
      if slotCount > 0 { number.first = L(loading: old.first, at: start) }
      if slotCount > 1 { number.second = L(loading: old.second, at: start) }
      if slotCount > 2 { number.third = L(loading: old.third, at: start) }
      formula(
        L(loading: gradient, at: start), &number, L(loading: parameter, at: start), coefficients
      ).store(to: update, at: start)
      if slotCount > 0 { number.first.store(to: new.first, at: start) }
      if slotCount > 1 { number.second.store(to: new.second, at: start) }
      if slotCount > 2 { number.third.store(to: new.third, at: start) }
      start += L.count
    }
    let rest = count - start
    if rest == 0 { return }
    if slotCount > 0 { number.first = L(loading: old.first, at: start, count: rest) }
    if slotCount > 1 { number.second = L(loading: old.second, at: start, count: rest) }
    if slotCount > 2 { number.third = L(loading: old.third, at: start, count: rest) }
    formula(
      L(loading: gradient, at: start, count: rest), &number,
      L(loading: parameter, at: start, count: rest), coefficients
    ).store(to: update, at: start, count: rest)
    if slotCount > 0 { number.first.store(to: new.first, at: start, count: rest) }
    if slotCount > 1 { number.second.store(to: new.second, at: start, count: rest) }
    if slotCount > 2 { number.third.store(to: new.third, at: start, count: rest) }
  }
}

private func read(_ value: Value, _ body: (UnsafeRawPointer) -> Void) {
  value.withElements("an optimizer", body)
}

private func read(
  _ value: Value?, or other: UnsafeRawPointer, _ body: (UnsafeRawPointer) -> Void
) {
  if let value { read(value, body) } else { body(other) }
}

/// A value whose elements `body` writes, or nothing where there is no value to be like.
private func written(
  like value: Value?, or other: UnsafeMutableRawPointer, _ body: (UnsafeMutableRawPointer) -> Void
) -> Value? {
  guard let value else {
    body(other)
    return nil
  }
  return Value.dense(value.shape, value.type, body)
}

extension Slots<Value?> {
  fileprivate func requireLikeness(
    to parameter: Value, _ gradient: Value, _ operation: @autoclosure () -> String
  ) {
    func isLike(_ value: Value?) -> Bool {
      guard let value else { return true }
      return value.shape == parameter.shape && value.type == parameter.type
    }
    require(
      isLike(gradient) && isLike(first) && isLike(second) && isLike(third), operation(),
      "a parameter of shape \(parameter.shape) with a gradient of shape \(gradient.shape) and a "
        + "state of shape \(first?.shape ?? []): the state belongs to other parameters")
  }

  fileprivate var areDense: Bool {
    (first?.isDense ?? true) && (second?.isDense ?? true) && (third?.isDense ?? true)
  }
}
