import Layers
import Tensors
import Testing

/// Values and derivatives of PyTorch's functions, in Double.
struct PyTorchValues: Decodable {
  struct Case: Decodable {
    let value: [Double]
    let gradients: [[Double]]
  }
  let grid: [Double]
  let activations: [String: Case]
  let prediction: [Double]
  let target: [Double]
  let probabilities: [Double]
  let labels: [Int32]
  let yes: [Double]
  let losses: [String: Case]
  let x: [Double]
  let weight: [Double]
  let bias: [Double]
  let linear: Case
  let scale: [Double]
  let shift: [Double]
  let layerNorm: Case
}

@Suite struct PyTorchTests {
  let known: PyTorchValues

  init() throws { known = try fixture("layers.json", as: PyTorchValues.self) }

  static let activations: [(String, Activation)] = [
    ("identity", .identity), ("relu", .relu), ("leakyReLU", .leakyReLU(slope: 0.2)),
    ("elu", .elu(scale: 1.5)), ("selu", .selu), ("gelu", .gelu), ("silu", .silu), ("mish", .mish),
    ("tanh", .tanh), ("sigmoid", .sigmoid), ("softplus", .softplus),
  ]

  @Test func `every activation is tested`() {
    #expect(Set(known.activations.keys) == Set(Self.activations.map(\.0)))
  }

  @Test(arguments: activations)
  func `value and derivative of activations`(name: String, activation: Activation) throws {
    try check(#require(known.activations[name]), [Tensor(known.grid)]) { activation($0[0]) }
  }

  @Test(arguments: [("mean", LossReduction.mean), ("sum", .sum), ("none", .none)])
  func `value and derivatives of losses`(name: String, reduction: LossReduction) throws {
    let prediction = Tensor(known.prediction).reshaped([4, 3])
    func check(
      _ loss: String, _ target: [Double],
      _ function: (Tensor<Double>, Tensor<Double>) -> Tensor<Double>
    ) throws {
      try self.check(
        #require(known.losses["\(loss) \(name)"]),
        [prediction, Tensor(target).reshaped([4, 3])]
      ) { function($0[0], $0[1]) }
    }
    try check("meanSquaredError", known.target) {
      meanSquaredError($0, $1, reduction: reduction)
    }
    try check("meanAbsoluteError", known.target) {
      meanAbsoluteError($0, $1, reduction: reduction)
    }
    try check("huberLoss", known.target) {
      huberLoss($0, $1, delta: 0.7, reduction: reduction)
    }
    try check("softmaxCrossEntropy", known.probabilities) {
      softmaxCrossEntropy($0, $1, reduction: reduction)
    }
    try check("binaryCrossEntropy", known.yes) {
      binaryCrossEntropy(logits: $0, $1, reduction: reduction)
    }
    try self.check(
      #require(known.losses["softmaxCrossEntropy labels \(name)"]), [prediction]
    ) { softmaxCrossEntropy($0[0], labels: Tensor(known.labels), reduction: reduction) }
  }

  @Test func `value and derivatives of a linear layer`() throws {
    let inputs = [
      Tensor(known.x).reshaped([4, 3]), Tensor(known.weight).reshaped([2, 3]), Tensor(known.bias),
    ]
    check(known.linear, inputs) { Linear(weight: $0[1], bias: $0[2])($0[0]) }
  }

  @Test func `value and derivatives of a layer normalisation`() throws {
    let inputs = [Tensor(known.x).reshaped([4, 3]), Tensor(known.scale), Tensor(known.shift)]
    check(known.layerNorm, inputs) {
      var layer = LayerNorm(3, as: Double.self)
      (layer.weight, layer.bias) = ($0[1], $0[2])
      return layer($0[0])
    }
  }

  /// Compares values, and derivatives for the cotangent 1, 2, ….
  private func check(
    _ known: PyTorchValues.Case, _ inputs: [Tensor<Double>],
    _ function: ([Tensor<Double>]) -> Tensor<Double>,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let value = function(inputs)
    #expect(
      value.flattened().isClose(to: Tensor(known.value), relative: 1e-12, absolute: 1e-14),
      "\(value) against \(known.value)", sourceLocation: sourceLocation)
    let gradients = gradient(at: inputs) { inputs in
      let y = function(inputs).flattened()
      return (y * Tensor.arange(1, Double(y.count + 1))).sum()
    }
    for (gradient, expected) in zip(gradients, known.gradients) {
      #expect(
        gradient.flattened().isClose(to: Tensor(expected), relative: 1e-11, absolute: 1e-13),
        "\(gradient) against \(expected)", sourceLocation: sourceLocation)
    }
  }
}
