import Perturbations

func zeroOrderStep(_ setup: Setup) throws -> PreparedCase { throw CaseError("not merged") }
