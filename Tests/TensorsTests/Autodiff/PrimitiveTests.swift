import Tensors
import Testing

struct PrimitiveTests {
  @Test(arguments: Primitive.Kind.allCases)
  func derivatives(_ kind: Primitive.Kind) {
    for entry in PrimitiveExamples.cases(kind) {
      guard case .examples(let examples) = entry else { continue }
      #expect(!examples.isEmpty)
      for example in examples {
        let problems = GradientCheck.problems(example)
        #expect(problems.isEmpty, "\(problems.joined(separator: "\n"))")
      }
    }
  }
}
