internal import HiGHS
internal import Solvers

/// A linear, mixed-integer or quadratic model in an MPS or LP file, with its solver.
struct ModelFile {
  let solver: HiGHSSolver
  private let costs: [Double]

  /// The model in the file at a path.
  ///
  /// - Throws: ``CommandError`` that names the file, or says how to get HiGHS.
  init(_ path: String) throws(CommandError) {
    do throws(SolverError) {
      let (model, sense) = try LinearModel.read(path)
      solver = try HiGHSSolver(model, sense: sense)
    } catch {
      throw CommandError("\(error)")
    }
    costs = solver.model.costs
  }

  /// The costs of the variables, each rounded once.
  func costs(in precision: Precision) -> [Double] {
    precision == .double ? costs : costs.map { Double(Float($0)) }
  }

  /// The variables, as the file calls them.
  var variableNames: [String] {
    solver.model.names.enumerated().map { $1 ?? "x\($0)" }
  }
}
