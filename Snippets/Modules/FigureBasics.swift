// A figure and a page.
import Figures

// snippet.figure
let figure = Figure("Decay", x: "step", y: .logarithmic("loss")) {
  Line(over: 0...100, label: "0.9ˣ") { x in
    var value = 1.0
    for _ in 0..<Int(x) { value *= 0.9 }
    return value
  }
  Rule(y: 1e-3, "tolerance")
}
let svg = try figure.svg()
// snippet.end
check(
  svg.hasPrefix("<svg") && svg.contains("tolerance"),
  "a picture with a label")

// snippet.page
let page = Page("Results") {
  Section("Convergence") {
    "The loss falls by a tenth in each step."
    Illustration(figure, caption: "Logarithmic axis.")
    Table(["step", "loss"], rows: [[1, 0.9], [2, 0.81]])
  }
}
let html = try page.html()
// snippet.end
check(
  html.contains("<svg") && html.contains("<table"),
  "one file that holds everything")

// snippet.hide
func check(_ holds: Bool, _ claim: String) {
  if !holds { fatalError(claim) }
}
