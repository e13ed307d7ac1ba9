public import Tensors

/// Multiplies updates by a number: u = s g.
public struct Scale: GradientTransform {
  /// s.
  public let factor: Double

  /// Multiplies by `factor`.
  public init(_ factor: Double) { self.factor = factor }

  /// Nothing but the step count.
  public func initialState(for parameters: ParameterList) -> TransformState { TransformState() }

  /// Multiplies.
  public func update(_ updates: inout [Leaf], state: inout TransformState, parameters: [Leaf]) {
    state.step += 1
    for index in updates.indices { updates[index] = updates[index].scaled(by: factor) }
  }
}

/// Multiplies updates by minus the learning rate, u = −η(t) g: what makes an optimizer descend.
public struct ScaleByLearningRate: GradientTransform {
  /// η.
  public let schedule: Schedule

  /// Multiplies by minus the learning rate.
  ///
  /// - Parameter learningRate: A number, or a ``Schedule``; the first update takes its value at 0.
  public init(_ learningRate: some LearningRate) { schedule = learningRate.schedule }

  /// Nothing but the step count.
  public func initialState(for parameters: ParameterList) -> TransformState { TransformState() }

  /// Multiplies.
  public func update(_ updates: inout [Leaf], state: inout TransformState, parameters: [Leaf]) {
    let factor = -schedule(state.step)
    state.step += 1
    for index in updates.indices { updates[index] = updates[index].scaled(by: factor) }
  }
}

/// Replaces updates by zeros: what freezes the parameters that a ``Masked`` names.
public struct SetToZero: GradientTransform {
  /// Replaces updates by zeros.
  public init() {}

  /// Nothing but the step count.
  public func initialState(for parameters: ParameterList) -> TransformState { TransformState() }

  /// Puts zeros.
  public func update(_ updates: inout [Leaf], state: inout TransformState, parameters: [Leaf]) {
    state.step += 1
    for index in updates.indices { updates[index] = updates[index].zeros }
  }
}
