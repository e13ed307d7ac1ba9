import Foundation
import Perturbations

/// Estimates in float64 on fixed noise, of the mean squared error of a linear layer; made by
/// `Scripts/make_reference.py` with NumPy from `RandomState(0)`.
struct ZeroOrderFixture: Decodable, Sendable {
  struct Estimate: Decodable, Sendable {
    let weight: [Double]
    let bias: [Double]

    enum CodingKeys: String, CodingKey {
      case weight = "W"
      case bias = "b"
    }
  }

  enum CodingKeys: String, CodingKey {
    case samples, sigma, x, y, loss, estimates
    case weight = "W"
    case bias = "b"
    case weightNoise = "noise_W"
    case biasNoise = "noise_b"
  }

  let samples: Int
  let sigma: Double
  let weight: [Double]
  let bias: [Double]
  let x: [Double]
  let y: [Double]
  let weightNoise: [Double]
  let biasNoise: [Double]
  let loss: Double
  let estimates: [String: Estimate]

  static let shared: ZeroOrderFixture = {
    guard
      let url = Bundle.module.url(
        forResource: "zero_order", withExtension: "json", subdirectory: "Fixtures"),
      let data = try? Data(contentsOf: url),
      let fixture = try? JSONDecoder().decode(ZeroOrderFixture.self, from: data)
    else { fatalError("the fixture zero_order.json does not load") }
    return fixture
  }()

  func model<Scalar: TensorFloatingPoint>(_ type: Scalar.Type = Scalar.self) -> Linear<Scalar> {
    Linear(weight: tensor([1, 32], weight), bias: tensor([1], bias))
  }

  func data<Scalar: TensorFloatingPoint>(
    _ type: Scalar.Type = Scalar.self
  ) -> (x: Tensor<Scalar>, y: Tensor<Scalar>) {
    (tensor([64, 32], x), tensor([64, 1], y))
  }

  func noise<Scalar: TensorFloatingPoint>(_ type: Scalar.Type = Scalar.self) -> [Linear<Scalar>] {
    (0..<samples).map {
      Linear(
        weight: tensor([1, 32], Array(weightNoise[$0 * 32..<($0 + 1) * 32])),
        bias: tensor([1], [biasNoise[$0]]))
    }
  }

  /// The fixture writes float32 numbers in as few digits as tell them apart.
  private func tensor<Scalar: TensorFloatingPoint>(
    _ shape: Shape, _ elements: [Double]
  ) -> Tensor<Scalar> {
    Tensor(shape: shape, scalars: elements.map { Scalar(Float($0)) })
  }
}

/// A linear layer.
struct Linear<Scalar: TensorFloatingPoint>: TreeStruct {
  var weight: Tensor<Scalar>
  var bias: Tensor<Scalar>
  static var children: [Child<Linear>] {
    [Child(\.weight, label: "weight"), Child(\.bias, label: "bias")]
  }

  func callAsFunction(_ x: Tensor<Scalar>) -> Tensor<Scalar> {
    matmul(x, weight.transposed()) + bias
  }
}

func meanSquares<Scalar: TensorFloatingPoint>(
  _ prediction: Tensor<Scalar>, _ y: Tensor<Scalar>
) -> Tensor<Scalar> {
  square(prediction - y).mean()
}

extension Tree {
  /// All elements, leaf after leaf.
  var flat: [Double] {
    leaves.flatMap { leaf in
      leaf.elementType == .double
        ? leaf.tensor(of: Double.self).scalars
        : leaf.tensor(of: Float.self).scalars.map { Double($0) }
    }
  }
}

/// A quadratic of two leaves that couples all parameters, with its gradient.
struct Quadratic: Sendable {
  let center = Tensor<Double>([0.3, -0.2, 0.5, 1, -1.5, 0.1, 0.7, -0.4])
  let matrix: Tensor<Double>
  let constant: Double

  init(constant: Double = 0) {
    let a: Tensor<Double> = RandomKey(99).normal([8, 8])
    matrix = matmul(a, a.transposed()) * 0.125
    self.constant = constant
  }

  static let start: [String: Tensor<Double>] = [
    "a": [[1, 2, -1], [0.5, 0, 1]], "b": [0.2, -0.3],
  ]

  func callAsFunction(_ x: [String: Tensor<Double>]) -> Tensor<Double> {
    let d = vector(x) - center
    return dot(d, matmul(matrix, d)) * 0.5 + constant
  }

  func vector(_ x: [String: Tensor<Double>]) -> Tensor<Double> {
    guard let a = x["a"], let b = x["b"] else { fatalError("no such leaf") }
    return concatenate([a.reshaped([6]), b], axis: 0)
  }

  var gradient: [Double] { matmul(matrix, vector(Self.start) - center).scalars }
}

/// The largest distance of estimates from the truth, in standard errors.
func largestDeviation(_ estimate: [Double], _ truth: [Double], _ errors: [Double]) -> Double {
  zip(zip(estimate, truth), errors).map { Swift.abs($0.0 - $0.1) / $1 }.max() ?? .infinity
}
