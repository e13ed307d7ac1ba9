internal import Platform
internal import Programs
internal import Tensors

extension SampleFailure {
  /// What `perturb replay` needs.
  func json(_ options: TuningOptions) -> JSON {
    var members: [JSON.Member] = [
      .init(name: "program", value: .array(options.program.map { .string($0) })),
      .init(name: "numbered", value: .bool(options.running.numbered)),
      .init(name: "cause", value: .string(cause.description)),
      .init(name: "input", value: JSON(input)),
      .init(name: "attempts", value: JSON(attempts)),
    ]
    if sample >= 0 { members.append(.init(name: "sample", value: JSON(sample))) }
    if let key {
      let words = [Double(key.words.0), Double(key.words.1)]
      members.append(.init(name: "key", value: JSON(words)))
    }
    members.append(
      .init(name: "error_lines", value: .array(errorLines.map { .string($0) })))
    return .object(members)
  }
}
