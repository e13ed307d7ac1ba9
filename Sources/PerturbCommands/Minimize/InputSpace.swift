internal import Optimizers
internal import Platform

/// The coordinates in which a program's inputs are tuned: v = t(x) / scale, where t is the natural
/// logarithm for inputs on a logarithmic scale and nothing for others.
struct InputSpace: Sendable, Equatable {
  let lower: [Double]
  let upper: [Double]
  let isLogarithmic: [Bool]
  let scales: [Double]

  var count: Int { scales.count }

  func coordinates(of input: [Double]) -> [Double] {
    input.indices.map { coordinate(input[$0], $0) }
  }

  private func coordinate(_ value: Double, _ i: Int) -> Double {
    (isLogarithmic[i] ? Elementary.log(value) : value) / scales[i]
  }

  /// The input at some coordinates, which lie inside the bounds but for rounding.
  func input(at coordinates: [Double]) -> [Double] {
    coordinates.indices.map { i in
      let value = coordinates[i] * scales[i]
      return min(max(isLogarithmic[i] ? Elementary.exp(value) : value, lower[i]), upper[i])
    }
  }

  var lowerCoordinates: [Double] { lower.indices.map { bound(lower[$0], $0) } }
  var upperCoordinates: [Double] { upper.indices.map { bound(upper[$0], $0) } }

  private func bound(_ value: Double, _ i: Int) -> Double {
    // A logarithmic input without a lower bound has one at zero, which is nowhere.
    isLogarithmic[i] && value <= 0 ? -.infinity : coordinate(value, i)
  }

  /// The nearest coordinates inside the bounds.
  func clamped(_ coordinates: [Double]) -> [Double] {
    let (low, high) = (lowerCoordinates, upperCoordinates)
    return coordinates.indices.map { min(max(coordinates[$0], low[$0]), high[$0]) }
  }

  /// The coordinates reflected at the bounds until they are inside: a function of what is mirrored is
  /// defined everywhere, goes on without a jump, and is itself inside.
  func mirrored(_ coordinates: [Double]) -> [Double] {
    let (low, high) = (lowerCoordinates, upperCoordinates)
    return coordinates.indices.map { Bounds.mirrored(coordinates[$0], low[$0], high[$0]) }
  }
}
