import Tensors

/// A function of some tensors, and the point at which to check its derivatives.
struct Example: Sendable {
  let name: String
  /// `Double` tensors are differentiated; others (indices, conditions) are only mapped.
  let inputs: [Leaf]
  let function: @Sendable ([Leaf]) -> Leaf

  init(_ name: String, _ inputs: [Leaf], _ function: @escaping @Sendable ([Leaf]) -> Leaf) {
    self.name = name
    self.inputs = inputs
    self.function = function
  }

  /// A function of one tensor.
  init(
    _ name: String, _ x: Tensor<Double>,
    _ function: @escaping @Sendable (Tensor<Double>) -> Tensor<Double>
  ) {
    self.init(name, [Leaf(x)]) { Leaf(function($0[0].tensor())) }
  }

  /// A function of two tensors.
  init(
    _ name: String, _ x: Tensor<Double>, _ y: Tensor<Double>,
    _ function: @escaping @Sendable (Tensor<Double>, Tensor<Double>) -> Tensor<Double>
  ) {
    self.init(name, [Leaf(x), Leaf(y)]) { Leaf(function($0[0].tensor(), $0[1].tensor())) }
  }

  /// A function of a tensor and indices.
  init(
    _ name: String, _ x: Tensor<Double>, index: Tensor<Int32>,
    _ function: @escaping @Sendable (Tensor<Double>, Tensor<Int32>) -> Tensor<Double>
  ) {
    self.init(name, [Leaf(x), Leaf(index)]) { Leaf(function($0[0].tensor(), $0[1].tensor())) }
  }
}

/// Compares the derivatives of an example with finite differences, alone, under `vmap` and twice,
/// and says what is wrong.
final class GradientCheck {
  let example: Example
  let inputs: [Leaf]
  /// Which inputs are differentiated.
  let differentiated: [Int]
  let cotangent: Tensor<Double>
  private(set) var problems: [String] = []

  static func problems(_ example: Example) -> [String] {
    let check = GradientCheck(example)
    check.checkFirstDerivative()
    check.checkSecondDerivative()
    check.checkForward()
    check.checkUnderMap()
    return check.problems
  }

  private init(_ example: Example) {
    self.example = example
    inputs = example.inputs
    differentiated = example.inputs.indices.filter { example.inputs[$0].elementType == .double }
    cotangent = sample(example.function(example.inputs).shape, seed: 77, in: 0.3...1.7)
  }

  // MARK: - The functions that are compared

  /// ⟨cotangent, f(x)⟩.
  private func scalar(_ inputs: [Leaf]) -> Tensor<Double> {
    (example.function(inputs).tensor(of: Double.self) * cotangent).sum()
  }

  /// The cotangents of the given inputs, the others being constants.
  private func derivative(_ inputs: [Leaf], _ followed: [Int]) -> [Leaf] {
    gradient(at: followed.map { inputs[$0] }) { leaves in
      scalar(replacing(inputs, followed, leaves))
    }
  }

  /// ⟨directions, ∇⟨cotangent, f⟩⟩, as a function to be differentiated again.
  private func directional(_ inputs: [Leaf]) -> Tensor<Double> {
    let gradients = derivative(inputs, differentiated)
    var sum: Tensor<Double> = 0
    for (direction, gradient) in zip(directions, gradients) {
      sum += (direction.tensor(of: Double.self) * gradient.tensor(of: Double.self)).sum()
    }
    return sum
  }

  private func secondDerivative(_ inputs: [Leaf]) -> [Leaf] {
    gradient(at: differentiated.map { inputs[$0] }) { leaves in
      directional(replacing(inputs, differentiated, leaves))
    }
  }

  private var directions: [Leaf] {
    differentiated.map { Leaf(sample(inputs[$0].shape, seed: 100 + UInt64($0), in: 0.2...1.3)) }
  }

  private func replacing(_ inputs: [Leaf], _ positions: [Int], _ leaves: [Leaf]) -> [Leaf] {
    var result = inputs
    for (position, leaf) in zip(positions, leaves) { result[position] = leaf }
    return result
  }

  /// Central differences of a function in one input.
  private func differences(
    _ position: Int, of function: ([Leaf]) -> Tensor<Double>
  ) -> Tensor<Double> {
    let x = inputs[position].tensor(of: Double.self)
    var scalars = x.scalars
    let slopes = scalars.indices.map { index in
      let original = scalars[index]
      let step = 1e-5 * max(1, original.magnitude)
      func value(_ scalar: Double) -> Double {
        scalars[index] = scalar
        defer { scalars[index] = original }
        let moved = Leaf(Tensor(shape: x.shape, scalars: scalars))
        return function(replacing(inputs, [position], [moved])).scalar
      }
      return (value(original + step) - value(original - step)) / (2 * step)
    }
    return Tensor(shape: x.shape, scalars: slopes)
  }

  // MARK: - Checks

  private func compare(
    _ a: Leaf, _ b: Leaf, _ tolerance: Double, _ what: @autoclosure () -> String
  ) {
    let (a, b) = (a.tensor(of: Double.self), b.tensor(of: Double.self))
    if !agree(a, b, tolerance) {
      problems.append("\(example.name), \(what()): \(a) of shape \(a.shape) against \(b)")
    }
  }

  private func checkFirstDerivative() {
    let all = derivative(inputs, differentiated)
    for (position, analytic) in zip(differentiated, all) {
      let numeric = Leaf(differences(position, of: scalar))
      compare(analytic, numeric, 1e-6, "derivative in input \(position)")
      let alone = derivative(inputs, [position])
      compare(alone[0], analytic, 1e-14, "derivative in input \(position) alone")
    }
  }

  private func checkSecondDerivative() {
    for (position, analytic) in zip(differentiated, secondDerivative(inputs)) {
      let numeric = Leaf(differences(position, of: directional))
      compare(analytic, numeric, 1e-6, "second derivative in input \(position)")
    }
  }

  /// The pullback is linear in its cotangent, and its transpose is the derivative forwards.
  private func checkForward() {
    let direction = directions
    let forward = gradient(at: cotangent) { cotangent in
      let gradients = gradient(at: differentiated.map { inputs[$0] }) { leaves in
        (example.function(replacing(inputs, differentiated, leaves)).tensor() * cotangent).sum()
      }
      var sum: Tensor<Double> = 0
      for (direction, gradient) in zip(direction, gradients) {
        sum += (direction.tensor(of: Double.self) * gradient.tensor(of: Double.self)).sum()
      }
      return sum
    }
    let total = (forward * cotangent).sum()
    let expected = directional(inputs)
    compare(Leaf(total), Leaf(expected), 1e-10, "derivative forwards")
  }

  private func checkUnderMap() {
    let count = 3
    let copies = (0..<count).map { copy in inputs.map { jittered($0, copy) } }
    for mask in 1..<(1 << inputs.count) {
      let mapped = inputs.indices.filter { mask >> $0 & 1 == 1 }
      let rows = copies.map { copy in replacing(inputs, mapped, mapped.map { copy[$0] }) }
      let batch = mapped.map { position in stacked(rows.map { $0[position] }) }
      let followed = differentiated
      let map = { (function: @escaping ([Leaf]) -> [Leaf]) in
        vmap { [self] leaves in function(replacing(inputs, mapped, leaves)) }(batch)
      }
      func check(_ what: String, _ function: @escaping ([Leaf]) -> [Leaf]) {
        let together = map(function)
        let apart = rows.map(function)
        for leaf in together.indices {
          compare(
            together[leaf], stacked(apart.map { $0[leaf] }), 1e-12,
            "\(what) \(leaf) with inputs \(mapped) mapped")
        }
      }
      check("value", { [self] in [example.function($0)] })
      check("derivative", { [self] in derivative($0, followed) })
      check("second derivative", secondDerivative)
      checkDerivativeOfMap(mapped, rows, batch)
    }
  }

  /// The derivative of a mapped function: per row for mapped inputs, summed for the others.
  private func checkDerivativeOfMap(_ mapped: [Int], _ rows: [[Leaf]], _ batch: [Leaf]) {
    let whole = replacing(inputs, mapped, batch)
    let gradients = gradient(at: differentiated.map { whole[$0] }) { leaves in
      let whole = replacing(whole, differentiated, leaves)
      return vmap { [self] leaves in scalar(replacing(whole, mapped, leaves)) }(
        mapped.map { whole[$0] }
      )
      .sum()
    }
    let apart = rows.map { derivative($0, differentiated) }
    for (index, position) in differentiated.enumerated() {
      var expected = stacked(apart.map { $0[index] }).tensor(of: Double.self)
      if !mapped.contains(position) { expected = expected.sum(axis: 0) }
      compare(
        gradients[index], Leaf(expected), 1e-12,
        "derivative in input \(position) of the function with inputs \(mapped) mapped")
    }
  }

  /// Another value of an input: numbers moved a little, indices and conditions turned around.
  private func jittered(_ leaf: Leaf, _ copy: Int) -> Leaf {
    switch leaf.elementType {
    case .double:
      let x = leaf.tensor(of: Double.self)
      return Leaf(x * (1 + 0.01 * Double(copy)) + 0.003 * Double(copy))
    case .int32: return rotated(leaf.tensor(of: Int32.self), copy)
    case .bool: return rotated(leaf.tensor(of: Bool.self), copy)
    case .float: return leaf
    }
  }

  private func rotated<Scalar>(_ x: Tensor<Scalar>, _ count: Int) -> Leaf {
    let scalars = x.scalars
    let turned = scalars.indices.map { scalars[($0 + count) % scalars.count] }
    return Leaf(Tensor(shape: x.shape, scalars: turned))
  }

  private func stacked(_ leaves: [Leaf]) -> Leaf {
    switch leaves[0].elementType {
    case .double: Leaf(stack(leaves.map { $0.tensor(of: Double.self) }))
    case .float: Leaf(stack(leaves.map { $0.tensor(of: Float.self) }))
    case .int32: Leaf(stack(leaves.map { $0.tensor(of: Int32.self) }))
    case .bool: Leaf(stack(leaves.map { $0.tensor(of: Bool.self) }))
    }
  }
}
