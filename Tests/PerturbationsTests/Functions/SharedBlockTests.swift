import Foundation
import Perturbations
import Synchronization
import Testing

/// Forty samples of a slow function are one block; its threads are those of the call all the same.
@Suite("A block that several threads share") struct SharedBlockTests {
  private let theta: Tensor<Double> = [0.3, -0.2]
  private let key = RandomKey(6)

  /// Slow enough to be worth another thread.
  private static func wait() { Foundation.Thread.sleep(forTimeInterval: 0.001) }

  private static func slow(_ x: [Double]) -> [Double] {
    wait()
    return x.map { $0 > 0 ? $0 : 0 }
  }

  private func smoothing(_ threads: Int, _ samples: Int = 40) -> Smoothing {
    Smoothing(samples: samples, sigma: 0.5, threads: threads)
  }

  /// Each waits a while for another to be inside as well: with one thread nobody ever is.
  @Test func samplesOfABlockAreEvaluatedAtATime() throws {
    let inside = Mutex(0)
    let together = Atomic<Bool>(false)
    let function = try Perturbed(smoothing(2)) { (x: [Double]) -> [Double] in
      let present = inside.withLock {
        $0 += 1
        return $0
      }
      if present > 1 { together.store(true, ordering: .relaxed) }
      for _ in 0..<3000 where !together.load(ordering: .relaxed) { Self.wait() }
      inside.withLock { $0 -= 1 }
      return x
    }
    _ = try function(theta, key: key)
    let wereTogether = together.load(ordering: .relaxed)
    #expect(wereTogether)
  }

  @Test(arguments: [2, 3, 8]) func theBitsAreThoseOfOneThread(_ threads: Int) throws {
    func numbers(_ threads: Int) throws -> [[Double]] {
      let function = try Perturbed(smoothing(threads), Self.slow)
      return [
        try function(theta, key: key).scalars,
        try gradient(at: theta) { try function($0, key: key).norm() }.scalars,
      ]
    }
    #expect(try numbers(threads) == numbers(1))
  }

  @Test func theFirstSampleThatFailsIsNamed() throws {
    struct Negative: Error {}
    func failure(_ threads: Int) throws -> String {
      let function = try Perturbed(smoothing(threads)) { (x: [Double]) -> [Double] in
        Self.wait()
        if x[0] < -0.4 { throw Negative() }
        return x
      }
      do {
        return "\(try function(theta, key: key))"
      } catch { return "\(error)" }
    }
    let expected = try failure(1)
    #expect(expected.contains("sample"))
    for threads in [2, 8] { #expect(try failure(threads) == expected) }
  }

  @Test func everySampleIsToldOfOnce() throws {
    let told = Mutex<[Int]>([])
    var smoothing = smoothing(4, 100)
    smoothing.progress = { progress in told.withLock { $0.append(progress.completed) } }
    let function = try Perturbed(smoothing, Self.slow)
    _ = try function(theta, key: key)
    let counts = told.withLock { $0 }
    #expect(counts == counts.sorted() && counts.last == 100)
  }
}
