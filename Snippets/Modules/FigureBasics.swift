// A figure and a page.
import Figures
import Foundation

_ = FileManager.default.changeCurrentDirectoryPath(NSTemporaryDirectory())

// snippet.first
let figure = Figure("Decay", x: "step", y: .logarithmic("loss")) {
  Line(y: [0.9, 0.41, 0.2, 0.08, 0.04], label: "descent")
  Rule(y: 0.05, "tolerance")
}
try figure.write(to: "decay.svg")
// snippet.end
let svg = try figure.svg()
check(
  try String(contentsOfFile: "decay.svg", encoding: .utf8) == svg,
  "the file holds the picture")
check(
  svg.hasPrefix("<svg") && svg.contains("tolerance"),
  "a picture with a label")

// snippet.panels
let both = Figure("One function, two axes") {
  Panel("linear", x: "x", y: "y") { Line(over: 0.1...4) { $0 * $0 } }
  Panel("logarithmic", x: .logarithmic("x"), y: .logarithmic("y")) {
    Line(over: 0.1...4) { $0 * $0 }
  }
}
// snippet.end
check(both.panels.count == 2, "a panel each")

// snippet.page
let page = Page("Results") {
  Section("Convergence") {
    "The loss is halved in each step."
    Illustration(figure, caption: "Logarithmic axis.")
    Table(["step", "loss"], rows: [[0, 0.9], [1, 0.41]])
  }
}
try page.write(to: "results.html")
// snippet.end
let html = try page.html()
check(
  html.contains("<svg") && html.contains("<table"),
  "one file that holds everything")

// snippet.hide
func check(_ holds: Bool, _ claim: String) {
  if !holds { fatalError(claim) }
}
