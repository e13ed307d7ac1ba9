internal import Tensors

/// The parameters at one point, checked.
struct ParameterPoint: Sendable {
  /// All leaves, dense.
  let all: [Value]
  /// Those that are perturbed.
  let leaves: [ParameterLeaf]

  var parameters: Int { leaves.reduce(0) { $0 + $1.count } }

  /// The type of packed vectors: the widest of the leaves'.
  var packedType: ElementType {
    leaves.contains { $0.theta.type == .double } ? .double : .float
  }

  /// - Parameters:
  ///   - theta: All leaves.
  ///   - sigma: The length of a step.
  ///   - paths: The path of each leaf, for messages.
  /// - Throws: `PerturbationError` for parameters that are empty, not finite, or so large that a step is
  ///   rounded away.
  init(_ theta: [Value], sigma: Double, paths: () -> [String]) throws(PerturbationError) {
    var leaves: [ParameterLeaf] = []
    var offset = 0
    for (index, value) in theta.enumerated() where value.type.isFloatingPoint && value.count > 0 {
      leaves.append(ParameterLeaf(index: index, theta: value, offset: offset))
      offset += value.count
      if let (position, element) = value.firstNonFinite {
        throw .nonFiniteInput(path: paths()[index], index: position, value: element)
      }
      let magnitude = value.magnitude(under: AdditivePerturbation())
      if sigma < Resolution.of(magnitude, value.type) {
        throw .unresolvedSigma(sigma: sigma, magnitude: magnitude, type: value.type)
      }
    }
    if leaves.isEmpty { throw .emptyInput }
    all = theta
    self.leaves = leaves
  }

  /// All leaves: the given values for those that are perturbed, zeros for the others.
  func completed(_ values: [Value]) -> [Value] {
    var next = 0
    return all.enumerated().map { index, leaf in
      guard next < leaves.count, leaves[next].index == index else {
        return .zeros(leaf.shape, leaf.type)
      }
      defer { next += 1 }
      return values[next]
    }
  }
}
