internal import Programs
internal import Tensors

extension SampleFailure {
  /// What `perturb replay` needs.
  func json(_ command: [String]) -> JSON {
    var members: [JSON.Member] = [
      .init(name: "program", value: .array(command.map { .string($0) })),
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
