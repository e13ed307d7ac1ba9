import Fuzzing
import Perturbations
import Synchronization
import Testing

/// Runs blocks on one thread, and keeps the parts of each pass.
private final class Recording: Execution {
  /// Of one pass: the whole, and as bytes that and its first and last block, whose nodes stay apart.
  struct Parts: Sendable {
    let whole: PassPart
    let bytes: [[UInt8]]
  }

  private let recorded = Mutex<[Parts]>([])

  var passes: [Parts] { recorded.withLock { $0 } }

  func run<P: Pass>(_ pass: P, blocks: Range<Int>) throws -> PassPart {
    let whole = try Threads(1).run(pass, blocks: blocks)
    var cut = try Threads(1).run(pass, blocks: blocks.lowerBound..<blocks.lowerBound + 1)
    if blocks.count > 2 {
      try cut.merge(Threads(1).run(pass, blocks: blocks.upperBound - 1..<blocks.upperBound))
    }
    recorded.withLock { $0.append(Parts(whole: whole, bytes: [whole.encoded(), cut.encoded()])) }
    return whole
  }
}

/// Runs nothing: the part of one pass is what some bytes say, the others are those that were recorded.
private final class Replaying: Execution {
  private let wholes: [PassPart]
  private let number: Int
  private let bytes: [UInt8]
  private let next = Mutex(0)

  init(_ wholes: [PassPart], pass number: Int, _ bytes: [UInt8]) {
    (self.wholes, self.number, self.bytes) = (wholes, number, bytes)
  }

  func run<P: Pass>(_ pass: P, blocks: Range<Int>) throws -> PassPart {
    let present = next.withLock {
      $0 += 1
      return $0 - 1
    }
    if present != number, wholes.indices.contains(present) { return wholes[present] }
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
  /// For each test.
  private static let leastInputs = 2000

  private func check(_ name: String, _ call: (Smoothing) throws -> Void) throws {
    var smoothing = Smoothing(samples: 20_000, sigma: 0.4)
    let recording = Recording()
    smoothing.execution = recording
    try call(smoothing)
    for (number, parts) in recording.passes.enumerated() {
      let fuzzer = Fuzzer(
        "partial-sums-\(name)-\(number)", corpus: parts.bytes, bytesPerByte: 1000, isBinary: true)
      let count = max(Fuzzer.inputs, Self.leastInputs / recording.passes.count)
      try fuzzer.run(count: count) { bytes in
        smoothing.execution = Replaying(recording.passes.map(\.whole), pass: number, bytes)
        do { try call(smoothing) } catch is PassPartError {
        } catch is PerturbationError {}
      }
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

  @Test func diagnosis() throws {
    let theta = Self.theta
    try check("diagnosis") { smoothing in
      let perturbed: Perturbed<Tensor<Double>, Tensor<Double>> = try Perturbed(Ranking(), smoothing)
      _ = try perturbed.diagnose(at: theta, sigmas: [0.4], key: Self.key)
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
