// What the examples in documentation comments talk about (`Scripts/check_comments`).
import Layers
import Optimizers
import Perturbations

let key = RandomKey(0)
let theta: Tensor<Float> = [0.3, 1.2, -0.5]
let x: Tensor<Float> = [[1, 2], [3, 4]]
let y: Tensor<Float> = [[1], [0]]
let batch: Tensor<Float> = [[1, 2], [3, 4]]
let params = Linear(inputs: 2, outputs: 1, key: key)
let graph = try! Graph(nodeCount: 9, edges: [(0, 8)], directed: true)
let losses: [Double] = []
nonisolated(unsafe) var model = Linear(inputs: 2, outputs: 1, key: key)
