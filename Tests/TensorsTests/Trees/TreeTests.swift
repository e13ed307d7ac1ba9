import Tensors
import Testing

struct TreeTests {
  struct Layer: TreeStruct, Equatable {
    var weight: Tensor<Double>
    var bias: Tensor<Double>?
    var name = "layer"
    static var children: [Child<Layer>] { [Child(\.weight), Child(\.bias)] }
  }

  let x: Tensor<Double> = [1, 2]

  @Test func leavesComeInJAXsOrder() {
    let tree: [String: [Tensor<Double>]] = ["b": [1, 2], "a": [3], "c": []]
    #expect(tree.leaves.map { $0.tensor(of: Double.self).scalar } == [3, 1, 2])
    #expect(tree.leafPaths == [#"["a"][0]"#, #"["b"][0]"#, #"["b"][1]"#])
    let numbers: [Int: Tensor<Double>] = [10: 1, 9: 2]
    #expect(numbers.leaves.map { $0.tensor(of: Double.self).scalar } == [2, 1])
  }

  @Test func pathsNameTheWay() {
    let layer = Layer(weight: x, bias: 1)
    #expect(layer.leafPaths == [".weight", ".bias"])
    #expect(["l": [layer]].leafPaths == [#"["l"][0].weight"#, #"["l"][0].bias"#])
    #expect(Tuple(x, [x]).leafPaths == [".0", ".1[0]"])
    #expect(x.leafPaths == [""])
    #expect(Layer(weight: x, bias: nil).leafPaths == [".weight"])
  }

  @Test func leavesAreReplacedInOrder() {
    let layer = Layer(weight: x, bias: 1, name: "first")
    let doubled = layer.withLeaves(layer.leaves.map { Leaf(2 * $0.tensor(of: Double.self)) })
    #expect(doubled == Layer(weight: [2, 4], bias: 2, name: "first"))
    let tuple = Tuple(layer, ["k": x])
    let turned = tuple.withLeaves(tuple.leaves.map { Leaf(-$0.tensor(of: Double.self)) })
    #expect(turned.elements.0.bias == -1)
    #expect(turned.elements.1["k"] == [-1, -2])
  }

  @Test func gradientsHaveTheStructureOfTheInput() {
    let layer = Layer(weight: x, bias: nil)
    let gradient = gradient(at: layer) { square($0.weight).sum() }
    #expect(gradient == Layer(weight: 2 * x, bias: nil))
    let nested = Layer(weight: x, bias: 3)
    let both = Tensors.gradient(at: [nested]) { layers in
      (layers[0].weight * (layers[0].bias ?? 0)).sum()
    }
    #expect(both[0].weight == [3, 3])
    #expect(both[0].bias == 3)
  }

  @Test func mismatchesNameThePath() {
    func mismatch(_ a: some Tree, _ b: some Tree) -> String {
      do throws(TreeMismatch) {
        try a.checkStructure(b, "adding")
        return ""
      } catch {
        return error.description
      }
    }
    let a = ["u": x, "v": x]
    #expect(mismatch(a, a).isEmpty)
    #expect(
      mismatch(a, ["u": x, "v": Tensor<Double>([1, 2, 3])])
        == #"adding: the trees differ at ["v"]: double[2] against double[3]"#)
    #expect(
      mismatch(a, ["u": x])
        == #"adding: the trees differ at ["v"]: double[2] against nothing"#)
    #expect(
      mismatch(["u": x], ["u": x, "w": x])
        == #"adding: the trees differ at ["w"]: nothing against double[2]"#)
    #expect(
      mismatch(a, ["u": x, "w": Tensor<Double>([1])])
        == #"adding: the trees differ at ["v"]: the second tree has ["w"] in this place"#)
    #expect(
      mismatch(x, x.cast(to: Float.self))
        == "adding: the trees differ at the root: double[2] against float[2]")
  }

  @Test func equalShapesInOtherPlacesAreAMismatch() {
    func differ<T: Tree>(_ a: T, _ b: T) -> String? {
      #expect(!a.hasStructure(of: b))
      #expect(a.hasStructure(of: a) && b.hasStructure(of: b))
      do throws(TreeMismatch) {
        try a.checkStructure(b, "adding")
        return nil
      } catch { return error.description }
    }
    #expect(
      differ(["u": x, "v": x], ["u": x, "w": x])
        == #"adding: the trees differ at ["v"]: the second tree has ["w"] in this place"#)
    #expect(
      differ([[x, x], [x]], [[x], [x, x]])
        == "adding: the trees differ at [0][1]: the second tree has [1][0] in this place")
    #expect(
      differ([x, nil], [nil, x])
        == "adding: the trees differ at [0]: the second tree has [1] in this place")
    #expect(
      differ(Tuple([x], [x, x]), Tuple([x, x], [x]))
        == "adding: the trees differ at .1[0]: the second tree has .0[1] in this place")
    // No leaves in other places.
    #expect(differ(["u": [x], "v": []], ["u": [x], "w": []]) == nil)
    // Another type with the same paths is the same tree.
    #expect(throws: Never.self) { try [x].checkStructure([Leaf(x)]) }
    #expect(throws: TreeMismatch.self) { try [x].checkStructure(Tuple(x)) }
  }

  @Test func arithmeticStopsAtOtherKeys() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let a: [String: Tensor<Double>] = ["u": 1]
      _ = a.adding(["v": 1])
    }
    #expect(says(result, #"adding: the trees differ at ["u"]"#))
  }

  @Test func tooFewOrTooManyLeavesStop() async {
    let tooMany = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let x: Tensor<Double> = 1
      _ = [x].withLeaves([Leaf(x), Leaf(x)])
    }
    #expect(says(tooMany, "Tree: a tree took 1 of 2 leaves"))
    let tooFew = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let x: Tensor<Double> = 1
      _ = [x, x].withLeaves([Leaf(x)])
    }
    #expect(says(tooFew, "Tree: a tree asks for more than the 1 leaves"))
  }
}
