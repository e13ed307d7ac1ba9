import Fuzzing
import Perturbations
import Synchronization
import Testing

/// Runs blocks on one thread, and keeps what the parts are as bytes.
private final class Recording: Execution {
  private let recorded = Mutex<[[UInt8]]>([])

  var parts: [[UInt8]] { recorded.withLock { $0 } }

  func run<P: Pass>(_ pass: P, blocks: Range<Int>) throws -> PassPart {
    // A whole, and its first and last block, whose nodes stay apart.
    let ends = [0..<1, max(blocks.count - 1, 0)..<blocks.count].map {
      blocks.lowerBound + $0.lowerBound..<blocks.lowerBound + $0.upperBound
    }
    let whole = try Threads(1).run(pass, blocks: blocks)
    var cut = try Threads(1).run(pass, blocks: ends[0])
    if blocks.count > 2 { try cut.merge(try Threads(1).run(pass, blocks: ends[1])) }
    recorded.withLock { $0 += [whole.encoded(), cut.encoded()] }
    return whole
  }
}

/// Runs nothing: every part is what some bytes say.
private struct Replaying: Execution {
  let bytes: [UInt8]

  func run<P: Pass>(_ pass: P, blocks: Range<Int>) throws -> PassPart {
    let part = try PassPart(decoding: bytes, layout: pass.layout)
    let encoded = part.encoded()
    if try PassPart(decoding: encoded, layout: pass.layout).encoded() != encoded {
      throw Fuzzer.Failure("a part is not decoded as it is encoded")
    }
    var whole = PassPart(segments: pass.segments)
    try whole.merge(part)
    return whole
  }
}

/// Partial sums come from other machines, so any bytes are an input: an error, never a trap.
@Suite("Partial sums of any bytes") struct PassPartFuzzTests {
  private static let theta: Tensor<Double> = [0.3, -0.2, 0.5]
  private static let key = RandomKey(8)

  private func check(_ name: String, _ call: (Smoothing) throws -> Void) throws {
    var smoothing = Smoothing(samples: 20_000, sigma: 0.4)
    let recording = Recording()
    smoothing.execution = recording
    try call(smoothing)
    try Fuzzer("partial-sums-\(name)", corpus: recording.parts).run { bytes in
      smoothing.execution = Replaying(bytes: bytes)
      do { try call(smoothing) } catch is PassPartError {
      } catch is PerturbationError {}
    }
  }

  @Test func sums() throws {
    let theta = Self.theta
    try check("sums") { smoothing in
      let perturbed: Perturbed<Tensor<Double>, Tensor<Double>> = try Perturbed(Ranking(), smoothing)
      _ = try perturbed(theta, key: Self.key)
    }
  }

  @Test(arguments: [Sampling.independent, .antithetic, .quasiMonteCarlo()])
  func moments(_ sampling: Sampling) throws {
    let theta = Self.theta
    try check("moments-\(sampling.name)") { smoothing in
      var smoothing = smoothing
      smoothing.sampling = sampling
      let perturbed: Perturbed<Tensor<Double>, Tensor<Double>> = try Perturbed(Ranking(), smoothing)
      _ = try perturbed.gradientEstimate(at: theta, key: Self.key) { $0 }
    }
  }

  @Test func solutions() throws {
    let theta = Self.theta
    try check("solutions") { smoothing in
      let perturbed: Perturbed<Tensor<Double>, Tensor<Double>> = try Perturbed(ArgMax(), smoothing)
      _ = try perturbed.solutions(at: theta, key: Self.key)
    }
  }

  @Test func values() throws {
    let theta = Self.theta
    try check("values") { smoothing in
      var smoothing = smoothing
      smoothing.samples = 600
      let estimator = try ZeroOrder(.antithetic, smoothing, shaping: .centeredRanks)
      _ = try estimator.estimate(at: theta, key: Self.key) { exp($0).sum() }
    }
  }
}
