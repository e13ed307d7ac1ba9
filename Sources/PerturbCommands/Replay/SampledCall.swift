internal import Perturbations
internal import Synchronization
internal import Tensors

/// A perturbed call of which any sample's input can be made again.
struct SampledCall {
  let theta: NumberList
  let sigma: Double
  let noise: Noise
  let key: RandomKey
  let precision: Precision

  /// θ + σz of a sample.
  ///
  /// - Throws: ``CommandError`` for parameters that no call takes.
  /// - Complexity: O(`sample`): all samples before it are drawn as well.
  func input(ofSample sample: Int) throws(CommandError) -> [Double] {
    do {
      switch precision {
      case .single: return try input(sample, Float.self)
      case .double: return try input(sample, Double.self)
      }
    } catch { throw CommandError("\(error)") }
  }

  private func input<Scalar: CommandScalar>(
    _ sample: Int, _ type: Scalar.Type
  ) throws -> [Double] {
    let recorder = SampleRecorder(sample: sample)
    let point = NumberArray(theta.values(in: precision), precision: precision)
    _ = try Scalar.perturbed(
      recorder, samples: sample + 1, sigma: sigma, noise: noise)(point.tensor(of: type), key: key)
    return recorder.input
  }
}

extension CommandScalar {
  fileprivate static func perturbed(
    _ recorder: SampleRecorder, samples: Int, sigma: Double, noise: Noise
  ) throws -> Perturbed<Tensor<Self>, Tensor<Self>> {
    try perturbed(
      .batches(recorder),
      PerturbationSettings(
        samples: samples, sigma: sigma, noise: noise, baseline: .none, sampling: .independent,
        threads: 1))
  }
}

/// Keeps the input of one sample.
private final class SampleRecorder: BatchFunction {
  private let sample: Int
  private let kept = Mutex<[Double]>([])

  init(sample: Int) { self.sample = sample }

  var input: [Double] { kept.withLock { $0 } }

  func evaluate(_ request: BatchRequest) -> BatchAnswer {
    let row = sample - request.firstSample
    if request.firstSample >= 0, row >= 0, row < request.count {
      let width = request.width
      kept.withLock { $0 = Array(request.inputs[row * width..<(row + 1) * width]) }
    }
    return BatchAnswer(outputs: [Double](repeating: 0, count: request.count), width: 1)
  }
}
