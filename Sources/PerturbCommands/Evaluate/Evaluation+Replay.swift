internal import Perturbations
internal import Programs

extension Evaluation {
  /// The command that makes a failed sample's input again.
  func replayHint(_ error: any Error, _ command: [String]) -> String {
    guard let error = error as? ProgramError, case .sampleFailed(let failure) = error,
      failure.sample >= 0, let key = failure.key, let theta = problem.theta, theta.rows == 1,
      let reduction = try? VarianceReduction(
        baseline: problem.baseline, sampling: problem.sampling)
    else { return "" }
    let numbers = theta.texts.joined(separator: ",")
    let precision = problem.precision == .double ? " --precision double" : ""
    let sampling =
      reduction.sampling == .independent
      ? "" : " --sampling \(reduction.sampling.name) --samples \(problem.samples)"
    let numbered = problem.program?.isNumbered == true ? " --numbered" : ""
    return "; 'perturb replay --theta \(numbers) --key \(key.words.0),\(key.words.1) --sample "
      + "\(failure.sample) --sigma \(problem.sigma) --noise \(problem.noise)"
      + "\(sampling)\(precision)\(numbered) -- "
      + "\(command.joined(separator: " "))' runs it again"
  }
}
