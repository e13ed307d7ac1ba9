import Tensors
import Testing

/// Programmer's errors stop the program with a message that names the operation and the shapes.
struct ErrorTests {
  struct Misuse: Sendable {
    let message: String
    let run: @Sendable () -> Void

    init(_ message: String, _ run: @escaping @Sendable () -> Void) {
      self.message = message
      self.run = run
    }
  }

  static let x = Tensor<Double>.zeros([2, 3])
  static let v = Tensor<Double>.zeros([4])

  static let misuses: [Misuse] = [
    Misuse("add: shapes [2, 3] and [4] do not broadcast") { _ = x + v },
    Misuse("less: shapes [2, 3] and [4] do not broadcast") { _ = (x .< v) },
    Misuse("select: shapes [2, 3], [2, 3] and [4] do not broadcast") { _ = select(x .> 0, x, v) },
    Misuse("matmul: shapes [2, 3] and [4] do not match") { _ = matmul(x, v) },
    Misuse("matmul: shapes [2, 3] and [2, 3] do not match") { _ = matmul(x, x) },
    Misuse("matmul: shapes [2, 2, 3] and [3, 3, 2] do not match") {
      _ = matmul(Tensor<Double>.zeros([2, 2, 3]), Tensor<Double>.zeros([3, 3, 2]))
    },
    Misuse("dot: expected two vectors of one length, got shapes [2, 3] and [4]") { _ = dot(x, v) },
    Misuse("outer: expected two vectors, got shapes [2, 3] and [4]") { _ = outer(x, v) },
    Misuse("pairwiseSquaredDistance: shapes [2, 3] and [4]") { _ = cdist(x, v) },
    Misuse("einsum: \"ij\" does not name the axes of shape [4]") { _ = einsum("ij,ij->i", x, v) },
    Misuse("einsum: \"j\" is 3 in one operand and 4 in the other") { _ = einsum("ij,j->i", x, v) },
    Misuse("einsum: \"ij\" is not of the form \"ij,jk->ik\"") { _ = einsum("ij", x, v) },
    Misuse("einsum: the result \"k\"") {
      _ = einsum("ij,l->k", x, v)
    },
    Misuse("sum: axis 2 is out of range for shape [2, 3]") { _ = x.sum(axis: 2) },
    Misuse("sum: axis 1 is named twice") { _ = x.sum(axes: [1, -1]) },
    Misuse("softmax: axis -3 is out of range for shape [2, 3]") { _ = x.softmax(axis: -3) },
    Misuse("reshape: shape [2, 3] has 6 elements, [4] has 4") { _ = x.reshaped([4]) },
    Misuse("reshape: shape [2, 3] does not fit [4, -1]") { _ = x.reshaped([4, -1]) },
    Misuse("transposed: [0, 0] is not an order of the axes") { _ = x.transposed([0, 0]) },
    Misuse("squeezed: axis 1 of shape [2, 3] is not of extent 1") { _ = x.squeezed(axis: 1) },
    Misuse("broadcast: shape [2, 3] does not broadcast to [3, 2]") { _ = x.broadcast(to: [3, 2]) },
    Misuse("tiled: 1 counts for the 2 axes of [2, 3]") { _ = x.tiled([2]) },
    Misuse("padded: expected a non-negative width") { _ = x.padded([(0, -1), (0, 0)]) },
    Misuse("concatenate: tensor 1 of shape [4] does not continue [2, 3]") {
      _ = concatenate([x, v])
    },
    Misuse("concatenate: no tensors") { _ = concatenate([Tensor<Double>]()) },
    Misuse("stack: shapes [2, 3] and [4] differ") { _ = stack([x, v]) },
    Misuse("split: extents [1, 1] do not add up to axis 1 of shape [2, 3]") {
      _ = x.split([1, 1], axis: 1)
    },
    Misuse("split: axis 1 of shape [2, 3] has no 2 equal parts") { _ = x.split(into: 2, axis: 1) },
    Misuse("subscript: entry 2 is out of range for axis 0 of shape [2, 3]") { _ = x[2] },
    Misuse("subscript: 3 indices for the 2 axes of [2, 3]") { _ = x[0, 0, 0] },
    Misuse("subscript: range 1 ..< 5 is out of range for axis 1") { _ = x[0, 1..<5] },
    Misuse("subscript: a step of 0") { _ = x[.every(0)] },
    Misuse("subscript: a tensor of shape [4] does not broadcast to the [3] that it replaces") {
      var y = x
      y[0] = v
    },
    Misuse("subscript: a mask of shape [3] does not name the first axes of shape [2, 3]") {
      _ = x[[true, false, true]]
    },
    Misuse("subscript: a tensor of shape [2] does not broadcast to entries of shape [3]") {
      var y = x
      y[[true, false]] = [1, 2]
    },
    Misuse("subscript: a tensor of shape [2, 3] does not broadcast to the [1, 3]") {
      var y = x
      y[[true, false]] = x
    },
    Misuse("x[mask]: this tensor is mapped") { _ = vmap { $0[$0 .> 0] }(x) },
    Misuse("subscript: 3 indices for the 2 axes of [2, 3]") { _ = x[..., 0, 0, 0] },
    Misuse("Tensor<Int32>: 5000000000 is no Int32") { _ = Tensor<Int32>([1]) * 5_000_000_000 },
    Misuse("RandomKey.child: there is no child -1") { _ = RandomKey(0).child(-1) },
    Misuse("RandomKey.fold: 4294967296 is not a number") { _ = RandomKey(0).fold(in: 1 << 32) },
    Misuse("take: index 2 at position 1 is out of range 0 ..< 2") { _ = x.take([0, 2]) },
    Misuse("take: index -1 at position 0 is out of range 0 ..< 2") { _ = x.take([-1]) },
    Misuse("take(along:): an index of shape [1] does not fit shape [2, 3]") {
      _ = x.take(along: 0, [1])
    },
    Misuse("topK: k is 5, expected 0 … 4 for shape [4]") { _ = v.topK(5) },
    Misuse("argMax: axis 0 of shape [0, 3] is empty") {
      _ = Tensor<Double>.zeros([0, 3]).argMax(axis: 0)
    },
    Misuse("scalar: a tensor of shape [4] has 4 elements, not one") { _ = v.scalar },
    Misuse("Tensor: shape [2] has 2 elements, not 3") {
      _ = Tensor<Double>(shape: [2], scalars: [1, 2, 3])
    },
    Misuse("Tensor literal: entry 1 has shape [1], entry 0 has shape [2]") {
      let ragged: Tensor<Double> = [[1, 2], [3]]
      _ = ragged
    },
    Misuse("Tensor: row 1 has 1 entries, row 0 has 2") { _ = Tensor<Double>([[1, 2], [3]]) },
    Misuse("Shape: -1 is not the extent of an axis") { _ = Tensor<Double>.zeros([-1]) },
    Misuse("Shape: a tensor has at most 8 axes") { _ = Tensor<Double>.zeros(Shape(Array(1...9))) },
    Misuse("arange: a step of 0") { _ = Tensor<Double>.arange(0, 1, step: 0) },
    Misuse("linspace: count is 0, expected at least 1") {
      _ = Tensor<Double>.linspace(0, 1, count: 0)
    },
    Misuse("meshgrid: expected two vectors, got [2, 3] and [4]") { _ = meshgrid(x, v) },
    Misuse("gradient: the function gives a tensor of shape [4], expected one number") {
      _ = gradient(at: v) { $0 * 2 }
    },
    Misuse("Leaf: a leaf of double elements read as float") { _ = Leaf(x).tensor(of: Float.self) },
  ]

  @Test(arguments: misuses.indices)
  func stopsWithAMessage(_ index: Int) async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      [index] in
      ErrorTests.misuses[index].run()
    }
    let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(text.contains(ErrorTests.misuses[index].message), "\(text)")
  }
}
