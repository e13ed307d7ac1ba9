import Perturbations
import Testing

@Sendable private func softTensor(_ x: Tensor<Double>) -> Tensor<Double> { square(x) }
private func squares(_ x: [Double]) -> [Double] { x.map { $0 * $0 } }
private func sum(_ x: [Double]) throws -> Double { x.reduce(0, +) }
private func step(_ x: Float) -> Float { x > 0 ? 1 : 0 }
private func transposed(_ x: [[Float]]) -> [[Float]] {
  x.first.map { $0.indices.map { column in x.map { $0[column] } } } ?? []
}

/// Functions by name and as closures, of numbers, arrays and nested arrays.
@Suite struct PlainFunctionTests {
  private let key = RandomKey(4)
  private let theta: Tensor<Double> = [0.3, -0.2, 0.5]
  private let smoothing = Smoothing(samples: 40, sigma: 0.5)

  @Test func functionsFirst() throws {
    let tensor = try Perturbed(samples: 40, sigma: 0.5) { (x: Tensor<Double>) in square(x) }
    let array = try Perturbed(samples: 40, sigma: 0.5) { (x: [Double]) in x.map { $0 * $0 } }
    let expected = try tensor(theta, key: key)
    #expect(try Perturbed(softTensor, smoothing)(theta, key: key) == expected)
    #expect(try Perturbed(softTensor, samples: 40, sigma: 0.5)(theta, key: key) == expected)
    let arrays = try array(theta, key: key)
    #expect(try Perturbed(squares, smoothing)(theta, key: key) == arrays)
    #expect(try Perturbed(squares, samples: 40, sigma: 0.5)(theta, key: key) == arrays)
    #expect((arrays - expected).scalars.allSatisfy { abs($0) < 1e-14 })
    let stored = { @Sendable (x: [Double]) in x.map { $0 * $0 } }
    #expect(try Perturbed(stored, samples: 40, sigma: 0.5)(theta, key: key) == arrays)
    let batch = stack([theta, -theta])
    #expect(
      try Perturbed(squares, smoothing)(batch, key: key, batched: true)
        == Perturbed(smoothing) { (x: [Double]) in x.map { $0 * $0 } }(
          batch, key: key, batched: true))
  }

  /// A number out is a tensor without axes, with the numbers of an array of one.
  @Test func numbers() throws {
    let number = try Perturbed(sum, smoothing)
    let array = try Perturbed(smoothing) { (x: [Double]) in [x.reduce(0, +)] }
    #expect(try number(theta, key: key).shape == [])
    #expect(try number(theta, key: key).scalars == array(theta, key: key).scalars)
    #expect(
      try gradient(at: theta) { try number($0, key: key) }
        == gradient(at: theta) { try array($0, key: key).sum() })
    let single = try Perturbed(step, Smoothing(samples: 4000, sigma: 1))
    let value = try single(Tensor<Float>(0), key: key)
    #expect(value.shape == [])
    // P(Z > 0) = 1/2, to 4 standard errors.
    let root = Float(4000).squareRoot()
    #expect(abs(value.scalar - 0.5) < 4 * 0.5 / root)
    // The density of the normal distribution at 0, (2π)^(-1/2), of terms with a variance below 1/2.
    let slope = try gradient(at: Tensor<Float>(0)) { try single($0, key: key) }
    let deviation = Float(0.5).squareRoot()
    #expect(abs(slope.scalar - 0.398_94) < 4 * deviation / root)
    // One number with axes is a number too; several are not.
    #expect(try single([[0]], key: key).scalar == value.scalar)
    #expect(throws: PerturbationError.self) { try single([0, 1], key: key) }
  }

  @Test func matrices() throws {
    let matrix: Tensor<Float> = [[1, 2, 3], [4, 5, 6]]
    let turned = try Perturbed(transposed, smoothing)
    let value = try turned(matrix, key: key)
    #expect(value.shape == [3, 2])
    let flat = try Perturbed(smoothing) { (x: [Float]) in x }
    #expect(try value == flat(matrix, key: key).reshaped([2, 3]).transposed())
    let rows = try Perturbed(smoothing) { (x: [[Float]]) in x.map { $0.reduce(0, +) } }
    #expect(try rows(matrix, key: key).shape == [2])
    let batch = stack([matrix, 2 * matrix, -matrix])
    #expect(try turned(batch, key: key, batched: true).shape == [3, 3, 2])
    let third = try Perturbed(smoothing) { (x: [[[Float]]]) in x[2][1][0] }
    #expect(
      try third(batch, key: key).scalar
        == Perturbed(smoothing) { (x: [Float]) in x[15] }(batch, key: key).scalar)
    #expect(throws: PerturbationError.self) { try turned([1, 2, 3], key: key) }
    #expect(throws: PerturbationError.self) { try turned(batch, key: key) }
  }

  @Test func raggedRowsAreErrors() throws {
    let ragged = try Perturbed(smoothing) { (x: [Float]) in [[x[0]], [x[1], x[2]]] }
    do {
      _ = try ragged([1, 2, 3], key: key)
      Issue.record("no error")
    } catch PerturbationError.functionFailed(let sample, _, let error) {
      #expect(sample == 0)
      #expect("\(error)" == "row 1 of an array has 2 entries, expected 1 as in row 0")
    }
  }

  @Test func emptyArraysAreValues() throws {
    let nothing = try Perturbed(smoothing) { (_: [Float]) in [] as [Float] }
    #expect(try nothing([1, 2], key: key).shape == [0])
    let rows = try Perturbed(smoothing) { (_: [Float]) in [] as [[Float]] }
    #expect(try rows([1, 2], key: key).shape == [0, 0])
  }

  @Test func numbersDoNotDependOnThreads() throws {
    for threads in [2, 3, 8] {
      let values = try [1, threads].map {
        try Perturbed(squares, samples: 10_000, sigma: 0.5, threads: $0)
      }
      #expect(try values[0](theta, key: key) == values[1](theta, key: key))
      #expect(
        try gradient(at: theta) { try values[0]($0, key: key).norm() }
          == gradient(at: theta) { try values[1]($0, key: key).norm() })
    }
  }
}
