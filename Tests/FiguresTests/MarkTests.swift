import Figures
import Testing

@Suite struct MarkTests {
  private func document(_ figure: Figure) throws -> Document { Document(try figure.svg()) }

  /// Tip and middle of the back edge of each arrow's head.
  private func heads(_ u: Double, _ v: Double) throws -> [(x: Double, y: Double)] {
    let figure = Figure(aspect: .equal) { Quiver(x: [0, 1], y: [0, 1], u: [u, u], v: [v, v]) }
    let path = try #require(
      try document(figure).all("path").last { $0.attributes["fill"] == "#1b1f24" })
    return Document.corners(path.attributes["d"] ?? "").map { corners in
      (
        corners[0].x - (corners[1].x + corners[2].x) / 2,
        corners[0].y - (corners[1].y + corners[2].y) / 2
      )
    }
  }

  @Test func arrowsPointAlongTheField() throws {
    let up = try heads(0, 1)
    #expect(up.count == 2)
    #expect(up.allSatisfy { abs($0.x) < 0.02 && $0.y < -1 })
    #expect(try heads(1, 0).allSatisfy { $0.x > 1 && abs($0.y) < 0.02 })
    #expect(try heads(-1, 0).allSatisfy { $0.x < -1 })
    // Halfway between right and down.
    #expect(try heads(1, -1).allSatisfy { $0.x > 1 && abs($0.x - $0.y) < 0.03 })
  }

  @Test func arrowsOnAHeatMapAreDarkInDarkSurroundingsToo() throws {
    let arrows = Quiver(x: [0, 1], y: [0, 1], u: [1, 1], v: [0, 1])
    func roles(_ marks: [any Mark]) throws -> [String] {
      // The paths of the arrows: their rims and themselves.
      try document(Figure { marks }).all("path").filter {
        $0.attributes["stroke-linejoin"] != nil || $0.attributes["fill"] == "#1b1f24"
      }.map { $0.attributes["class"] ?? "fixed" }
    }
    #expect(try roles([arrows]).contains("fgs-ink"))
    let onMap = try roles([HeatMap([[0.0, 1]]), arrows])
    #expect(onMap.count == 4 && onMap.allSatisfy { $0 == "fixed" })
  }

  @Test func arrowsOfNextToNoLengthAreSpecks() throws {
    let figure = Figure(aspect: .equal) {
      Quiver(x: [0, 1], y: [0, 1], u: [1, 0.001], v: [0, 0])
    }
    let paths = try document(figure).all("path")
    let faint = paths.filter { $0.attributes["opacity"] == "0.35" }
    #expect(faint.count == 1)
    let heads = try #require(
      paths.last { $0.attributes["fill"] == "#1b1f24" }?.attributes["d"])
    #expect(Document.corners(heads).count == 1)
  }

  @Test func ringsShowWhatIsInside() throws {
    let figure = Figure { Scatter(x: [1], y: [1], marker: .ring, radius: 6) }
    let ring = try #require(
      try document(figure).all("path").last { $0.attributes["stroke"] == "#0072b2" })
    #expect(ring.attributes["fill"] == "none")
  }

  @Test func heatMapsHaveTheirFirstRowBelow() throws {
    let figure = Figure { HeatMap([[0.0, 0, 0], [1, 1, 1]]) }
    let paths = try document(figure).all("path").filter {
      [ColorMap.sequential(0).hex, ColorMap.sequential(1).hex].contains($0.attributes["fill"])
    }
    #expect(paths.count == 2)
    func top(_ element: Document.Element) -> Double {
      let data = (element.attributes["d"] ?? "").dropFirst()
      return Double(data.split { " H".contains($0) }[1]) ?? .nan
    }
    #expect(paths[0].attributes["fill"] == ColorMap.sequential(0).hex)
    #expect(top(paths[0]) > top(paths[1]))
  }

  @Test func divergingMapsAreCentredOnZero() throws {
    let texts = try document(
      Figure { HeatMap([[-1.0, 3]], colors: .diverging, label: "v") }
    ).all("text").map(\.text)
    #expect(texts.contains("−3") || texts.contains("−2"))
  }

  @Test func barsAreAsLongAsTheirValues() throws {
    let upright = try document(
      Figure(y: Axis(range: 0...4)) { Bars(["a", "b", "c"], [1, 2, -Double.infinity]) })
    let bars = upright.all("rect").filter { $0.attributes["fill"] == "#0072b2" }
    let clip = try #require(upright.all("rect").dropFirst().first)
    #expect(abs(bars[1].number("height") - (clip.number("height") - 2) / 2) < 0.02)
    #expect(bars.count == 2)
    #expect(abs(bars[1].number("height") / bars[0].number("height") - 2) < 0.001)
    let sideways = try document(
      Figure(x: Axis(range: 0...4)) { Bars(["a", "b"], [1, 2], orientation: .horizontal) }
    ).all("rect").filter { $0.attributes["fill"] == "#0072b2" }
    #expect(abs(sideways[1].number("width") / sideways[0].number("width") - 2) < 0.001)
    #expect(sideways[0].number("y") < sideways[1].number("y"))
  }

  @Test func barsOfAGroupStandSideBySide() throws {
    let document = try document(Samples.ranks)
    let first = document.all("rect").filter { $0.attributes["fill"] == "#0072b2" }
    let second = document.all("rect").filter { $0.attributes["fill"] == "#d55e00" }
    // The last of each is the legend's.
    for (a, b) in zip(first.dropLast(), second.dropLast()) {
      #expect(a.number("x") + a.number("width") <= b.number("x") + 0.01)
    }
  }

  @Test func edgesBothWaysCurveApart() throws {
    let figure = Figure {
      Network(
        nodes: [.init("a", x: 0, y: 0), .init("b", x: 1, y: 0)],
        edges: [.init(0, 1, weight: 1), .init(1, 0, weight: 0.5)])
    }
    let edges = try document(figure).all("path").filter {
      $0.attributes["d"]?.contains("Q") == true
    }
    #expect(edges.count == 2)
    func controlHeight(_ element: Document.Element) -> Double {
      let control = (element.attributes["d"] ?? "").split(separator: "Q")[1]
      return Double(control.split(separator: " ")[1]) ?? .nan
    }
    #expect(abs(controlHeight(edges[0]) - controlHeight(edges[1])) > 20)
    // 0.6 + 7.4 · w/max
    #expect(edges.map { $0.number("stroke-width") } == [8, 4.3])
    #expect(edges[0].text == "a → b: 1")
  }

  @Test func edgesGoAroundNodes() throws {
    let nodes = (0..<3).map { Network.Node("\($0)", x: Double($0), y: 0) }
    let document = try document(
      Figure { Network(nodes: nodes, edges: [.init(0, 2), .init(0, 1)]) })
    let edges = document.all("path").filter { $0.attributes["d"]?.contains("Q") == true }
    func bend(_ element: Document.Element) -> Double {
      let numbers = (element.attributes["d"] ?? "").split { "MQ ".contains($0) }.compactMap {
        Double($0)
      }
      return abs(numbers[3] - numbers[1])
    }
    #expect(bend(edges[0]) > 20)
    #expect(bend(edges[1]) < 0.1)
  }

  @Test func highlightedEdgesAreBoldAndOnTop() throws {
    let document = try document(Samples.networks)
    let edges = document.all("path").filter { $0.text.contains("→") }
    let bold = edges.prefix(Samples.graphEdges.count).suffix(4)
    #expect(bold.allSatisfy { $0.attributes["stroke"] == "#d55e00" })
    #expect(bold.map(\.text) == ["0 → 3: 0.2", "3 → 4: 0.1", "4 → 7: 0.2", "7 → 8: 0.3"])
  }

  @Test func unknownNodesAreNamed() {
    let figure = Figure { Network(nodes: [.init("a", x: 0, y: 0)], edges: [.init(0, 4)]) }
    #expect(throws: FigureError.noSuchNode(network: "network", edge: 0, node: 4, nodes: 1)) {
      try figure.svg()
    }
  }

  @Test func stepsHoldTheirLevel() throws {
    let path = try #require(
      try document(Figure { Line(y: [1, 2, 3], interpolation: .steps) }).all("path").first {
        $0.attributes["stroke"] == "#0072b2"
      })
    let corners = Document.corners(path.attributes["d"] ?? "")[0]
    #expect(corners.count == 5)
    #expect(corners[0].y == corners[1].y && corners[1].x == corners[2].x)
  }

  @Test func contoursFollowTheirLevel() throws {
    // The level 0.5 of x over [0, 1] is a vertical line in the middle.
    let figure = Figure(x: Axis(range: 0...1), y: Axis(range: 0...1)) {
      Contours(x: 0...1, y: 0...1, levels: [0.5], ink: .series(0)) { x, _ in x }
    }
    let document = try document(figure)
    let clip = try #require(document.all("rect").dropFirst().first)
    let middle = clip.number("x") + clip.number("width") / 2
    let path = try #require(document.all("path").first { $0.attributes["stroke"] == "#0072b2" })
    let corners = Document.corners(path.attributes["d"] ?? "").joined()
    #expect(corners.count >= 158)
    #expect(corners.allSatisfy { abs($0.x - middle) < 0.02 })
  }

  @Test func errorBarsSpanTwiceTheError() throws {
    let figure = Figure(y: Axis(range: 0...4)) { Line(y: [2, 2]).errorBars([1, 0]) }
    let document = try document(figure)
    let clip = try #require(document.all("rect").dropFirst().first)
    let path = try #require(document.all("path").first { $0.attributes["stroke-width"] == "1.2" })
    let bar = Document.corners(path.attributes["d"] ?? "")[0]
    #expect(abs(abs(bar[0].y - bar[1].y) - (clip.number("height") - 2) / 2) < 0.02)
  }
}
