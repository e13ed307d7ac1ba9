import Tensors
import Testing

@Suite struct TreeDescriptionTests {
  struct Layer: TreeStruct {
    var weight: Tensor<Float>
    var bias: Tensor<Double>?
    var name = "dense"
    static var children: [Child<Layer>] { [Child(\.weight), Child(\.bias)] }
  }

  struct Model: TreeStruct {
    var layers: [Layer]
    var tables: [String: Tensor<Int32>] = ["b": 2, "a": 1]
    var rest: [Tensor<Float>] = []
    var rate = 0.5
    static var children: [Child<Model>] { [Child(\.layers), Child(\.tables), Child(\.rest)] }
  }

  @Test func `a model prints as its properties`() {
    let model = Model(
      layers: [Layer(weight: [[1, 2], [3, 4]], bias: [0.5]), Layer(weight: [[1]], bias: nil)])
    #expect(
      "\(model)" == """
        Model
          layers[0]: Layer
            weight: float [2, 2]
              [[1. 2.]
               [3. 4.]]
            bias: double [1] = [0.5]
            name: dense
          layers[1]: Layer
            weight: float [1, 1] = [[1.]]
            bias: nil
            name: dense
          tables["a"]: int32 [] = 1
          tables["b"]: int32 [] = 2
          rest: []
          rate: 0.5
        """)
  }

  @Test func `tuples, leaves and parts of a map`() {
    let layer = Layer(weight: [[1]])
    #expect(
      "\(Tuple(layer, [Tensor<Float>(2)]))" == """
        Tuple
          0: Layer
            weight: float [1, 1] = [[1.]]
            bias: nil
            name: dense
          1[0]: float [] = 2.0
        """)
    #expect("\(Leaf(Tensor<Bool>([true, false])))" == "bool [2] = [ True False]")
    _ = vmap { (x: Tensor<Float>) in
      #expect("\(Layer(weight: x))".contains("weight: float [1] = (mapped)"))
      return x
    }([[1], [2]])
  }
}
