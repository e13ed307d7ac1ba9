import Foundation
import Tensors
import Testing

/// The bits of all operations, their gradients and the draws, against a file of them: the same in
/// debug and in release, with any instruction set, on any machine.
///
/// After a change that is meant to change bits, the file is written anew by
///
///     PERTURBATIONS_WRITE_BITS=1 swift test -c release --filter BitsTests
struct BitsTests {
  static let file = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../Fixtures/operation_bits.json").standardized

  @Test func sameBitsEverywhere() throws {
    let found = Self.probes()
    #expect(found.count > 200)
    if ProcessInfo.processInfo.environment["PERTURBATIONS_WRITE_BITS"] != nil {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
      try encoder.encode(found).write(to: Self.file)
    }
    let expected = try JSONDecoder().decode(
      [String: String].self, from: Data(contentsOf: Self.file))
    #expect(Set(found.keys) == Set(expected.keys))
    for (name, bits) in found.sorted(by: { $0.key < $1.key }) {
      #expect(bits == expected[name], "\(name)")
    }
  }

  /// A digest of all elements' bits: FNV-1a.
  static func digest(_ leaves: [Leaf]) -> String {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    func add(_ word: UInt64) { hash = (hash ^ word) &* 0x100_0000_01b3 }
    for leaf in leaves {
      for extent in leaf.shape { add(UInt64(extent)) }
      switch leaf.elementType {
      // Not a number is one value, whatever its sign and payload.
      case .float:
        for x in leaf.tensor(of: Float.self).scalars { add(x.isNaN ? 1 : UInt64(x.bitPattern)) }
      case .double:
        for x in leaf.tensor(of: Double.self).scalars { add(x.isNaN ? 1 : x.bitPattern) }
      case .int32:
        for x in leaf.tensor(of: Int32.self).scalars { add(UInt64(UInt32(bitPattern: x))) }
      case .bool: for x in leaf.tensor(of: Bool.self).scalars { add(x ? 1 : 0) }
      }
    }
    return String(hash, radix: 16)
  }

  static func probes() -> [String: String] {
    var result: [String: String] = [:]
    var examples = OperationExamples.all.values.flatMap { $0 }
    for kind in Primitive.Kind.allCases {
      for entry in PrimitiveExamples.cases(kind) {
        guard case .examples(let more) = entry else { continue }
        examples += more.map { Example("primitive " + $0.name, $0.inputs, $0.function) }
      }
    }
    for example in examples {
      result[example.name] = digest([example.function(example.inputs)])
      let followed = example.inputs.filter { $0.elementType == .double }
      let slopes = gradient(at: followed) { (leaves: [Leaf]) -> Tensor<Double> in
        var rest = leaves[...]
        let inputs = example.inputs.map { $0.elementType == .double ? rest.removeFirst() : $0 }
        let value = example.function(inputs).tensor(of: Double.self)
        return (value * sample(value.shape, seed: 77, in: 0.3...1.7)).sum()
      }
      result[example.name + ", gradient"] = digest(slopes)
    }
    inPrecision(Float.self, &result)
    inPrecision(Double.self, &result)
    return result
  }

  /// Sizes at which kernels take other ways: blocks, lanes, rests of lanes.
  static func inPrecision<S: TensorFloatingPoint>(_ type: S.Type, _ result: inout [String: String])
  {
    func probe(_ name: String, _ value: Tensor<S>) {
      result["\(name), \(type)"] = digest([Leaf(value)])
    }
    let key = RandomKey(11)
    for (m, k, n) in [
      (1, 1, 1), (3, 5, 7), (17, 33, 9), (64, 64, 64), (130, 70, 259), (1, 300, 40),
    ] {
      let a = sample([m, k], seed: 3, as: type)
      let b = sample([k, n], seed: 4, as: type)
      probe("matmul \(m) \(k) \(n)", matmul(a, b))
      probe("matmul \(m) \(k) \(n) of transposes", matmul(b.transposed(), a.transposed()))
      probe("gradient of matmul \(m) \(k) \(n)", gradient(at: a) { square(matmul($0, b)).sum() })
      probe("matmul by a vector \(m) \(k)", matmul(a, b[.all, 0]))
    }
    let points = sample([37, 5], seed: 5, as: type)
    probe("cdist", cdist(points, points[1..<20]))
    for count in [1, 7, 8, 16, 100, 4099] {
      let x = sample([count], seed: 6, as: type)
      probe("sum of \(count)", x.sum())
      probe("product of \(count)", (1 + x / 100).product())
      probe("running sum of \(count)", x.cumulativeSum())
      probe("softmax of \(count)", x.softmax())
      probe("logSumExp of \(count)", x.logSumExp())
      probe("variance of \(count)", x.variance())
      probe("sums of columns of \(count)", (x.expandingAxis(1) * x[0..<1]).sum(axis: 0))
    }
    let x = sample([999], seed: 7, in: -5...5, as: type)
    let p = abs(x) + 0.01
    let functions: [(String, Tensor<S>)] = [
      ("exp", exp(x)), ("expm1", expm1(x)), ("log", log(p)), ("log1p", log1p(p)),
      ("sqrt", sqrt(p)), ("rsqrt", rsqrt(p)), ("reciprocal", reciprocal(p)), ("sin", sin(x * 40)),
      ("cos", cos(x * 40)), ("tan", tan(x)), ("asin", asin(x / 5)), ("acos", acos(x / 5)),
      ("atan", atan(x)), ("atan2", atan2(x, p)), ("tanh", tanh(x)), ("sigmoid", sigmoid(x)),
      ("softplus", softplus(x)), ("erf", erf(x)), ("power", p ** x), ("square", square(x)),
      ("quotient", x / p), ("linspace", .linspace(-1, 3, count: 999)),
      ("arange", .arange(0, 10, step: 0.1)), ("mean", x.mean()), ("norm", x.norm()),
      ("einsum", einsum("i,j->ij", x, p)),
    ]
    for (name, value) in functions { probe(name, value) }
    for distribution in RandomDistribution.allCases {
      probe("draws \(distribution)", key.draws([257], from: distribution))
    }
    probe("uniform on a range", key.uniform([257], in: -1.5..<2.5))
  }
}
