public import Tensors

extension ZeroOrder {
  /// A function's value, whose gradient is estimated: to be used inside `gradient(at:of:)` beside
  /// parts that are differentiated exactly.
  ///
  /// ```swift
  /// let grads = try gradient(at: model) { model in
  ///   let loss = try estimator.value(at: model, key: key) { simulate($0, x) }
  ///   return loss + 0.01 * square(model.layers[0].weight).sum()
  /// }
  /// ```
  ///
  /// The samples are evaluated when a gradient asks for them; the value alone takes one evaluation.
  /// With normal directions the second derivative is the second-order estimate of the smoothed
  /// function's; others have none and say so. Under `vmap` every entry has the same directions.
  ///
  /// - Parameters:
  ///   - x: θ, a tree of tensors; those that are not floating-point are left as they are.
  ///   - key: The key of the directions; by default the next of the enclosing
  ///     `RandomKey.withDefault`.
  ///   - function: Gives a tensor with one element; it is never differentiated and possibly called
  ///     from several threads. A tensor that it captures and that is being differentiated is an
  ///     error; wrap it in `withoutGradient`.
  /// - Returns: f(θ), a tensor without axes.
  /// - Throws: ``PerturbationError`` for parameters that are empty or not finite, and for a function
  ///   that fails or gives anything but one finite number. The gradient throws them too.
  /// - Complexity: one evaluation, and ``evaluations`` − 1 for a gradient; memory for a small
  ///   multiple of the parameters for each thread.
  public func value<Parameters: Tree & Sendable, Scalar: TensorFloatingPoint>(
    at x: Parameters, key: RandomKey? = nil,
    of function: @escaping @Sendable (Parameters) throws -> Tensor<Scalar>
  ) throws -> Tensor<Scalar> {
    Tensor(
      try ZeroOrderCall(self, key: .resolve(key), ScalarFunction(x, function)).value(at: x.values))
  }

  /// A function's value and the estimate of its gradient.
  ///
  /// ```swift
  /// let (loss, grads) = try estimator.valueAndGradient(at: model, key: key) {
  ///   meanSquaredError($0(x), y)
  /// }
  /// ```
  ///
  /// - Parameters:
  ///   - x: θ, a tree of tensors; those that are not floating-point are left as they are.
  ///   - key: The key of the directions; by default the next of `RandomKey.withDefault`.
  ///   - function: Gives a tensor with one element; it is never differentiated and possibly called
  ///     from several threads.
  /// - Returns: f(θ), and a tree of θ's structure.
  /// - Throws: ``PerturbationError`` for parameters that are empty or not finite, and for a function
  ///   that fails or gives anything but one finite number.
  /// - Complexity: ``evaluations`` calls; memory for a small multiple of the parameters for each
  ///   thread.
  public func valueAndGradient<Parameters: Tree & Sendable, Scalar: TensorFloatingPoint>(
    at x: Parameters, key: RandomKey? = nil,
    of function: @escaping @Sendable (Parameters) throws -> Tensor<Scalar>
  ) throws -> (value: Tensor<Scalar>, gradient: Parameters) {
    let values = x.values
    guard values.allSatisfy(\.isDense) else {
      // Transforms around the call follow the gradient as well.
      return try Tensors.valueAndGradient(at: x) { try value(at: $0, key: key, of: function) }
    }
    let call = try ZeroOrderCall(self, key: .resolve(key), ScalarFunction(x, function))
    let evaluated = try call.evaluated(values.map(\.withRow))[0]
    let gradient = try call.gradient(evaluated)
    return (
      Tensor(Scalar(nearest: evaluated.value)),
      x.withGradient(evaluated.point.completed(gradient.values))
    )
  }

  /// The estimate of a function's gradient.
  ///
  /// - Parameters:
  ///   - x: θ, a tree of tensors; those that are not floating-point are left as they are.
  ///   - key: The key of the directions; by default the next of `RandomKey.withDefault`.
  ///   - function: Gives a tensor with one element.
  /// - Returns: A tree of θ's structure.
  /// - Throws: ``PerturbationError``, as ``valueAndGradient(at:key:of:)``.
  public func gradient<Parameters: Tree & Sendable, Scalar: TensorFloatingPoint>(
    at x: Parameters, key: RandomKey? = nil,
    of function: @escaping @Sendable (Parameters) throws -> Tensor<Scalar>
  ) throws -> Parameters {
    try valueAndGradient(at: x, key: key, of: function).gradient
  }
}

extension ZeroOrder {
  /// The parameters that the function was given for one sample: θ + σz, or θ − σz for the other one of
  /// an antithetic pair.
  ///
  /// - Parameters:
  ///   - sample: The sample, from 0 to ``samples`` − 1.
  ///   - x: θ.
  ///   - key: The key of the call.
  ///   - mirrored: Whether the direction is −z.
  /// - Returns: A tree of θ's structure.
  /// - Throws: ``PerturbationError`` for a sample that there is none of, and for parameters that are
  ///   empty or not finite.
  /// - Complexity: That of drawing one direction, or a group of orthogonal ones.
  public func input<Parameters: Tree & Sendable>(
    ofSample sample: Int, at x: Parameters, key: RandomKey, mirrored: Bool = false
  ) throws -> Parameters {
    guard (0..<samples).contains(sample) else {
      throw PerturbationError.invalidParameter(
        name: "the sample", value: "\(sample)", expected: "0 to \(samples - 1)")
    }
    let call = ZeroOrderCall(
      self, key: key, ScalarFunction(x) { (_: Parameters) in Tensor<Double>(0) })
    let values = x.values.map { $0.concrete("ZeroOrder.input") }
    let point = try ParameterPoint(values, sigma: sigma) { x.leafPaths }
    let group = Swift.max(call.groupSize(point), 1)
    let first = sample / group * group
    let block = DirectionBlock(
      point.leaves, call.sampler, capacity: group, groupSize: call.groupSize(point))
    _ = try block.draw(first..<Swift.min(first + group, samples))
    let row = sample - first
    let inputs = call.inputs(point, block, row..<row + 1, [mirrored ? -1 : 1])
    return x.withValues(zip(inputs, values).map { $0.reshaped($1.shape) })
  }
}

extension ZeroOrderCall {
  /// f(θ) as a value without axes, which can be differentiated and mapped.
  func value(at theta: [Value]) throws -> Value {
    try apply(EstimatorNode(self, leafCount: theta.count), theta.map(\.withRow)).reshaped([])
  }
}

extension Value {
  /// The value as the only row.
  var withRow: Value { reshaped(shape.inserting(1, at: 0)) }
}
