import Foundation
import Perturbations
import Testing

/// What threads and samples may change: nothing, and no memory.
@Suite struct ZeroOrderThreadTests {
  /// Bits of everything that an estimate says.
  private func bits(
    _ estimator: ZeroOrder, _ model: [String: Tensor<Float>]
  ) throws -> [UInt64] {
    let found = try estimator.estimate(at: model, key: RandomKey(2)) { model in
      guard let a = model["a"], let b = model["b"] else { fatalError("no such leaf") }
      return square(tanh(a)).mean() + tanh(b).mean()
    }
    let numbers = [found.smoothedValue, found.smoothedValueError]
    return (numbers + found.gradient.flat + found.standardError.flat).map(\.bitPattern)
  }

  @Test(arguments: [
    DirectionDistribution.normal, .orthogonal(groupSize: 7), .sphere, .laplace,
    DirectionDistribution(variance: 1) { $0.key.normal($0.count) },
  ])
  func theNumberOfThreadsChangesNoBit(distribution: DirectionDistribution) throws {
    // Below and above the number of parameters up to which functions are vectorised.
    for rows in [3, 1500] {
      let model: [String: Tensor<Float>] = [
        "a": RandomKey(1).normal([rows, 7]), "b": RandomKey(2).normal([5]),
      ]
      for method in ZeroOrder.Method.allCases {
        for shaping in ZeroOrder.Shaping.allCases {
          func estimator(_ threads: Int) throws -> ZeroOrder {
            try ZeroOrder(
              method, samples: rows == 3 ? 700 : 70, sigma: 0.1, distribution: distribution,
              shaping: shaping, threads: threads)
          }
          let one = try bits(estimator(1), model)
          for threads in [2, 3, 8] {
            #expect(try bits(estimator(threads), model) == one)
          }
        }
      }
    }
  }

  @Test func secondDerivativesToo() throws {
    func bits(_ threads: Int) throws -> [UInt64] {
      let estimator = try ZeroOrder(.forward, samples: 200, sigma: 0.1, threads: threads)
      return try gradient(at: RandomKey(1).normal([100]) as Tensor<Double>) { x in
        square(
          try gradient(at: x) {
            try estimator.value(at: $0, key: RandomKey(4)) { exp($0 * 0.1).sum() }
          }
        ).sum()
      }.scalars.map(\.bitPattern)
    }
    let one = try bits(1)
    for threads in [2, 3, 8] { #expect(try bits(threads) == one) }
  }

  /// A million parameters: 16 times the samples take no more memory. Kept noise would be 256 MB.
  @Test func memoryDoesNotGrowWithSamples() async {
    await #expect(processExitsWith: .success) {
      let model: Tensor<Float> = RandomKey(1).normal([1_000_000])
      func run(_ samples: Int) throws {
        let estimator = try ZeroOrder(.forward, samples: samples, sigma: 0.01, threads: 2)
        _ = try estimator.valueAndGradient(at: model, key: RandomKey(2)) { square($0).mean() }
      }
      try run(4)
      let few = peakKilobytes()
      try run(64)
      let growth = peakKilobytes() - few
      print("peak memory: \(few) kB, growth with 16 times the samples: \(growth) kB")
      if growth > 32 * 1024 { exit(1) }
      // In all, about ten times the parameters above what a process takes to begin with.
      if few > 200 * 1024 { exit(2) }
    }
  }
}

/// The most memory that this process has had. (Linux's `getrusage` would count what the parent had.)
private func peakKilobytes() -> Int {
  #if canImport(Darwin)
    var usage = rusage()
    getrusage(RUSAGE_SELF, &usage)
    return usage.ru_maxrss / 1024
  #else
    guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8),
      let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") }),
      let kilobytes = line.split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().first
    else { fatalError("/proc/self/status has no VmHWM") }
    return Int(kilobytes) ?? .max
  #endif
}
