internal import Tensors

/// A call whose derivatives are estimates from the samples that its value was made of: what
/// ``EstimatorNode`` differentiates.
///
/// θ comes as leaves, [rows] + the shape of one example; vectors are packed over the leaves,
/// [copies, rows, width].
protocol EstimatedCall: AnyObject, Sendable {
  /// What messages call it.
  var name: String { get }
  /// What messages call its derivatives those of.
  var subject: String { get }

  /// The value, [rows, width], or a derivative for each copy of its vectors, [copies, rows, width].
  ///
  /// - Throws: `PerturbationError`, also for a derivative that there is none of.
  func compute(
    _ order: EstimatorOrder, _ theta: [Value], _ vectors: [PackedVectors]
  ) throws -> Value

  /// A packed cotangent, [rows, width], cut into those of the leaves: nil for leaves that have none.
  func unpacked(_ cotangent: Value, _ theta: [Value]) -> [Value?]

  /// What remembers how leaves with and without a mapped axis were put together.
  var merges: MergedLeaves { get }
}

/// Which derivative. With s = s(zᵢ), y = yᵢ − b and sums over the N samples:
///
/// | order | inputs | output |
/// |---|---|---|
/// | value | θ | (1/N) Σ yᵢ |
/// | cotangent | θ, g | (1/Nσ) Σ ⟨g, y⟩ s |
/// | tangent | θ, u | (1/Nσ) Σ y ⟨s, u⟩ |
/// | secondCotangent | θ, g, u | (1/Nσ²) Σ ⟨g, y⟩ (s ⟨s, u⟩ − s′ ∘ u) |
/// | secondTangent | θ, u, v | (1/Nσ²) Σ y (⟨s, u⟩⟨s, v⟩ − ⟨s′ ∘ u, v⟩) |
///
/// Each is the derivative of another, so that two derivatives in any mode stay inside the table. A
/// zero-order call has the function's own value, and directions in the place of scores.
///
/// - SeeAlso: Berthet et al. 2020, arXiv:2002.08676, proposition 3.1 for the first; Abernethy,
///   Lee and Tewari 2016, "Perturbation techniques in online learning and optimization", lemma 1.5
///   for both orders.
enum EstimatorOrder: Sendable { case value, cotangent, tangent, secondCotangent, secondTangent }

/// Vectors over the inputs or the outputs, [copies, rows, width].
struct PackedVectors: Sendable {
  let copies: Int
  let elements: [Double]

  /// One copy, [rows, width].
  subscript(copy: Int) -> ArraySlice<Double> {
    let size = elements.count / Swift.max(copies, 1)
    return elements[copy * size..<(copy + 1) * size]
  }
}

extension PackedVectors {
  init(_ value: Value) {
    self.init(copies: value.shape[0], elements: value.doubles)
  }
}
