internal import Perturbations
public import Solvers
public import Tensors

/// Decisions that were found so far, each once: what contrastive and ranking losses compare with, and what can
/// stand in for the solver at most steps of a training.
///
/// ```swift
/// var pool = SolutionPool(known.decisions)
/// try pool.add(decidedBy: solver, for: costs)          // at some share of the steps
/// let decisions = try pool.solver(.minimize)(costs)    // at the others: the best of the pool
/// ```
///
/// - SeeAlso: Mulamba, Mandi, Diligenti, Lombardi, Bucarey and Guns 2021, "Contrastive losses and solution
///   caching for predict-and-optimize", IJCAI 2021.
public struct SolutionPool<Scalar: TensorFloatingPoint>: Sendable {
  /// Shape [P] + the shape of a decision: sorted as they were added, those of one call by their entries.
  public private(set) var solutions: Tensor<Scalar>
  private var known: Set<[Scalar]>
  private let shape: Shape

  /// The different ones among decisions, shape [B] + the shape of one.
  ///
  /// - Precondition: at least one.
  public init(_ decisions: Tensor<Scalar>) {
    require(
      decisions.rank >= 1 && decisions.count > 0, "SolutionPool",
      "decisions of shape \(decisions.shape)")
    shape = Shape(decisions.shape.dropFirst())
    let rows = Self.rows(decisions)
    known = Set(rows)
    solutions = Self.tensor(Self.sorted(known), shape)
  }

  /// How many there are.
  public var count: Int { solutions.shape[0] }

  /// Adds the decisions that are new, shape [B] + the shape of one.
  ///
  /// - Precondition: decisions of the pool's shape.
  public mutating func add(_ decisions: Tensor<Scalar>) {
    require(
      Shape(decisions.shape.dropFirst()) == shape, "SolutionPool.add",
      "decisions of shape \(decisions.shape) to a pool of \(shape)")
    let new = Set(Self.rows(decisions)).subtracting(known)
    if new.isEmpty { return }
    known.formUnion(new)
    solutions = concatenate([solutions, Self.tensor(Self.sorted(new), shape)])
  }

  /// Adds what a solver decides for costs, shape [B] + the shape of one problem's.
  ///
  /// - Throws: What the solver throws.
  public mutating func add(decidedBy solver: some Solver, for costs: Tensor<Scalar>) throws {
    add(try solver.decide(costs, batched: true))
  }

  /// ⟨cost, solution⟩ for each example and each solution, shape [B, P]: of a batch of costs. It can be
  /// differentiated.
  public func objectives(_ costs: Tensor<Scalar>) -> Tensor<Scalar> {
    let width = shape.elementCount
    return matmul(
      costs.reshaped([costs.shape[0], width]), solutions.reshaped([count, width]).transposed())
  }

  /// A solver that returns the best of the pool, the first of several.
  public func solver(_ sense: Sense) -> PooledSolver {
    PooledSolver(
      solutions: solutions.scalars.map(\.asDouble), width: shape.elementCount, shape: shape.array,
      sense: sense)
  }

  private static func rows(_ decisions: Tensor<Scalar>) -> [[Scalar]] {
    let scalars = decisions.scalars
    let width = decisions.count / decisions.shape[0]
    // −0 is 0: `+ 0` makes it so.
    return (0..<decisions.shape[0]).map { row in
      scalars[row * width..<(row + 1) * width].map { $0 + 0 }
    }
  }

  private static func sorted(_ rows: Set<[Scalar]>) -> [[Scalar]] {
    rows.sorted { $0.lexicographicallyPrecedes($1) }
  }

  private static func tensor(_ rows: [[Scalar]], _ shape: Shape) -> Tensor<Scalar> {
    Tensor(shape: shape.inserting(rows.count, at: 0), scalars: rows.flatMap(\.self))
  }
}
