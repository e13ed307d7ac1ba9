import Foundation
import Perturbations

/// One line from the driver: what to do.
struct Request: Decodable {
  enum Action: String, Decodable { case prepare, run }
  let action: Action
  let setup: Setup?
  let seed: UInt64?
  /// How many times to do the work between two looks at the clock.
  let repeats: Int?
  /// Whether to send the numbers that came out.
  let wantsOutput: Bool?
}

/// A case with its sizes and inputs.
struct Setup: Decodable {
  let name: String
  /// Value with gradient rather than the value alone.
  let gradient: Bool
  let parameters: [String: Double]
  let noise: String
  /// How a perturbed solver is sampled: "baseline", "sampling", and "exact" for its formula.
  let settings: [String: String]?
  let threads: Int?
  let inputs: [String: Array]

  /// Numbers in a file, little-endian and row-major.
  struct Array: Decodable {
    let path: String
    let shape: [Int]
  }

  func integer(_ name: String) throws -> Int { Int(try number(name)) }

  func number(_ name: String) throws -> Double {
    guard let value = parameters[name] else { throw CaseError("no parameter \(name)") }
    return value
  }

  func smoothing() throws -> Smoothing {
    let baseline = settings?["baseline"] ?? Baseline.none.rawValue
    let sampling = settings?["sampling"] ?? Sampling.independent.name
    guard let baseline = Baseline(rawValue: baseline), let sampling = Sampling.named(sampling)
    else { throw CaseError("no baseline \(baseline) or no sampling \(sampling)") }
    return Smoothing(
      samples: try integer("samples"), sigma: try number("sigma"), noise: try perturbation(),
      baseline: baseline, sampling: sampling, threads: threads)
  }

  func perturbation() throws -> Noise {
    guard let noise = Noise.named(noise) else { throw CaseError("no noise \(noise)") }
    return noise
  }

  func tensor<Scalar: TensorFloatingPoint>(
    _ name: String, _ type: Scalar.Type = Float.self
  ) throws -> Tensor<Scalar> {
    guard let input = inputs[name] else { throw CaseError("no input \(name)") }
    let data = try Data(contentsOf: URL(filePath: input.path))
    let count = input.shape.reduce(1, *)
    guard data.count == count * MemoryLayout<Double>.size else {
      throw CaseError("\(input.path) has \(data.count) bytes")
    }
    let doubles = data.withUnsafeBytes { bytes in
      (0..<count).map { bytes.loadUnaligned(fromByteOffset: 8 * $0, as: Double.self) }
    }
    return Tensor(shape: Shape(input.shape), scalars: doubles.map { Scalar(nearest: $0) })
  }
}

/// One line to the driver.
struct Response: Encodable {
  var error: String?
  var seconds: Double?
  /// Processor time over all threads.
  var processorSeconds: Double?
  var output: [[Double]]?
  /// The largest resident set of this process so far, in bytes.
  var peakMemory: Int?
}

struct CaseError: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}

/// What a case computed, kept as it came until the clock has stopped.
struct Outputs {
  var tensors: [Tensor<Float>] = []
  var doubles: [Tensor<Double>] = []

  init(_ tensors: Tensor<Float>...) { self.tensors = tensors }
  init(_ tensors: [Tensor<Float>]) { self.tensors = tensors }
  init(_ doubles: [Tensor<Double>]) { self.doubles = doubles }

  /// At most 4096 numbers of each: enough to compare.
  var numbers: [[Double]] {
    tensors.map { $0.scalars.prefix(4096).map(Double.init) }
      + doubles.map { Swift.Array($0.scalars.prefix(4096)) }
  }
}

/// A case that is ready to run: from a seed to what it computes.
typealias PreparedCase = (_ seed: UInt64) throws -> Outputs
