import Perturbations
import Synchronization
import Testing

/// What an observer was told, pass by pass.
private final class Reports: Sendable {
  private let state = Mutex((reports: [Smoothing.Progress](), inside: 0, most: 0))
  var most: Int { state.withLock { $0.most } }

  var observer: ProgressObserver {
    { [self] progress in
      state.withLock {
        $0.inside += 1
        $0.most = max($0.most, $0.inside)
        $0.reports.append(progress)
      }
      state.withLock { $0.inside -= 1 }
    }
  }

  /// The reports of each pass; each begins anew, grows and ends at its total.
  func passes(location: SourceLocation = #_sourceLocation) -> [[Smoothing.Progress]] {
    let reports = state.withLock { state in
      defer { state.reports = [] }
      return state.reports
    }
    var passes: [[Smoothing.Progress]] = []
    for report in reports {
      if let last = passes.last?.last, last.completed < last.total {
        #expect(report.total == last.total, sourceLocation: location)
        #expect(report.completed > last.completed, sourceLocation: location)
        passes[passes.count - 1].append(report)
      } else {
        passes.append([report])
      }
    }
    for pass in passes {
      #expect(pass.last?.completed == pass.last?.total, sourceLocation: location)
      #expect(pass.last?.fraction == 1, sourceLocation: location)
    }
    return passes
  }
}

@Suite struct ProgressTests {
  private let key = RandomKey(4)
  private let theta: Tensor<Double> = [0.3, -0.2, 0.5]

  private func totals(_ reports: Reports, location: SourceLocation = #_sourceLocation) -> [Int] {
    #expect(reports.most <= 1, sourceLocation: location)
    return reports.passes(location: location).compactMap(\.last?.total)
  }

  @Test(arguments: [1, 4]) func everyCall(_ threads: Int) throws {
    let reports = Reports()
    let samples = 20_000
    let smoothing = Smoothing(
      samples: samples, sigma: 0.5, threads: threads, progress: reports.observer)
    let soft: Perturbed<Tensor<Double>, Tensor<Double>> = try Perturbed(Ranking(), smoothing)
    _ = try soft(theta, key: key)
    #expect(totals(reports) == [samples])
    _ = try soft(stack([theta, -theta]), key: key, batched: true)
    #expect(totals(reports) == [2 * samples])
    _ = try gradient(at: theta) { try soft($0, key: key).norm() }
    #expect(totals(reports) == [samples, samples])
    _ = try soft.estimate(at: theta, key: key)
    #expect(totals(reports) == [samples])
    let adaptive = try soft.estimate(at: theta, untilStandardError: 0.02, key: key)
    #expect(totals(reports).reduce(0, +) == adaptive.samples)
    _ = try soft.gradientEstimate(at: theta, cotangent: theta, key: key)
    #expect(totals(reports) == [samples, samples])
    _ = try soft.hessianEstimate(at: theta, cotangent: theta, key: key)
    #expect(totals(reports) == [samples, samples])
    _ = try soft.solutions(at: theta, key: key)
    #expect(totals(reports) == [samples])
    _ = try soft.diagnose(at: theta, sigmas: [0.5, 1], key: key)
    #expect(totals(reports).allSatisfy { $0 == samples })
    let maximum: PerturbedMaximum<Tensor<Double>, Double> = try PerturbedMaximum(
      solving: Ranking(), smoothing)
    _ = try maximum(theta, key: key)
    #expect(totals(reports) == [samples])
    let estimator = try ZeroOrder(.antithetic, smoothing)
    _ = try estimator.gradient(at: theta, key: key) { square($0).sum() }
    #expect(totals(reports) == [samples, samples])
  }

  /// A function that takes long is heard of before a whole block of others would be done.
  @Test func slowFunctionsReportOften() throws {
    let reports = Reports()
    let slow = try Perturbed(
      Smoothing(samples: 200, sigma: 1, threads: 1, progress: reports.observer)
    ) { (x: [Double]) in x }
    _ = try slow(theta, key: key)
    let completed = reports.passes().first?.map(\.completed)
    // 16 more had told the shape of the output.
    #expect(completed == Array(stride(from: 16, to: 184, by: 16)) + [200])
  }

  @Test func shortFormsReportToo() throws {
    let reports = Reports()
    let soft = try Perturbed(ArgMax(), samples: 1000, sigma: 1)
    let value = try soft([1, 2], key: key)
    #expect(try soft.reportingProgress(to: reports.observer)([1, 2], key: key) == value)
    #expect(totals(reports) == [1000])
    let maximum = try PerturbedMaximum(ArgMax(), samples: 1000, sigma: 1)
    _ = try maximum.reportingProgress(to: reports.observer)([1, 2], key: key)
    #expect(totals(reports) == [1000])
    let estimator = try ZeroOrder(samples: 1000, sigma: 1)
    _ = try estimator.reportingProgress(to: reports.observer).estimate(at: theta, key: key) {
      square($0).sum()
    }
    #expect(totals(reports) == [1000, 1000])
    #expect(soft.smoothing.progress == nil)
  }
}
