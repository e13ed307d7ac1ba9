internal import Synchronization
internal import Tensors

/// The structure of a function's output, learned from its first evaluation.
final class OutputTemplate<Output: Tree & Sendable>: Sendable {
  private let output = Mutex<Output?>(nil)

  func learn(_ example: Output) {
    output.withLock { if $0 == nil { $0 = example.withoutElements } }
  }

  func filled(with values: [Value]) -> Output {
    guard let output = output.withLock({ $0 }) else {
      trap("Perturbed", "the function was not evaluated")
    }
    return output.withValues(values)
  }
}

extension Tree {
  /// The same structure with empty leaves, so that it holds no memory.
  var withoutElements: Self { withValues(values.map { .zeros([0], $0.type) }) }
}
