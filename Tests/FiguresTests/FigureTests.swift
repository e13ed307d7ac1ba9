import Figures
import Foundation
import Testing

@Suite struct FigureTests {
  @Test(arguments: Samples.all.map(\.name))
  func samplesAreSound(_ name: String) throws {
    let figure = try #require(Samples.all.first { $0.name == name }?.figure)
    let svg = try figure.svg()
    let document = Document(svg)
    #expect(document.error == nil)
    #expect(!svg.contains("nan") && !svg.contains("inf\"") && !svg.contains("inf "))
    #expect(try figure.svg() == svg)
    #expect(svg.utf8.count < 400_000)
    // Named, described, and every reference has its target once.
    #expect(document.elements[0].attributes["role"] == "img")
    #expect(document.all("title")[0].text == figure.title)
    #expect(!document.all("desc")[0].text.isEmpty)
    let ids = document.elements.compactMap { $0.attributes["id"] }
    #expect(Set(ids).count == ids.count)
    for element in document.elements {
      guard let clip = element.attributes["clip-path"] else { continue }
      #expect(ids.contains(String(clip.dropFirst(5).dropLast())))
    }
    for box in Self.boxes(document) {
      #expect(box.left >= -1 && box.right <= figure.width + 1, "\(box)")
      #expect(box.top >= 0 && box.bottom <= figure.height + 1, "\(box)")
    }
  }

  struct Box {
    var text: String
    var left: Double
    var right: Double
    var top: Double
    var bottom: Double
  }

  /// Where texts stand, by the estimate of their widths; quarter turns are understood, slanted
  /// ones left out.
  static func boxes(_ document: Document) -> [Box] {
    document.all("text").compactMap { element in
      let size = element.number("font-size")
      let bold = element.attributes["font-weight"] != nil
      let width = TextMetrics.width(element.text, size: size, bold: bold) / 1.06
      let (x, y) = (element.number("x"), element.number("y"))
      let start =
        switch element.attributes["text-anchor"] {
        case "middle": -width / 2
        case "end": -width
        default: 0.0
        }
      let transform = element.attributes["transform"] ?? ""
      if transform.hasPrefix("rotate(-90 ") {
        return Box(
          text: element.text, left: x - size * 0.75, right: x + size * 0.2,
          top: y - start - width, bottom: y - start)
      }
      guard transform.isEmpty else { return nil }
      return Box(
        text: element.text, left: x + start, right: x + start + width, top: y - size * 0.75,
        bottom: y + size * 0.2)
    }
  }

  @Test func namesOfCitiesAreAllThereAndApart() throws {
    let names = Samples.cities.map(\.0)
    let boxes = Self.boxes(Document(try Samples.map.svg())).filter { names.contains($0.text) }
    #expect(Set(boxes.map(\.text)) == Set(names))
    Self.expectApart(boxes)
  }

  static func expectApart(_ boxes: [Box]) {
    for (index, a) in boxes.enumerated() {
      for b in boxes[(index + 1)...] {
        let overlaps =
          a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom
        #expect(!overlaps, "\(a.text) and \(b.text)")
      }
    }
  }

  @Test func namesWithoutRoomStayTooltips() throws {
    let names = (0..<80).map { "a rather long name \($0)" }
    let figure = Figure(width: 400, height: 300) {
      Scatter(x: (0..<80).map { $0 % 9 }, y: (0..<80).map { $0 / 9 }, names: names)
    }
    let document = Document(try figure.svg())
    let boxes = Self.boxes(document).filter { names.contains($0.text) }
    #expect((3..<80).contains(boxes.count))
    Self.expectApart(boxes)
    #expect(Set(document.all("title").map(\.text)).isSuperset(of: names))
  }

  @Test func equalAspectKeepsUnitsEqual() throws {
    let figure = Figure(aspect: .equal, width: 700, height: 300) {
      Scatter(x: [0, 1, 0], y: [0, 0, 1], names: ["origin", "east", "north"])
    }
    let paths = Document(try figure.svg()).all("path").filter { $0.attributes["fill"] == "#0072b2" }
    func place(_ element: Document.Element) -> (Double, Double) {
      let numbers = (element.attributes["d"] ?? "").dropFirst().prefix { $0 != "Q" }
        .split(separator: " ").compactMap { Double($0) }
      return (numbers[0], numbers[1])
    }
    #expect(paths.count == 3)
    let (origin, east, north) = (place(paths[0]), place(paths[1]), place(paths[2]))
    #expect(abs((east.0 - origin.0) - (origin.1 - north.1)) < 0.02)
    #expect(north.1 < origin.1)
  }

  // MARK: What can't be drawn

  @Test func refusesDifferentLengths() {
    let expected = FigureError.lengthMismatch(
      series: "line “loss”", part: "y", count: 2, expected: 3)
    #expect(throws: expected) {
      try Figure { Line(x: [1, 2, 3], y: [1, 2], label: "loss") }.svg()
    }
    #expect(throws: FigureError.self) {
      try Figure { Line(y: [1, 2]).band(lower: [1], upper: [2, 3]) }.svg()
    }
    #expect(throws: FigureError.self) { try Figure { Bars(["a"], [1, 2]) }.svg() }
    #expect(throws: FigureError.self) { try Figure { Bars(["a"], [1], errors: []) }.svg() }
    #expect(throws: FigureError.self) { try Figure { HeatMap([[1, 2], [3]]) }.svg() }
    #expect(throws: FigureError.self) {
      try Figure { Quiver(x: [1], y: [1], u: [1], v: [Double]()) }.svg()
    }
    #expect(throws: FigureError.self) {
      try Figure { Scatter(x: [1, 2], y: [1, 2], names: ["a"]) }.svg()
    }
  }

  @Test func namesWhatItRefusesToShow() {
    func error(_ y: Axis, _ values: [Double]) -> String {
      do {
        _ = try Figure(y: y, missing: .refuse) { Line(y: values, label: "loss") }.svg()
        return ""
      } catch {
        return error.description
      }
    }
    #expect(
      error("loss", [1, 2, .nan])
        == "line “loss”, y: value 2 is nan, which can't be shown: a finite number is expected")
    #expect(
      error(.logarithmic("loss"), [1, 0])
        == "line “loss”, y: value 1 is 0.0, which can't be shown: "
        + "a logarithmic axis needs numbers above 0"
    )
    #expect(error("loss", [1, -.infinity]).contains("value 1 is -inf"))
    #expect(error("loss", [1, 2]).isEmpty)
  }

  @Test func leavesGapsAndSaysSo() throws {
    let document = Document(
      try Figure { Line(y: [1, 2, .nan, 3, .infinity, 4, 5]) }.svg())
    #expect(document.all("desc")[0].text.contains("can't be shown: 2."))
    let line = try #require(document.all("path").first { $0.attributes["stroke"] == "#0072b2" })
    let parts = Document.corners(line.attributes["d"] ?? "").filter { $0.count > 1 }
    #expect(parts.map(\.count) == [2, 2])
  }

  @Test func refusesImpossibleSizes() {
    for (width, height) in [(0.0, 100.0), (.nan, 100), (100, .infinity), (1e9, 100), (640, 61)] {
      let figure = Figure("title", width: width, height: height) { Line(y: [1, 2]) }
      #expect(throws: FigureError.self) { try figure.svg() }
    }
    let many = Figure(columns: 30, width: 600, height: 300) {
      for _ in 0..<30 { Panel { Line(y: [1, 2]) } }
    }
    #expect(throws: FigureError.size(width: 600, height: 300)) { try many.svg() }
  }

  @Test func survivesExtremes() throws {
    let extremes: [[Double]] = [
      [], [0], [.leastNonzeroMagnitude, 1e-300], [1e299, -1e299], [1.7e308, 1], [7, 7, 7],
      [-0.0, 0],
      [1e16, 1e16 + 2], [.nan, .nan],
    ]
    for values in extremes {
      for scale in [AxisScale.linear, .logarithmic] {
        let svg = try Figure(y: Axis("y", scale: scale, range: nil)) {
          Line(y: values, label: "line", marker: .automatic)
          Scatter(x: values, y: values)
          Bars(values.map { "\($0)" }, values, showsValues: true)
        }.svg()
        #expect(Document(svg).error == nil)
        #expect(!svg.contains("\"nan") && !svg.contains(" nan") && !svg.contains("\"inf"))
      }
    }
    _ = try Figure(x: Axis(range: 1...1), y: Axis(scale: .logarithmic, range: -1...1)) {
      Line(y: [1, 2])
    }.svg()
    _ = try Figure { HeatMap([[Double]]()) }.svg()
    _ = try Figure { Contours([[1.0]]) }.svg()
    _ = try Figure { Network(nodes: [], edges: []) }.svg()
    _ = try Figure(columns: nil) {}.svg()
  }

  // MARK: Colours and legends

  @Test func seriesOfOneNameShareTheirColor() throws {
    let figure = Figure(columns: 2) {
      Panel {
        Line(y: [1, 2], label: "a")
        Line(y: [2, 1], label: "b")
      }
      Panel {
        Line(y: [2, 1], label: "b")
        Line(y: [5, 1], label: "c")
      }
    }
    let strokes = Document(try figure.svg()).all("path").filter {
      $0.attributes["stroke-width"] == "1.8"
    }.map { $0.attributes["stroke"] }
    #expect(strokes[1] == strokes[2])
    #expect(Set(strokes).count == 3)
  }

  @Test func oneLegendForPanelsAlike() throws {
    let figure = Figure(columns: 2) {
      for _ in 0..<2 {
        Panel {
          Line(y: [1, 2], label: "first")
          Line(y: [2, 1], label: "second")
        }
      }
    }
    let texts = Document(try figure.svg()).all("text").map(\.text)
    #expect(texts.filter { $0 == "first" }.count == 1)
  }

  @Test func legendsGiveWayToData() throws {
    // Data everywhere: the legend stands above the plot.
    let y = (0..<3000).map { $0 * 7919 % 1009 }
    let figure = Figure {
      Scatter(x: (0..<3000).map { $0 % 300 }, y: y, label: "dense")
      Rule(y: 0)
    }
    let document = Document(try figure.svg())
    let label = try #require(document.all("text").first { $0.text == "dense" })
    let clip = try #require(document.all("rect").dropFirst().first)
    #expect(label.number("y") < clip.number("y"))
  }

  @Test func marksOfOnesOwnAreTakenApart() throws {
    struct Cross: Mark {
      var body: [any Mark] {
        Rule(x: 1, "here")
        Rule(y: 1)
      }
    }
    let texts = Document(
      try Figure {
        Line(y: [0, 1, 2])
        Cross()
      }.svg()
    ).all("text").map(\.text)
    #expect(texts.contains("here"))
  }

  @Test func darkSurroundingsAreServed() throws {
    let svg = try Samples.fourLosses.svg()
    #expect(svg.contains("prefers-color-scheme:dark"))
    #expect(svg.contains("class=\"fgs-0\""))
    #expect(svg.contains("fill=\"#ffffff\" class=\"fgf-bg\""))
  }
}
