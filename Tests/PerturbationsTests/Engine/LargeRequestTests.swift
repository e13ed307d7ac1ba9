import Perturbations
import Testing

/// Counts and sizes that would take more memory than there is, or more than a number holds, are refused
/// before there is memory for them, by name.
@Suite struct LargeRequestTests {
  private let theta: Tensor<Double> = [0.3, -0.2, 0.5]
  private let key = RandomKey(4)

  private func name(_ body: () throws -> Void) -> String? {
    do { try body() } catch PerturbationError.invalidParameter(let name, _, _) { return name } catch
    {
      return "\(error)"
    }
    return nil
  }

  @Test func samples() throws {
    for samples in [Int.max, Smoothing.mostSamples + 1, 0, -1, .min] {
      #expect(throws: PerturbationError.self) {
        try Perturbed(ArgMax(), samples: samples, sigma: 1)
      }
      #expect(throws: PerturbationError.self) {
        try PerturbedMaximum(ArgMax(), samples: samples, sigma: 1)
      }
      #expect(throws: PerturbationError.self) { try ZeroOrder(samples: samples, sigma: 1) }
    }
    #expect(throws: PerturbationError.self) {
      try ZeroOrder(samples: Smoothing.mostSamples / 2, sigma: 1)
    }
  }

  /// As many samples as there may be, over so many rows that a number does not hold them all: the call
  /// begins, and ends where its function does.
  @Test func mostSamplesOfManyRows() throws {
    struct Enough: Error {}
    let rows: Tensor<Double> = .zeros([2048, 2])
    for threads in [1, 3] {
      let function = try Perturbed(
        Smoothing(
          samples: Smoothing.mostSamples, sigma: 1, threads: threads, progress: { _ in })
      ) { (x: [Double]) in
        if x[0] > 3 { throw Enough() }
        return x
      }
      for call in [
        { _ = try function(rows, key: key, batched: true) },
        { _ = try gradient(at: rows) { try function($0, key: key, batched: true).sum() } },
        { _ = try function.estimate(at: rows, key: key, batched: true) },
      ] as [() throws -> Void] {
        do {
          try call()
          Issue.record("no error")
        } catch PerturbationError.functionFailed(_, _, let error) {
          #expect(error is Enough)
        }
      }
    }
    let estimator = try ZeroOrder(
      .antithetic, samples: Smoothing.mostSamples / 2 - 1, sigma: 1, sequential: true)
    #expect(throws: PerturbationError.self) {
      try estimator.gradient(at: theta, key: key) { (x: Tensor<Double>) in
        if x[0].scalar > 3 { throw Enough() }
        return x.sum()
      }
    }
  }

  @Test func scramblings() throws {
    let many = Sampling.quasiMonteCarlo(scramblings: 1 << 40)
    let soft: Perturbed<Tensor<Double>, Tensor<Double>> = try Perturbed(
      Ranking(), samples: 1 << 50, sigma: 1, sampling: many)
    #expect(name { _ = try soft(theta, key: key) } == "scramblings")
    #expect(name { _ = try soft.estimate(at: theta, key: key) } == "scramblings")
    let wide = try Perturbed(
      samples: 1 << 17, sigma: 1, sampling: .quasiMonteCarlo(scramblings: 1 << 17)
    ) { (x: [Double]) in [Double](repeating: x[0], count: 1000) }
    #expect(name { _ = try wide(theta, key: key) } == "scramblings")
    for scramblings in [0, -1, Int.min, Int.max] {
      #expect(
        name {
          _ = try Perturbed(
            ArgMax(), samples: 100, sigma: 1, sampling: .quasiMonteCarlo(scramblings: scramblings))
        } == "scramblings")
    }
    // As many as there are samples are fine where they fit.
    let fits: Perturbed<Tensor<Double>, Tensor<Double>> = try Perturbed(
      Ranking(), samples: 500, sigma: 1, sampling: .quasiMonteCarlo(scramblings: 500))
    _ = try fits.estimate(at: theta, key: key)
  }

  @Test func hessians() throws {
    let wide: Tensor<Float> = .zeros([100_000])
    let soft = try Perturbed(samples: 10, sigma: 1) { (x: Tensor<Float>) in square(x).sum() }
    #expect(
      name { _ = try soft.hessianEstimate(at: wide, cotangent: Tensor(1), key: key) }
        == "the size of the Hessian")
    let rows: Tensor<Float> = .zeros([2000, 1000])
    #expect(
      name {
        _ = try soft.hessianEstimate(
          at: rows, cotangent: .ones([2000]), key: key, batched: true)
      } == "the size of the Hessian")
  }

  @Test func orthogonalGroups() throws {
    let wide: Tensor<Float> = .zeros([1_000_000])
    let estimator = try ZeroOrder(
      samples: 10, sigma: 1, distribution: .orthogonal(groupSize: 1_000_000))
    #expect(
      name { _ = try estimator.gradient(at: wide, key: key) { $0.sum() } } == "groupSize")
    let all = try ZeroOrder(samples: 10, sigma: 1, distribution: .orthogonal(groupSize: .max))
    _ = try all.gradient(at: theta, key: key) { $0.sum() }
  }

  @Test func emptyMappedAxes() throws {
    let soft: Perturbed<Tensor<Double>, Tensor<Double>> = try Perturbed(
      Ranking(), samples: 10, sigma: 1)
    #expect(throws: PerturbationError.self) {
      try vmap { (x: Tensor<Double>) throws in try soft(x, key: key) }(Tensor.zeros([0, 3]))
    }
    #expect(throws: PerturbationError.self) {
      try soft(Tensor.zeros([0, 3]), key: key, batched: true)
    }
  }

  /// Inputs at the ends of what numbers hold give a result or an error, never a trap.
  @Test func extremeInputs() throws {
    let sizes: [Double] = [
      0, 0x1p-1074, 1e-300, 1e-30, 1, 1e30, 1e300, .greatestFiniteMagnitude, .infinity, .nan,
    ]
    let noises: [Noise] = Noise.all.map(\.valueOnly)
    for noise in noises {
      for sigma in sizes {
        guard
          let soft = try? Perturbed(
            samples: 20, sigma: sigma, noise: noise, { (x: [Double]) in x.map { $0 * $0 } })
        else { continue }
        for size in sizes {
          let x = Tensor([size, -size, size / 2])
          _ = try? soft(x, key: key)
          _ = try? gradient(at: x) { try soft($0, key: key).norm() }
          _ = try? soft.estimate(at: x, key: key)
          _ = try? soft.estimate(at: x, untilStandardError: size, key: key)
          _ = try? soft.diagnose(at: x, key: key)
          _ = try? soft.solutions(at: x, key: key)
          _ = soft.resolutionWarning(at: x)
        }
      }
    }
    for method in ZeroOrder.Method.allCases {
      for sigma in sizes {
        guard let estimator = try? ZeroOrder(method, samples: 8, sigma: sigma) else { continue }
        for size in sizes {
          let x = Tensor([Float(size), Float(-size)])
          _ = try? estimator.estimate(at: x, key: key) { square($0).sum() }
        }
      }
    }
  }

  @Test func extremeExactInputs() throws {
    let sizes: [Double] = [0, 0x1p-1074, 1e-300, 1e-12, 1, 1e12, 1e300, .greatestFiniteMagnitude]
    let noises: [Noise] = [.normal, .gumbel, .logistic, .laplace, .uniform, .gumbel.centered]
    for noise in noises {
      for sigma in [0x1p-1074, 1e-300, 1e-12, 1, 1e12, 1e300, .greatestFiniteMagnitude] as [Double]
      {
        for solver in [
          ArgMax(), Ranking(), Sorting(), try TopK(2), LogicalOr(),
        ] as [any Solver] {
          func check(_ solver: some Solver) {
            guard let exact = try? Exact(solver, sigma: sigma, noise: noise) else { return }
            for size in sizes {
              let x = Tensor([size, -size, size / 2])
              _ = try? exact(x)
              _ = try? exact.errorBound(at: x)
              _ = try? gradient(at: x) { try exact($0).sum() }
              _ = try? exact.sigmaDerivative(at: x)
            }
          }
          check(solver)
        }
      }
    }
  }
}
