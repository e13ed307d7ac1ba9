// The documents behind the package, as somebody writes them who has read README and the manual's front page.
try perturbedOptimizers()
try perturbationsNotebook()
try zeroOrderTutorial()
try mapOfCities()
try conveniences()
try await simulators()
print("all as it should be")

/// Stops where a claim does not hold.
func expect(_ holds: Bool, _ claim: String) {
  if !holds { fatalError("not so: \(claim)") }
}
