import Machines
import Perturbations
import Synchronization
import Testing

/// Estimates over ranks have the bits of one process on every rank, whatever their number.
@Suite struct RanksTests {
  private static let theta: Tensor<Double> = [0.3, -0.2, 0.5, 0.1, 0.9]
  private static let cotangent: Tensor<Double> = [1, -2, 0.5, 3, -1]
  private static let key = RandomKey(8)

  private func check(
    _ counts: [Int] = [1, 2, 3, 5, 8], location: SourceLocation = #_sourceLocation,
    _ estimate: @escaping @Sendable () throws -> [Double]
  ) throws {
    let expected = try estimate().map(\.bitPattern)
    for count in counts {
      let results = ThreadTransport.run(count) { _ in try estimate() }
      for found in results {
        #expect(
          try found.get().map(\.bitPattern) == expected, "\(count) ranks", sourceLocation: location)
      }
    }
  }

  @Test(
    arguments: [Sampling.independent, .quasiMonteCarlo()],
    [Baseline.none, .point, .leaveOneOut])
  func everyEstimate(_ sampling: Sampling, _ baseline: Baseline) throws {
    for threads in [1, 2] {
      let smoothing = Smoothing(
        samples: 9000, sigma: 0.4, baseline: baseline, sampling: sampling, threads: threads)
      let soft: Perturbed<Tensor<Double>, Tensor<Double>> = try Perturbed(Ranking(), smoothing)
      let (theta, g, key) = (Self.theta, Self.cotangent, Self.key)
      try check {
        let (value, pullback) = try vjp(at: theta) { try soft($0, key: key) }
        let estimate = try soft.gradientEstimate(at: theta, cotangent: g, key: key)
        let matrix = try soft.hessianEstimate(at: theta, cotangent: g, key: key)
        return value.scalars + (try pullback(g)).scalars + estimate.gradient.scalars
          + estimate.standardError.scalars + matrix.value.scalars + matrix.standardError.scalars
          // A loss of the value: each pass follows from those before it.
          + (try gradient(at: theta) { square(try soft($0, key: key)).sum() }).scalars
      }
    }
  }

  @Test func batchesStandardErrorsAndZeroOrder() throws {
    let smoothing = Smoothing(samples: 3000, sigma: 0.4, noise: .gumbel)
    let soft: Perturbed<Tensor<Double>, Tensor<Double>> = try Perturbed(ArgMax(), smoothing)
    let batch = stack([Self.theta, -Self.theta, 2 * Self.theta])
    let many: Perturbed<Tensor<Double>, Tensor<Double>> = try Perturbed(
      ArgMax(), Smoothing(samples: 400_000, sigma: 0.4, noise: .gumbel))
    let estimator = try ZeroOrder(.antithetic, Smoothing(samples: 700, sigma: 0.1))
    let (theta, key) = (Self.theta, Self.key)
    try check {
      let value = try gradient(at: batch) { (try soft($0, key: key, batched: true) * $0).sum() }
      let until = try many.estimate(at: theta, untilStandardError: 0.002, key: key)
      let slope = try estimator.estimate(at: theta, key: key) { exp($0).sum() }
      return value.scalars + until.value.scalars + [Double(until.samples)]
        + slope.gradient.scalars + slope.standardError.scalars
    }
  }

  /// Each sample is evaluated on one rank.
  @Test func samplesAreSharedOut() throws {
    let calls = Mutex([Int](repeating: 0, count: 4))
    let (theta, key) = (Self.theta, Self.key)
    let found = ThreadTransport.run(4) { rank in
      let soft = try Perturbed(Smoothing(samples: 60_000, sigma: 0.4, threads: 1)) {
        (x: [Double]) in
        calls.withLock { $0[rank] += 1 }
        return [x[0] * x[1]]
      }
      return try gradient(at: theta) { try soft($0, key: key).sum() }.scalars
    }
    #expect(try Set(found.map { try $0.get() }).count == 1)
    // The first samples tell every rank the shape of an output.
    let counts = calls.withLock { $0 }
    #expect(counts.reduce(0, +) == 60_000 + 3 * 16)
    #expect(counts.allSatisfy { $0 < 20_000 && $0 > 10_000 })
  }

  private struct Refusal: Error, CustomStringConvertible {
    var description: String { "no licence" }
  }

  /// Where one rank fails, all do, and say which.
  @Test(arguments: [0, 2])
  func aRankThatThrows(failing: Int) throws {
    let (theta, key) = (Self.theta, Self.key)
    let found = ThreadTransport.run(4) { rank in
      let soft = try Perturbed(Smoothing(samples: 60_000, sigma: 0.4, threads: 1)) {
        (x: [Double]) in
        if rank == failing, x[0] > 1.2 { throw Refusal() }
        return [x[0]]
      }
      return try soft(theta, key: key).scalars
    }
    for (rank, result) in found.enumerated() {
      guard case .failure(let error) = result else {
        Issue.record("rank \(rank) has not failed")
        continue
      }
      #expect("\(error)".contains("no licence"))
      #expect((error is MachinesError) == (rank != failing))
      if rank != failing { #expect("\(error)".hasPrefix("rank \(failing) of 4: ")) }
    }
  }

  /// A rank that fails between estimates, and one that makes other calls.
  @Test func ranksThatGoOtherWays() throws {
    let (theta, key) = (Self.theta, Self.key)
    let soft: Perturbed<Tensor<Double>, Tensor<Double>> = try Perturbed(
      Ranking(), Smoothing(samples: 5000, sigma: 0.4, threads: 1))
    for failing in [0, 1] {
      let found = ThreadTransport.run(3) { rank in
        if rank == failing { throw Refusal() }
        return try soft(theta, key: key).scalars
      }
      for case .success in found { Issue.record("a rank has not failed") }
    }
    let others = ThreadTransport.run(3) { rank in
      try soft(theta, key: rank == 2 ? RandomKey(9) : key).scalars
    }
    for (rank, result) in others.enumerated() {
      guard case .failure(let error) = result else {
        Issue.record("rank \(rank) has not failed")
        continue
      }
      #expect("\(error)".contains("rank 2 of 3") && "\(error)".contains("at another step"))
    }
  }

  @Test func aProgramByItselfIsOneRank() async throws {
    #expect(Machines.count == 1 && Machines.rank == 0 && Machines.isFirst)
    #expect(try Machines.run { Machines.count } == 1)
    #expect(try await Machines.run { () async in Machines.rank } == 0)
  }
}
