internal import Perturbations
internal import Programs

/// What an evaluation is that is cut into parts.
package enum PartRole: Sendable {
  /// One of the parts.
  case computed
  /// The whole, of which all samples are evaluated already.
  case combined
}

/// A program whose answers have a known number of entries, and that has answered already where parts
/// are put together.
struct PartProgram: BatchFunction {
  let program: ExternalProgram
  let outputWidth: Int?
  let role: PartRole

  func evaluate(_ request: BatchRequest) throws -> BatchAnswer {
    if role == .combined {
      throw CommandError(
        "the parts do not hold the answers of '\(program)', of which there are more than fit "
          + "\(defaultOutputBudget >> 20) MB: expected fewer samples, or --baseline none or point")
    }
    return try program.evaluate(request)
  }
}
