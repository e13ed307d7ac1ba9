import Figures
import Foundation
import Testing

/// The form of a figure that a page shows in narrow windows.
@Suite struct NarrowTests {
  /// The two forms of a figure on a page.
  private func forms(_ figure: Figure) throws -> (wide: Document, narrow: Document, size: Double) {
    let html = try Page("p") { Section("s") { figure } }.html()
    let parts = html.components(separatedBy: "<div class=\"narrow\">")
    try #require(parts.count == 2)
    func svg(_ text: String) throws -> Document {
      let start = try #require(text.range(of: "<svg"))
      let end = try #require(text.range(of: "</svg>"))
      return Document(String(text[start.lowerBound..<end.upperBound]))
    }
    let narrow = try svg(parts[1])
    return (try svg(parts[0]), narrow, narrow.elements[0].number("width"))
  }

  @Test func aMapOfManyNamesScrolls() throws {
    func html(_ count: Int) throws -> String {
      let figure = Figure(width: 800) {
        Scatter(x: 0..<count, y: 0..<count, names: (0..<count).map { "city \($0)" })
      }
      return try Page("p") { Section("s") { figure } }.html()
    }
    #expect(try html(12).contains("<div class=\"narrow\">"))
    let many = try html(13)
    #expect(!many.contains("<div class=\"narrow\">"))
    #expect(many.contains("<div class=\"wide only\" tabindex=\"0\" style=\"--least:720px\">"))
  }

  @Test(arguments: Samples.all.map(\.name).filter { $0 != "map" })
  func everyFigureWithoutManyNamesFitsAPhone(_ name: String) throws {
    let figure = try #require(Samples.all.first { $0.name == name }?.figure)
    let (wide, narrow, width) = try forms(figure)
    #expect(wide.error == nil && narrow.error == nil)
    #expect(width <= 350)
    let height = narrow.elements[0].number("height")
    let sizes = narrow.all("text").map { $0.number("font-size") }
    #expect(sizes.allSatisfy { $0 >= 10 })
    #expect(Set(sizes).isSubset(of: Set(wide.all("text").map { $0.number("font-size") })))
    for box in FigureTests.boxes(narrow) {
      #expect(box.left >= -1 && box.right <= width + 1, "\(box)")
      #expect(box.top >= 0 && box.bottom <= height + 1, "\(box)")
    }
  }

  @Test func panelsStandBelowEachOther() throws {
    let figure = Figure("f", sharedAxes: .y) {
      for index in 0..<3 {
        Panel("panel \(index)", x: "step", y: index == 0 ? "loss" : "") { Line(y: [1, 2, 3]) }
      }
    }
    let (wide, narrow, _) = try forms(figure)
    func titles(_ document: Document) -> [Document.Element] {
      document.all("text").filter { $0.text.hasPrefix("panel") }
    }
    #expect(Set(titles(wide).map { $0.number("y") }).count == 1)
    let below = titles(narrow)
    #expect(Set(below.map { $0.number("x") }).count == 1)
    let places = below.map { $0.number("y") }
    #expect(places == places.sorted() && Set(places).count == 3)
    // The axis that one panel names for its row is named in each.
    #expect(wide.all("text").count { $0.text == "loss" } == 1)
    #expect(narrow.all("text").count { $0.text == "loss" } == 3)
  }

  @Test func thePageShowsOneFormAtATimeAndScrollsWhatWouldGetTooSmall() throws {
    let html = try Page("p") { Section("s") { Figure(width: 1000) { Line(y: [1, 2]) } } }.html()
    #expect(html.contains(".narrow { display: none; }"))
    #expect(html.contains(".wide:not(.only) { display: none; }"))
    #expect(html.contains("<div class=\"wide\" tabindex=\"0\" style=\"--least:800px\">"))
    #expect(html.contains(".wide { overflow-x: auto;"))
  }
}
