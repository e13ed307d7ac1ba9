// Tensors, their derivatives and random numbers.
import Tensors

// snippet.tensors
let a: Tensor<Float> = [[1, 2], [3, 4]]
let b = Tensor<Float>.linspace(0, 1, count: 2)
print(a + b, matmul(a, a), a.softmax(axis: 1), separator: "\n")
// → [[1. 3.]
// →  [3. 5.]]
// → [[ 7. 10.]
// →  [15. 22.]]
// → [[0.26894143 0.7310586 ]
// →  [0.26894143 0.7310586 ]]
// snippet.end
check((a + b) == [[1, 3], [3, 5]], "shapes broadcast from the last axis")

// snippet.derivatives
func f(_ x: Tensor<Double>) -> Tensor<Double> { (exp(x) * x).sum() }

let x: Tensor<Double> = [0, 1]
let slopes = gradient(at: x, of: f)  // (1 + x) eˣ
let curvature = hessian(at: x, of: f)  // (2 + x) eˣ on the diagonal
// snippet.end
check(abs(slopes[1].scalar - 2 * 2.718281828459045) < 1e-12, "the gradient")
check(
  abs(curvature[1, 1].scalar - 3 * 2.718281828459045) < 1e-12,
  "the second derivative")

// snippet.tree
struct Model: TreeStruct {
  var weight: Tensor<Double>
  var offsets: [Tensor<Double>]
  static var children: [Child<Model>] {
    [Child(\.weight), Child(\.offsets)]
  }
}
let model = Model(weight: [2, 3], offsets: [1, 5])
let parts = gradient(at: model) {
  ($0.weight * $0.weight).sum() + $0.offsets[1]
}
// snippet.end
check(
  parts.weight == [4, 6] && parts.offsets[0].scalar == 0,
  "a gradient has its point's structure")

// snippet.map
let batch: Tensor<Double> = [[3, 4], [6, 8]]
let norms = vmap { (x: Tensor<Double>) in x.norm() }(batch)
// snippet.end
check(norms == [5, 10], "a function of one example, mapped")

// snippet.random
let key = RandomKey(42)
let noise: Tensor<Float> = key.child(0).normal([1000])
let again: Tensor<Float> = key.child(0).normal([1000])
// snippet.end
check(
  noise == again && abs(noise.mean().scalar) < 0.15,
  "the same key, the same numbers")

// snippet.hide
func check(_ holds: Bool, _ claim: String) {
  if !holds { fatalError(claim) }
}
