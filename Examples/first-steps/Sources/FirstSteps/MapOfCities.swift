// Document 003: a map from the distances between its cities.
import Figures
import Foundation
import Optimizers
import Perturbations

/// Latitude and longitude in degrees.
private let cities: [(name: String, latitude: Double, longitude: Double)] = [
  ("Amsterdam", 52.4, 4.9), ("Athens", 38.0, 23.7), ("Berlin", 52.5, 13.4),
  ("Dublin", 53.3, -6.3), ("Kiev", 50.5, 30.5), ("Lisbon", 38.7, -9.1), ("Madrid", 40.4, -3.7),
  ("Moscow", 55.8, 37.6), ("Oslo", 59.9, 10.8), ("Paris", 48.9, 2.4), ("Rome", 41.9, 12.5),
  ("Stockholm", 59.3, 18.1),
]

func mapOfCities() throws {
  // x² has the derivative 2x.
  print(gradient(at: Tensor<Double>(1)) { $0 * $0 })

  // Distances along great circles, brought to norm 1.
  func radians(_ degrees: Double) -> Double { degrees * .pi / 180 }
  let raw: [[Double]] = cities.map { a in
    cities.map { b in
      let across = pow(sin(radians(b.latitude - a.latitude) / 2), 2)
      let along =
        cos(radians(a.latitude)) * cos(radians(b.latitude))
        * pow(sin(radians(b.longitude - a.longitude) / 2), 2)
      return 2 * 6371 * asin(sqrt(across + along))
    }
  }
  let table = Tensor<Double>(raw)
  let distances = table / table.norm()

  func criterion(_ x: Tensor<Double>) -> Tensor<Double> {
    let gaps = x[.all, .newAxis] - x[.newAxis]
    return square(square(gaps).sum(axis: -1) - square(distances)).sum() / 2
  }

  var x: Tensor<Double> = RandomKey(0).normal([cities.count, 2]) * 0.1
  var losses: [Double] = []
  for _ in 0..<4000 {
    let (loss, slopes) = valueAndGradient(at: x, of: criterion)
    losses.append(loss.scalar)
    x -= 0.1 * slopes
  }
  print(losses.first!, losses.last!)
  expect(losses.last! < losses.first! / 100, "the map is found")

  let result = minimize(criterion, from: x, using: .bfgs())
  print(result.status, result.steps)

  let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
    "first-steps-\(getpid())")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  let figure = Figure {
    Panel(y: .logarithmic("loss")) { Line(y: losses, label: "gradient descent") }
    Panel {
      Scatter(
        x: result.parameters[.all, 0].scalars, y: result.parameters[.all, 1].scalars,
        names: cities.map(\.name))
    }
  }
  let file = folder.appendingPathComponent("map.svg")
  try figure.write(to: file.path)
  expect(FileManager.default.fileExists(atPath: file.path), "a figure is a file")
}
