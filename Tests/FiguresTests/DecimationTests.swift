import Figures
import Testing

@Suite struct DecimationTests {
  @Test func keepsPeaksAndEnds() {
    var noise = Samples.Noise()
    var points = (0..<100_000).map { Point(x: Double($0) / 200, y: noise.normal()) }
    points[31_415].y = 50
    points[77_777].y = -50
    let thin = Decimation.thinned(points, width: 500)
    #expect(thin.count <= 4 * 501)
    #expect(thin.contains(points[31_415]) && thin.contains(points[77_777]))
    #expect(thin.first == points.first && thin.last == points.last)
    #expect(zip(thin, thin.dropFirst()).allSatisfy { $0.x <= $1.x })
    // In each column of pixels the same lowest and highest.
    for column in 0..<500 {
      let all = points.filter { Int($0.x) == column }.map(\.y)
      let kept = thin.filter { Int($0.x) == column }.map(\.y)
      #expect(all.min() == kept.min() && all.max() == kept.max())
    }
  }

  @Test func leavesShortLinesAlone() {
    let points = (0..<100).map { Point(x: Double($0 * $0 % 37), y: Double($0)) }
    #expect(Decimation.thinned(points, width: 100) == points)
  }

  @Test func thinsLinesThatTurnBack() {
    let points = (0..<50_000).map {
      Point(x: Double($0 % 100) / 1000, y: $0 == 25_000 ? 9 : 0)
    }
    let thin = Decimation.thinned(points, width: 100)
    #expect(thin.count < 10)
    #expect(thin.contains(Point(x: 0, y: 9)))
    #expect(thin.last == points.last)
  }

  @Test func longLinesGiveSmallFiles() throws {
    var noise = Samples.Noise()
    let values = (0..<100_000).map { _ in noise.normal() }
    let svg = try Figure { Line(y: values) }.svg()
    #expect(svg.utf8.count < 60_000)
  }
}
