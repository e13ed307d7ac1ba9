#if os(macOS) || os(Linux)
  import Testing

  /// What users write is type-checked at once, and mistakes get one error that says what to write.
  @Suite(
    .serialized,
    .enabled(if: Compiler.missing == nil, "\(Compiler.missing ?? "there is a compiler")"))
  struct ExpressionTests {
    /// What stands before each expression: a tensor for each element type and numbers of Swift's.
    static let parameters = """
      _ x: Tensor<Float>, _ y: Tensor<Float>, _ d: Tensor<Double>, _ i: Tensor<Int32>, \
      _ mask: Tensor<Bool>, _ n: Int, _ f: Float, _ s: Double, _ text: String, _ list: [Float], \
      _ maybe: Float?, _ model: Model, _ key: RandomKey
      """

    static let model = """
      import Tensors
      struct Model: TreeStruct {
        var a: Tensor<Float>
        var b: Tensor<Float>
        static var children: [Child<Self>] { [Child(\\.a), Child(\\.b)] }
      }
      """

    /// One function for each expression, which stands on a line of its own.
    static func program(_ expressions: [String]) -> (source: String, firstLine: Int) {
      let head = model.split(separator: "\n", omittingEmptySubsequences: false).count
      let functions = expressions.enumerated().map { index, expression in
        "func f\(index)(\(parameters)) {\n\(expression)\n}"
      }
      return (model + "\n" + functions.joined(separator: "\n") + "\n", head + 2)
    }

    static let good = [
      "let _ = 2 * x / n + 3 * x - x / 4 + 1.5",
      "let _ = 2 * x / n + 3 * x - x / n + 1.5 * x * x - 2",
      "let _ = 2 * x / Float(n) + 3 * x - x / s + f",
      "let _ = 0.5 * (x - y) * (x - y) + 0.1 * abs(x) - 1",
      "let _ = (1 - x) * log(1 - x) + x * log(x)",
      "let _ = s * x + (1 - s) * y",
      "let _ = 2 * d / f + 3 * d - n",
      "let _ = i * n + 2 - n * i / 3",
      "let _ = -x * f + 2 * f * y - 3 / x + f",
      "let _ = exp(-x * x / 2) / sqrt(2 * Tensor.pi * s)",
      "let _ = 100 * (y - x * x) ** 2 + (1 - x) ** 2 + x ** n",
      "let _ = (1.5 - x + x * y) ** 2 + (2.25 - x + x * y ** 2) ** 2 + (2.625 - x + x * y ** 3) ** 2",
      "let _ = ((x - x.mean()) / (x.standardDeviation() + 1e-5)) * 2 + 1",
      "let _ = matmul(x, y) + 2 * matmul(y, x) - 1 / (x + 1) * (1 + x)",
      "let _ = x[0] * 2 + x[1] * 3 - x[..., 0, 1] / 4 + x[.all, 0] * 1.5",
      "let _ = (x .> 0) .& (y .<= 2 * x + 1) .| (x .== n) .| (s .< x)",
      "let _ = select(x .> 0.5, 2 * x, 1 - x / 3) + select(mask, x, s) + select(mask, n, x)",
      "let _ = maximum(x, s) + minimum(x, n) + pow(x, f) + x[mask].sum()",
      "let _: Tensor<Double> = 2 * [1, 2, 3] + 0.5",
      "let _: Tensor<Float> = [2 / 3, 1 / 3 * 2 - 1]; let _: Tensor<Int32> = [2 * 3, 1 + 3]",
      "let _: Tensor<Float> = select(mask.any(), 1, -1) + maximum(x, 0)",
      "var z = x; z += n; z *= 0.5; z -= s * x; z /= f; z[mask] = 0; z[..., 0] = y[0]",
      "let _ = (0..<4).map { x * $0 + y / 2 }",
      "let _ = gradient(at: x) { (2 * $0 * $0 + 3 * $0 / n - 1).sum() }",
      "let _ = gradient(at: x, d) { (2 * $0 * $0 + 3 * $0).sum() + ($1 * $1 / 2).sum().cast(to: Float.self) }",
      "let _ = gradient(at: x) { x in gradient(at: x) { ($0 * $0 * $0 / 3 + 2 * $0).sum() }.sum() * 2 }",
      "let _ = gradient(at: model) { (m: Model) in (2 * m.a * m.b + 3 * m.a / n - 1).sum() }",
      "let _ = valueAndGradient(at: x) { (2 * $0 * $0 + 3 * $0 - 1).sum() }",
      "let _ = vjp(at: x) { 2 * $0 * $0 + 3 * $0 - 1 }",
      "let _ = jvp(at: x, along: y) { 2 * $0 * $0 + 3 * $0 - 1 }",
      "let _ = jacobian(at: x) { 2 * $0 * $0 + 3 * $0 - 1 }",
      "let _ = hessian(at: x) { (2 * $0 * $0 + 3 * $0 - 1).sum() }",
      "let _ = hessianVectorProduct(at: x, along: y) { (2 * $0 * $0 + 3 * $0 - 1).sum() }",
      "let _ = vmap { 2 * $0 / $0.sum() - 1 + $0 * n }(x)",
      "let _ = vmap { x, y in 2 * x / y.sum() - 1 + x * n }(x, y)",
      "let a = key.child(n).normal([64, 32]) * 0.1 + key.uniform([32]); let _: Tensor<Float> = a",
      "let a = d + key.normal([3]); let _: Tensor<Double> = a",
      "let a: Tensor<Double> = key.uniform([3], in: -1..<1) * 2; let b = key.gumbel([2], as: Double.self); _ = a + b",
      "func g<S: TensorFloatingPoint>(_ x: Tensor<S>, _ s: S) -> Tensor<S> { s * x + 2 * x / s - key.normal([3]) }",
    ]

    @Test func whatIsRightTakesNoSearch() throws {
      let (source, first) = Self.program(Self.good)
      // A hundredth of what the compiler allows without being asked; these need up to 7,000.
      let answer = try Compiler.check(source, scopes: 10_000)
      #expect(answer.status == 0, "\(answer.text)")
      for (index, expression) in Self.good.enumerated() {
        #expect(answer.errors[first + 3 * index] == nil, "\(expression)")
      }
    }

    static let mixed = "element types do not mix: write `.cast(to:)` on one side"
    static let whole = "a tensor of integers takes integers only: write `x.cast(to: Float.self)`"
    static let truth = "truth values are no numbers: write `mask.cast(to: Float.self)`"

    /// What is wrong, and what the one error has to say.
    static let bad = [
      ("let _ = x * d + 2", mixed),
      ("let _ = 2 * x + 3 * d - 1.5 * x / 4", mixed),
      ("let _ = 2 * x + i * 3 - x / 4 + 1.5", mixed),
      ("let _ = gradient(at: x) { ($0 * d + 3 * $0 - 1).sum() }", mixed),
      ("let _ = exp(-x * x / (2 * n)) / sqrt(2 * d)", mixed),
      ("let _ = x .> d", mixed),
      ("let _ = maximum(x, d)", mixed),
      ("let _ = 1.5 * i + 2", whole),
      ("let _ = i / 2.5", whole),
      ("let _ = i * s + 3 * i - 1", whole),
      ("let _ = i .> s", whole),
      ("let _ = 2 * x + mask * x - 1", truth),
      ("let _ = mask * 2 + 1", truth),
      ("let _ = 2 * x + text - 3 * x", "a text is no number: write Float(text)"),
      ("let _ = 2 * x + list * x - 1", "an array is no tensor: write Tensor(array)"),
      ("let _ = 2 * x + x * maybe - 1", "this is optional: unwrap it first"),
      ("let _ = x > 0", "elements are compared by .>"),
      ("let _ = x < y", "elements are compared by .<"),
      ("let _ = select(x > 0.5, 2 * x, 1 - x / 3)", "elements are compared by .>"),
      ("let _ = (x .> 0) && (y .> 0)", "truth values are combined by .&"),
      ("let _ = !mask", "truth values are negated by .!"),
      ("let _ = x ^ 2 + 3 * x", "powers are written **"),
      ("let _ = select(x, 2 * x, 1 - x / 3)", "expected argument type 'Tensor<Bool>'"),
      ("let _ = 2 * x + undefined - 3 * x", "cannot find 'undefined' in scope"),
    ]

    @Test func whatIsWrongIsOneClearError() throws {
      let (source, first) = Self.program(Self.bad.map(\.0))
      // A fifth of what the compiler allows.
      let answer = try Compiler.check(source, scopes: 200_000)
      for (index, (expression, message)) in Self.bad.enumerated() {
        let errors = answer.errors[first + 3 * index] ?? []
        #expect(errors.count == 1, "\(expression): \(errors)")
        #expect(errors.first?.contains(message) == true, "\(expression): \(errors)")
      }
    }

    /// The bound is one: an expression of wrong types that no overload takes goes past it.
    @Test func theBoundIsReached() throws {
      let (source, first) = Self.program(["let _ = 2 * f + text - 3 * f * 2 - f / 4"])
      let answer = try Compiler.check(source, scopes: 10_000)
      #expect(answer.errors[first]?.first?.contains("in reasonable time") == true, "\(answer.text)")
    }
  }
#endif
