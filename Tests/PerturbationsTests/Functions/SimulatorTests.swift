import Perturbations
import Synchronization
import Testing

/// Not `Sendable`: it has a buffer that each run writes.
private final class Simulator {
  private var buffer: [Double] = []

  func run(_ x: [Double]) -> [Double] {
    buffer = x
    for i in buffer.indices { buffer[i] = buffer[i] > 0 ? buffer[i] : 0 }
    return buffer
  }
}

/// Counts what is made of it, and how many use it at a time.
private final class Log: Sendable {
  private let state = Mutex((made: 0, calls: 0, inside: 0, most: 0))
  var made: Int { state.withLock { $0.made } }
  var calls: Int { state.withLock { $0.calls } }
  var most: Int { state.withLock { $0.most } }
  func make() { state.withLock { $0.made += 1 } }
  func enter() {
    state.withLock {
      $0.calls += 1
      $0.inside += 1
      $0.most = max($0.most, $0.inside)
    }
  }
  func leave() { state.withLock { $0.inside -= 1 } }
}

private struct Broken: Error {}

@Suite("Simulators that are not Sendable") struct SimulatorTests {
  private let key = RandomKey(4)
  private let theta: Tensor<Double> = [0.3, -0.2, 0.5]

  private func smoothing(_ threads: Int) -> Smoothing {
    Smoothing(samples: 200, sigma: 0.5, threads: threads)
  }

  private func numbers(
    _ function: Perturbed<Tensor<Double>, Tensor<Double>>
  ) throws -> [[Double]] {
    let estimate = try function.gradientEstimate(at: theta, key: key) { $0 }
    return [
      try function(theta, key: key).scalars,
      try gradient(at: theta) { try function($0, key: key).norm() }.scalars,
      estimate.gradient.scalars, estimate.standardError.scalars,
    ]
  }

  private func expected() throws -> [[Double]] {
    try numbers(
      Perturbed(smoothing(1)) { (x: [Double]) in x.map { $0 > 0 ? $0 : 0 } })
  }

  @Test(arguments: [1, 2, 3, 8]) func onePerThread(_ threads: Int) throws {
    let log = Log()
    let function = try Perturbed(smoothing(threads)) {
      log.make()
      return Simulator()
    } evaluating: { (simulator, x: [Double]) in
      log.enter()
      defer { log.leave() }
      return simulator.run(x)
    }
    _ = try function(theta, key: key)
    // One more finds out the shape of the output.
    #expect((1...threads + 1).contains(log.made))
    #expect(log.calls == 200)
    #expect(log.most <= threads)
    #expect(try numbers(function) == expected())
  }

  @Test(arguments: [1, 2, 3, 8]) func oneForAll(_ threads: Int) throws {
    let log = Log()
    let simulator = Simulator()
    let function = try Perturbed(smoothing(threads), sharing: simulator) {
      (simulator, x: [Double]) in
      log.enter()
      defer { log.leave() }
      return simulator.run(x)
    }
    #expect(try numbers(function) == expected())
    #expect(log.most == 1)
  }

  @Test func valuesAreChangedInPlace() throws {
    let function = try Perturbed(smoothing(1)) {
      0
    } evaluating: { (count: inout Int, x: [Double]) -> [Double] in
      count += 1
      return count > 0 ? [x[0]] : []
    }
    let plain = try Perturbed(smoothing(1)) { (x: [Double]) in [x[0]] }
    #expect(try function(theta, key: key) == plain(theta, key: key))
  }

  @Test func errors() throws {
    let unmade = try Perturbed(smoothing(4)) { () throws -> Simulator in
      throw Broken()
    } evaluating: { (simulator, x: [Double]) in
      simulator.run(x)
    }
    #expect(throws: Broken.self) { try unmade(theta, key: key) }
    let failing = try Perturbed(smoothing(4)) {
      Simulator()
    } evaluating: { (simulator, x: [Double]) in
      if x[0] > 1.2 { throw Broken() }
      return simulator.run(x)
    }
    // The first sample that fails, on any number of threads.
    let samples: [Double] = try (0..<200).map {
      try failing.input(ofSample: $0, at: theta, key: key)[0].scalar
    }
    let first = try #require(samples.firstIndex { $0 > 1.2 })
    do {
      _ = try failing(theta, key: key)
      Issue.record("no error")
    } catch PerturbationError.functionFailed(let sample, let sampleKey, let error) {
      #expect(sample == first && sampleKey == key.child(UInt64(first)) && error is Broken)
    }
    // The shared one is of use after an error.
    let shared = try Perturbed(smoothing(2), sharing: Simulator()) {
      (simulator, x: [Double]) in
      if x[0] > 100 { throw Broken() }
      return simulator.run(x)
    }
    #expect(throws: PerturbationError.self) { try shared([200, 0, 0], key: key) }
    #expect(try numbers(shared) == expected())
  }
}
