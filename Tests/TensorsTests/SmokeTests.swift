import Tensors
import Testing

@Test func smoke() throws {
  let x: Tensor<Double> = [[1, 2], [3, 4]]
  print(x * 2 + 1, x.sum(axis: 0), x.mean(), matmul(x, x))
  print(gradient(at: x) { ($0 * $0).sum() })
  print(gradient(at: x) { gradient(at: $0) { exp($0 * $0).sum() }.sum() })
  let f = { (x: Tensor<Double>) in exp(x[0] * x[1]) + x.norm() }
  print(vmap(f)(x))
  print(vmap { gradient(at: $0, of: f) }(x))
  print(gradient(at: x) { vmap(f)($0).sum() })
  print(vmap { gradient(at: $0) { gradient(at: $0, of: f).sum() } }(x))
  print(x[0], x[.all, 1], x[.ellipsis, .newAxis, 0], x.sorted(descending: true), x.argMax())
  let (a, b) = gradient(at: x, x[0]) { matmul($0, $1).sum() }
  print(a, b)
  print(oneHot(x.argMax(), classes: 2), einsum("ij,jk->ki", x, x), x.product())
  print(gradient(at: [0.0, 2, 3] as Tensor<Double>) { $0.product() })
  print(["a": x, "b": x[0]].leafPaths)
  struct Model: TreeStruct {
    var weight: Tensor<Float>
    var bias: Tensor<Float>
    static var children: [Child<Model>] { [Child(\.weight), Child(\.bias)] }
  }
  print(Model(weight: [1, 2], bias: 3).leafPaths)
  print(withPullback(at: x) { x in (x * 2, { g in g * 7 }) }.shape)
  print(vmap { gradient(at: $0) { withPullback(at: $0) { x in (x * x, { g in g * x * 7 }) }.sum() } }(x))
  let clock = ContinuousClock()
  let small: Tensor<Float> = [1, 2, 3]
  for _ in 0..<3 {
    let t = clock.measure { for _ in 0..<1000 { _ = gradient(at: small) { s in
      var y = s
      for _ in 0..<100 { y = y * 1.01 }
      return y.sum() } } }
    print("per op fwd+bwd", t / 100_000)
  }
  var y = small
  print("plain op", clock.measure { for _ in 0..<100_000 { y = y + small } } / 100_000)
}
