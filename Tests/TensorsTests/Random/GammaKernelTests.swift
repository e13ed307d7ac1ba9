import CKernels
import Foundation
import Tensors
import Testing

@Suite struct GammaKernelTests {
  static let shapes = [0.01, 0.5, 0.999, 1, 1.7, 30, 1e6, 1e12]

  private static func draws(
    _ kernels: ck_random_kernels, _ shape: Double, _ first: UInt64, _ count: Int
  ) -> [Double] {
    var out = [Double](repeating: .nan, count: count)
    kernels.log_gamma(ck_key(first: 3, second: 4), shape, first, count, &out)
    return out
  }

  @Test(arguments: shapes) func everyInstructionSetGivesTheSameBits(_ shape: Double) {
    for counter in [0, 5, 1 << 32 - 700] as [UInt64] {
      for count in [1, 17, 1025, 2100] {
        let expected = Self.draws(RandomKernelTests.baseline, shape, counter, count)
        #expect(expected.allSatisfy { $0.isFinite })
        let bits = expected.map { $0.bitPattern }
        for table in RandomKernelTests.tables {
          #expect(
            Self.draws(table.random, shape, counter, count).map { $0.bitPattern } == bits)
        }
      }
    }
  }

  /// Element j depends on counter j alone, however the counters are cut.
  @Test(arguments: shapes) func aPartIsAPart(_ shape: Double) {
    let whole = Self.draws(RandomKernelTests.baseline, shape, 1 << 32 - 1500, 3000)
    for (start, count) in [(0, 1), (1, 1499), (1490, 30), (2999, 1)] {
      let part = Self.draws(
        RandomKernelTests.baseline, shape, 1 << 32 - 1500 + UInt64(start), count)
      #expect(part == Array(whole[start..<start + count]))
    }
  }

  /// E G = Var G = a, and the mean of log G is ψ(a); here from ψ(a) ≈ log a − 1/(2a) − 1/(12a²), or
  /// by recurrence ψ(a + 1) = ψ(a) + 1/a.
  @Test(arguments: shapes) func moments(_ shape: Double) {
    let count = 100_000
    let logarithms = RandomKey(11).logGamma(count, shape: shape)
    func digamma(_ a: Double) -> Double {
      if a < 20 { return digamma(a + 1) - 1 / a }
      return log(a) - 1 / (2 * a) - 1 / (12 * a * a) + 1 / (120 * a * a * a * a)
    }
    func trigamma(_ a: Double) -> Double {
      if a < 20 { return trigamma(a + 1) + 1 / (a * a) }
      return 1 / a + 1 / (2 * a * a) + 1 / (6 * a * a * a)
    }
    let n = Double(count)
    let mean = logarithms.reduce(0, +) / n
    #expect(abs(mean - digamma(shape)) < 4 * (trigamma(shape) / n).squareRoot())
    let draws = logarithms.map { exp($0) }
    let average = draws.reduce(0, +) / n
    #expect(abs(average - shape) < 4 * (shape / n).squareRoot())
    // Var (G − a)² = 2a² + 6a
    let variance = draws.reduce(0) { $0 + ($1 - shape) * ($1 - shape) } / n
    #expect(abs(variance - shape) < 4.5 * ((2 * shape * shape + 6 * shape) / n).squareRoot())
  }
}
