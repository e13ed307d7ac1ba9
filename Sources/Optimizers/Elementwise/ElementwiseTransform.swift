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

  init(repeating number: Number) {
    first = number
    second = number
    third = number
  }
}

extension ElementwiseTransform {
  /// Updates each leaf that has a gradient.
  func updateElementwise(
    _ updates: inout [Leaf], _ state: inout TransformState, _ parameters: [Leaf]
  ) {
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
    let (count, slotCount) = (gradient.count, slotCount)
    let (update, out) = uninitialized(like: gradient, L.Scalar.self)
    gradient.withAddress(L.Scalar.self) { gradient in
      parameter.withAddress(L.Scalar.self) { parameter in
        // Addresses that no slot uses read the parameter and write the update, never in fact.
        var (old, new) = (Slots(repeating: parameter), Slots(repeating: out))
        let before = slots
        if let slot = before.first { (old.first, new.first) = replace(slot, &slots.first) }
        if let slot = before.second { (old.second, new.second) = replace(slot, &slots.second) }
        if let slot = before.third { (old.third, new.third) = replace(slot, &slots.third) }
        var number = Slots<L>(repeating: .zero)
        var start = 0
        while start + L.count <= count {
          if slotCount > 0 { number.first = L(loading: old.first + start) }
          if slotCount > 1 { number.second = L(loading: old.second + start) }
          if slotCount > 2 { number.third = L(loading: old.third + start) }
          formula(
            L(loading: gradient + start), &number, L(loading: parameter + start), coefficients
          ).store(to: out + start)
          if slotCount > 0 { number.first.store(to: new.first + start) }
          if slotCount > 1 { number.second.store(to: new.second + start) }
          if slotCount > 2 { number.third.store(to: new.third + start) }
          start += L.count
        }
        let rest = count - start
        if rest > 0 {
          if slotCount > 0 { number.first = L(loading: old.first + start, count: rest) }
          if slotCount > 1 { number.second = L(loading: old.second + start, count: rest) }
          if slotCount > 2 { number.third = L(loading: old.third + start, count: rest) }
          formula(
            L(loading: gradient + start, count: rest), &number,
            L(loading: parameter + start, count: rest), coefficients
          ).store(to: out + start, count: rest)
          if slotCount > 0 { number.first.store(to: new.first + start, count: rest) }
          if slotCount > 1 { number.second.store(to: new.second + start, count: rest) }
          if slotCount > 2 { number.third.store(to: new.third + start, count: rest) }
        }
        withExtendedLifetime(before) {}
      }
    }
    return update
  }
}

/// The address of a slot's elements, and of those of the value that takes its place.
@inline(__always)
private func replace<Scalar>(
  _ slot: Value, _ result: inout Value?
) -> (UnsafePointer<Scalar>, UnsafeMutablePointer<Scalar>) {
  let (value, address) = uninitialized(like: slot, Scalar.self)
  result = value
  // The address outlives the closure: the caller keeps the value until the pass is over.
  return (slot.withAddress(Scalar.self) { $0 }, address)
}

/// A dense value whose elements its maker writes before anybody else sees it.
@inline(__always)
private func uninitialized<Scalar>(
  like value: Value, _ type: Scalar.Type
) -> (Value, UnsafeMutablePointer<Scalar>) {
  var address: UnsafeMutableRawPointer?
  let result = Value.dense(value.shape, value.type) { address = $0 }
  guard let address else { trap("Optimizers", "a value without elements") }
  return (result, address.bindMemory(to: Scalar.self, capacity: value.count))
}

extension Value {
  @inline(__always)
  fileprivate func withAddress<Scalar, Result>(
    _ type: Scalar.Type, _ body: (UnsafePointer<Scalar>) -> Result
  ) -> Result {
    withElements { body($0.assumingMemoryBound(to: Scalar.self)) }
  }
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
