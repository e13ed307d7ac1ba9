import Layers
import Optimizers
import Perturbations
import Solvers
import Tensors
import Testing

/// Kernels at lengths around those at which they change their way, solvers in their block forms, and a few
/// steps of each optimizer: what reads and writes memory by its address.
@Suite struct TensorTests {
  private static let lengths = [1, 2, 3, 7, 8, 9, 15, 16, 17, 31, 33, 63, 65, 130]

  private static func numbers(_ count: Int, seed: UInt64 = 1) -> Tensor<Float> {
    RandomKey(seed).normal([count])
  }

  @Test(arguments: lengths) func elements(count: Int) {
    let x = Self.numbers(count)
    let y = Self.numbers(count, seed: 2)
    let ones: Tensor<Float> = .ones([count])
    let all = [
      x + y, x * y, x / (square(y) + ones), exp(x), log(square(x) + ones), tanh(x), abs(x),
      x.sorted(),
      x.cumulativeSum(),
    ]
    #expect(all.allSatisfy { $0.shape == [count] && $0.scalars.allSatisfy { $0.isFinite } })
    let sums = [x.sum().scalar, x.mean().scalar, x.max().scalar, x.min().scalar]
    #expect(sums[2] >= sums[1] && sums[1] >= sums[3])
  }

  @Test(arguments: lengths) func matrices(count: Int) {
    let a: Tensor<Float> = RandomKey(1).normal([count, 5])
    let b: Tensor<Float> = RandomKey(2).normal([5, count + 1])
    let product = matmul(a, b)
    #expect(product.shape == [count, count + 1])
    var sum: Float = 0
    for k in 0..<5 { sum += a[count - 1, k].scalar * b[k, count].scalar }
    #expect(abs(product[count - 1, count].scalar - sum) < 1e-4)
  }

  @Test(arguments: lengths) func draws(count: Int) {
    let key = RandomKey(7)
    #expect((key.normal([count]) as Tensor<Double>).scalars.allSatisfy { $0.isFinite })
    #expect((key.gumbel([count]) as Tensor<Float>).scalars.allSatisfy { $0.isFinite })
    #expect((key.uniform([count]) as Tensor<Float>).scalars.allSatisfy { (0..<1).contains($0) })
  }

  @Test(arguments: lengths) func blocks(count: Int) throws {
    let inputs: Tensor<Float> = RandomKey(4).normal([17, count])
    for solver in [
      ArgMax(), Ranking(), Sorting(), try TopK((count + 1) / 2), LogicalOr(),
    ] as [any Solver] {
      func check(_ solver: some Solver) throws {
        let together = try solver(inputs, batchAxes: 1)
        for row in [0, 16] { #expect(try together[row] == solver(inputs[row], batchAxes: 0)) }
      }
      try check(solver)
    }
  }

  @Test func paths() throws {
    let graph = try Graph(
      nodeCount: 5, edges: [(0, 1), (1, 2), (2, 4), (0, 3), (3, 4), (1, 3)])
    let solver = try ShortestPath(graph, from: 0, to: 4)
    let costs: Tensor<Double> = abs(RandomKey(5).normal([9, 6]))
    let together = try solver(costs, batchAxes: 1)
    for row in 0..<9 { #expect(try together[row] == solver(costs[row], batchAxes: 0)) }
  }

  @Test func optimizers() {
    let loss = { (x: Tensor<Double>) in square(x - 3).sum() }
    let start: Tensor<Double> = [0, 1, 2]
    for method: Optimizer in [.sgd(learningRate: 0.1, momentum: 0.5), .adam(learningRate: 0.1)] {
      let found = minimize(loss, from: start, using: method, stopping: .steps(6))
      #expect(found.value < loss(start).scalar)
    }
    #expect(minimize(loss, from: start, using: .bfgs()).value < 1e-6)
    #expect(minimize(loss, from: start, using: .lbfgs()).value < 1e-6)
    var search = CMAES(start: [1, 1, 1], sigma: 0.5, key: RandomKey(1))
    for _ in 0..<6 { search.tell(search.ask().map { $0.reduce(0) { $0 + $1 * $1 } }) }
    #expect(search.status == nil)
  }

  /// Values are shared between tasks, and each is written by one.
  @Test func tensorsOfTasks() async {
    let shared = Self.numbers(64)
    await withTaskGroup(of: Float.self) { group in
      for scale in 1...4 {
        group.addTask {
          var own = shared
          own = own * Float(scale)
          return gradient(at: own) { square($0).sum() }.sum().scalar / Float(scale)
        }
      }
      for await other in group { #expect(abs(other - 2 * shared.sum().scalar) < 1e-3) }
    }
  }
}
