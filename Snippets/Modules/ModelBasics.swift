// A model of one's own, solved by HiGHS, as a perturbed function.
import Foundation
import HiGHS
import Perturbations

guard HiGHSLibrary.isAvailable else {
  print("NOT RUN: HiGHS is not installed")
  exit(0)
}

// snippet.model
var model = LinearModel()
let items = model.variables(5, .binary)
model.require(items.sum(weights: [5, 4, 3, 3, 1]) <= 12)
model.require(items[1] + items[2] <= 1)  // not both
let solver = try HiGHSSolver(model, sense: .maximize)
let chosen = try solver([10.0, 6, 7, 5, 2])  // [1, 0, 1, 1, 1]
// snippet.end
check(chosen == [1, 0, 1, 1, 1], "the best choice")

// snippet.perturbed
let choice = try Perturbed<Tensor<Double>, Tensor<Double>>(
  solver, samples: 200, sigma: 1)
let values: Tensor<Double> = [10, 6, 7, 5, 2]
let weight: Tensor<Double> = [5, 4, 3, 3, 1]
let slope = try gradient(at: values) { values in
  (try choice(values, key: RandomKey(0)) * weight).sum()
}
// snippet.end
check(slope.scalars.allSatisfy(\.isFinite), "it has a gradient")

// snippet.relaxed
var assignment = LinearModel()
let x = (0..<3).map { _ in assignment.variables(3) }
for i in 0..<3 {
  assignment.require(x[i].sum() == 1)
  assignment.require(x.map { $0[i] }.sum() == 1)
}
let pairs = try HiGHSSolver(assignment, sense: .minimize)
// The rows are matched in the other order: [0, 0, 1, 0, 1, 0, 1, 0, 0]
let matched = try pairs([1.0, 2, 3, 2, 4, 6, 3, 6, 9])
// snippet.end
check(
  matched == [0, 0, 1, 0, 1, 0, 1, 0, 0], "the rows in the other order")

// snippet.hide
func check(_ holds: Bool, _ claim: String) {
  if !holds { fatalError(claim) }
}
