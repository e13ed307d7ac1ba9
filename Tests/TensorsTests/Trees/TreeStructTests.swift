import Tensors
import Testing

@Suite struct TreeStructTests {
  /// One frozen property of each kind.
  struct Model: TreeStruct {
    var weight: Tensor<Float>
    var mean: Tensor<Float>
    var table: [String: [Tensor<Double>]]
    let constant: Tensor<Float>
    var rate = 0.5
    static var children: [Child<Model>] { [Child(\.weight)] }
    static var frozen: [PartialKeyPath<Model>] { [\.mean, \.table, \.constant] }
  }

  let model = Model(
    weight: [1, 2], mean: [3, 4], table: ["a": [[5], 6]], constant: [7, 8])

  @Test func `what is frozen is no leaf, and 0 in gradients`() throws {
    #expect(model.leafPaths == [".weight"])
    func loss(_ model: Model) -> Tensor<Float> {
      (square(model.weight) * model.mean * model.constant).sum()
    }
    let g = gradient(at: model, of: loss)
    #expect(g.weight == [42, 128])
    #expect(g.mean == [0, 0])
    #expect(g.table == ["a": [[0], 0]])
    // A constant cannot be replaced, in a gradient neither.
    #expect(g.constant == [7, 8])
    #expect(g.rate == 0.5)
    for g in [
      try vjp(at: model, of: loss).pullback(1), gradient(at: [model]) { loss($0[0]) }[0],
      gradient(at: model, Tensor<Float>(2)) { $1 * loss($0) }.0,
      gradient(at: Tuple(model, ["a": model])) { loss($0.elements.0) }.elements.0,
      gradient(at: Optional(model)) { $0.map(loss) ?? 0 } ?? model,
      jacobian(at: model) { loss($0) }, zeros(like: model),
    ] as [Model] {
      #expect(g.mean == [0, 0] && g.table == ["a": [[0], 0]])
    }
  }

  @Test func `what is frozen stays in arithmetic and in updates`() {
    let g = gradient(at: model) { square($0.weight).sum() }
    let moved = model.adding(g, scaledBy: -0.25)
    #expect(moved.weight == [0.5, 1])
    #expect(moved.mean == model.mean && moved.table == model.table)
    #expect(model.scaled(by: 2).mean == model.mean)
    #expect(model.withLeaves([Leaf([9] as Tensor<Float>)]).mean == model.mean)
    #expect(g.adding(g).mean == [0, 0])
  }

  struct Inner { var tensor: Tensor<Float> }
  enum Choice {
    case nothing
    case tensor(Tensor<Float>)
  }
  @propertyWrapper struct Wrapped { var wrappedValue: Tensor<Float> }
  struct Pair: TreeStruct {
    var first: Tensor<Float>
    var second: Tensor<Float>
    static let children: [Child<Pair>] = [Child(\.first), Child(\.second)]
  }

  /// Properties that are listed in other ways than by their names, or hold no numbers.
  struct Listed: TreeStruct {
    @Wrapped var wrapped: Tensor<Float> = [1, 2]
    private var stored: Tensor<Double> = [3]
    var computed: Tensor<Double> {
      get { stored }
      set { stored = newValue }
    }
    var pair = Pair(first: [4], second: [5])
    var plain = Inner(tensor: [6])
    var none: Tensor<Float>?
    var empty: [Tensor<Float>] = []
    var labels: Tensor<Int32> = [1]
    var mask: Tensor<Bool> = [true]
    var names: [String] = ["a"]
    var numbers: [Double] = [0.5]
    var choice = Choice.nothing
    var copy: Tensor<Float> = 0
    var original: Tensor<Float> = 0
    static var children: [Child<Listed>] {
      [
        Child(\.wrapped), Child(\.computed), Child(\.pair.first), Child(\.pair.second),
        Child(\.plain.tensor), Child(\.none), Child(\.empty), Child(\.copy), Child(\.original),
      ]
    }
  }

  @Test func `what is listed in another way is not asked for`() {
    let tree = Listed()
    #expect(tree.leafPaths.count == 7)
    let g = gradient(at: tree) { $0.globalSum(as: Double.self) }
    #expect(g.wrapped == [1, 1] && g.pair.second == [1] && g.plain.tensor == [1])
  }

  @Test func `a forgotten property stops with its name`() async {
    let inGradient = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      struct Layer: TreeStruct {
        var weight: Tensor<Float> = [1]
        var bias: Tensor<Float> = [1]
        static var children: [Child<Self>] { [Child(\.weight)] }
      }
      _ = gradient(at: [Layer()]) { ($0[0].weight * $0[0].bias).sum() }
    }
    #expect(
      says(
        inGradient,
        "Layer: the property \"bias\" holds numbers but is not listed: name it in `children` to "
          + "have it trained, or in `frozen` to have it stay as it is"))
    let inArray = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      struct Stack: TreeStruct {
        var layers: [String: [Tensor<Double>?]] = ["a": [nil, [1]]]
        var weight: Tensor<Float> = [1]
        static var children: [Child<Self>] { [Child(\.weight)] }
      }
      _ = Stack().leafPaths
    }
    #expect(says(inArray, "Stack: the property \"layers\" holds numbers"))
    let inPart = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      struct Model: TreeStruct {
        var plain: Inner? = Inner(tensor: [1])
        var weight: Tensor<Float> = [1]
        static var children: [Child<Self>] { [Child(\.weight)] }
      }
      _ = Model().leafPaths
    }
    #expect(says(inPart, "Model: the property \"plain\" holds numbers"))
    // A copy of a listed tensor has its memory: the name tells which one was forgotten.
    let copied = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      struct Model: TreeStruct {
        var target: Tensor<Float>
        var weight: Tensor<Float>
        static var children: [Child<Self>] { [Child(\.weight)] }
      }
      let weight: Tensor<Float> = [1, 2]
      _ = gradient(at: Model(target: weight, weight: weight)) { $0.weight.sum() }
    }
    #expect(says(copied, "Model: the property \"target\" holds numbers"))
  }

  @Test(.enabled(if: TypeChecking.compiler != nil))
  func `a constant among the children is refused with advice`() throws {
    let messages = try TypeChecking.messages(
      for: """
        import Tensors
        struct Model: TreeStruct {
          let weight: Tensor<Float>
          static var children: [Child<Self>] { [Child(\\.weight)] }
        }
        """)
    #expect(
      messages.contains(
        "a constant cannot be trained: make the property a var, or list it in frozen"),
      "\(messages)")
  }

  @Test(.enabled(if: TypeChecking.compiler != nil))
  func `a class is refused by the compiler`() throws {
    let members = """
      { 
        var weight: Tensor<Float> = [1]
        static var children: [Child<Model>] { [Child(\\.weight)] }
      """
    let accepted = "import Tensors\nstruct Model: TreeStruct \(members) }"
    #expect(try TypeChecking.messages(for: accepted) == "")
    let advice = "a model that is a class and its gradient would be one object: make it a struct"
    for start in ["final class", "class"] {
      let messages = try TypeChecking.messages(
        for: "import Tensors\n\(start) Model: TreeStruct \(members) init() {} }")
      #expect(messages.contains(advice), "\(messages)")
    }
    let plain = try TypeChecking.messages(
      for: """
        import Tensors
        final class Model: Tree {
          var weight: Tensor<Float> = [1]
          func appendLeaves(to leaves: inout [Leaf]) { weight.appendLeaves(to: &leaves) }
          func replaceLeaves(from reader: inout LeafReader) { weight.replaceLeaves(from: &reader) }
          func appendLeafPaths(to paths: inout [String], prefix: String) { paths.append(prefix) }
        }
        """)
    #expect(plain.contains(advice), "\(plain)")
  }
}
