import Foundation
import Optimizers
import PerturbCommands
import Perturbations
import Platform
import Testing

/// Document 003, against what NumPy and SciPy give for the same start
/// (`Scripts/make_city_fixture.py`).
@Suite struct CityMapTests {
  private struct Known: Decodable {
    let start: [Double]
    let value: Double
    let gradient: [Double]
    let bfgsValue: Double
    let bfgsIterations: Int
    let descentValue: Double
  }

  private let known: Known
  private let map = CityMap()

  init() throws {
    let url = try #require(
      Bundle.module.url(forResource: "cities", withExtension: "json", subdirectory: "Fixtures"))
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    known = try decoder.decode(Known.self, from: Data(contentsOf: url))
  }

  @Test func startValueAndGradientTo1e10() {
    let start = Tensor(known.start).reshaped([-1, 2])
    #expect(((map.start - start).norm() / start.norm()).scalar < 1e-14)
    let expected = Tensor(known.gradient).reshaped([-1, 2])
    for criterion in [map.criterion, map.directCriterion] {
      let (value, gradient) = valueAndGradient(at: map.start, of: criterion)
      #expect(abs(value.scalar / known.value - 1) < 1e-10)
      #expect(((gradient - expected).norm() / expected.norm()).scalar < 1e-10)
    }
  }

  @Test func theDocumentsLoopEndsAtTheKnownLoss() {
    let loop = map.documentLoop(steps: 4000)
    #expect(loop.losses.count == 4000)
    #expect(abs(loop.losses[0] / known.value - 1) < 1e-10)
    #expect(abs(map.criterion(loop.points).scalar / known.descentValue - 1) < 1e-3)
    #expect(zip(loop.losses, loop.losses.dropFirst()).allSatisfy { $1 <= $0 * (1 + 1e-12) })
  }

  @Test func everyMethodEndsAtTheSameLoss() {
    let bfgs = map.way("BFGS", .bfgs(), steps: 1000)
    #expect(bfgs.result.steps <= known.bfgsIterations)
    for way in [
      bfgs, map.way("L-BFGS", .lbfgs(), steps: 1000),
      map.way("Adam", .adam(learningRate: 1e-3), steps: 4000),
      map.way("gradient descent", .sgd(learningRate: 0.1), steps: 4000),
    ] {
      #expect(way.result.status == .gradientWithinTolerance)
      #expect(abs(way.result.value / known.bfgsValue - 1) < 1e-3, "\(way.name)")
    }
  }

  @Test func valuesAloneEndAtTheSameMap() throws {
    let way = try map.zeroOrderWay(samples: 100, steps: 250, key: RandomKey(3))
    #expect(abs(way.result.value / known.bfgsValue - 1) < 0.02)
    let exact = map.oriented(map.way("BFGS", .bfgs(), steps: 1000).result.parameters)
    let found = map.oriented(way.result.parameters)
    for (a, b) in zip(exact.east + exact.north, found.east + found.north) {
      #expect(abs(a - b) < 20, "kilometres")
    }
  }

  @Test func northIsUpAndWestIsLeft() throws {
    let points = map.way("BFGS", .bfgs(), steps: 1000).result.parameters
    let mirror: Tensor<Double> = [[-0.6, 0.8], [0.8, 0.6]]
    let places = map.oriented(points)
    let mirrored = map.oriented(matmul(points, mirror))
    func index(_ name: String) throws -> Int { try #require(CityMap.names.firstIndex(of: name)) }
    let (rome, copenhagen) = try (index("Rome"), index("Copenhagen"))
    for (east, north) in [places, mirrored] {
      #expect(abs(east[rome] - east[copenhagen]) < 1e-6)
      #expect(north[copenhagen] > north[rome] + 1500)
      #expect(try east[index("Moscow")] > east[index("Reykjavik")] + 3000)
      #expect(try east[index("Istanbul")] > east[index("Lisbon")] + 3000)
    }
    for (a, b) in zip(places.east + places.north, mirrored.east + mirrored.north) {
      #expect(abs(a - b) < 1e-6)
    }
    let distance = try (
      (places.east[rome] - places.east[index("Paris")]),
      (places.north[rome] - places.north[index("Paris")])
    )
    #expect(abs((distance.0 * distance.0 + distance.1 * distance.1).squareRoot() - 1107) < 30)
    let errors = map.errors(points)
    #expect(errors.largest < 40 && errors.rootMeanSquare < 10)
  }

  @Test func progressShowsARateOnATerminalOnly() throws {
    let folder = try TemporaryFolder()
    let arguments = ["gallery", "cities", "--samples", "10", "--out", folder.path + "/out"]
    let watched = CommandRun(arguments, showsProgress: true)
    #expect(watched.code == 0)
    #expect(watched.errors.contains("gradient descent 4000/4000, "))
    #expect(watched.errors.contains(" steps/s"))
    #expect(!watched.output.contains("4000/4000"))
    #expect(CommandRun(arguments).errors == "")
  }
}
