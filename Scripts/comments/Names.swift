// What the examples in documentation comments talk about (`Scripts/check_comments`).
import Decisions
import Figures
import Layers
import Optimizers
import Perturbations

let key = RandomKey(0)
let theta: Tensor<Float> = [0.3, 1.2, -0.5]
let x: Tensor<Float> = [[1, 2], [3, 4]]
let y: Tensor<Float> = [[1], [0]]
let batch: Tensor<Float> = [[1, 2], [3, 4]]
let mask = x .> 2
let weights: Tensor<Float> = [1, 2]
let params = Linear(inputs: 2, outputs: 1, key: key)
let graph = try! Graph(nodeCount: 9, edges: [(0, 8)], directed: true)
let solver = try! ShortestPath(graph, from: 0, to: 8)
let costs: Tensor<Float> = [[1], [2]]
let known = try! SolvedCosts(costs, by: solver)
let (c, w, z) = (known.costs, known.decisions, known.objectives)
let (features, a) = (x, x)
let losses: [Double] = [1, 0.5]
let adamLosses: [Double] = [1, 0.2]
let estimator = try! ZeroOrder(.antithetic, samples: 10, sigma: 0.1)
let figure = Figure { Panel { Line(y: losses) } }
nonisolated(unsafe) var model = MLP([2, 4, 1], activation: .tanh, key: key)
let smoothing = Smoothing(samples: 10, sigma: 0.1)
let cities = [(name: "Rome", x: 12.5, y: 41.9)].map(City.init)
let roads = [(from: 0, to: 0, share: 0.5, cost: 1.0)].map(Road.init)
let address = "localhost"
let g: Tensor<Float> = [1, 0, -1]
let files: [[UInt8]] = []
let blocks = [MLP([2, 2], activation: .tanh, key: key)]
let soft = try! Perturbed(ArgMax(), samples: 10, sigma: 0.1)
nonisolated(unsafe) var average = model
let grid = [1.0]

struct City { var name: String, x: Double, y: Double }
struct Road { var from: Int, to: Int, share: Double, cost: Double }
func rosenbrock(_ x: [Double]) -> Double { (1 - x[0]) * (1 - x[0]) }
func rosenbrock(_ x: Tensor<Double>) -> Tensor<Double> { square(1 - x).sum() }
func simulate(_ model: MLP<Float>, _ data: Tensor<Float>) -> Tensor<Float> { model(data).sum() }
actor Simulation {
  init(_ address: String) {}
  func run(_ x: [Float]) async throws -> [Float] { x }
}
final class Simulator {
  init(_ grid: [Double]) {}
  func run(_ x: [Float]) -> [Float] { x }
}
