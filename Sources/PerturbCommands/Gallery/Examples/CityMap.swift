package import Optimizers
internal import Perturbations
internal import Platform

/// The experiment of document 003: places for 36 cities whose distances are those on the globe.
///
/// Distances and the pairwise distances of the start are scaled to a Frobenius norm of 1.
package struct CityMap: Sendable {
  package typealias Points = Tensor<Double>

  package static let names = CityDistances.names

  /// The normal numbers of NumPy's `RandomState(1)`, scaled.
  package let start: Points
  private let distances: Tensor<Double>
  private let squaredDistances: Tensor<Double>
  /// How many kilometres a unit of the map is.
  private let kilometres: Double

  package init() {
    let table = Tensor(
      shape: [Self.names.count, Self.names.count],
      scalars: CityDistances.kilometres.flatMap(\.self))
    kilometres = table.norm().scalar
    distances = table / table.norm()
    squaredDistances = square(distances)
    var generator = NumPyRandomState(seed: 1)
    let points = generator.normal([Self.names.count, 2])
    start = points / cdist(points, points).norm()
  }

  /// ½ Σᵢⱼ (|xᵢ − xⱼ|² − dᵢⱼ²)², as the document has it.
  package func criterion(_ x: Points) -> Tensor<Double> {
    let delta = square(cdist(x, x)) - square(distances)
    return square(delta).sum() / 2
  }

  /// The same without the detour over the root and with the squares made once.
  package func directCriterion(_ x: Points) -> Tensor<Double> {
    square(pairwiseSquaredDistance(x, x) - squaredDistances).sum() / 2
  }

  /// The map in kilometres from its centre, east and north: turned so that Copenhagen lies north of
  /// Rome, mirrored so that Moscow lies east of Reykjavik.
  package func oriented(_ x: Points) -> (east: [Double], north: [Double]) {
    let centred = (x - x.mean(axis: 0, keepingAxes: true)) * kilometres
    let scalars = centred.scalars
    let points = Self.names.indices.map { (x: scalars[2 * $0], y: scalars[2 * $0 + 1]) }
    func city(_ name: String) -> (x: Double, y: Double) {
      points[Self.names.firstIndex(of: name) ?? 0]
    }
    let (rome, copenhagen) = (city("Rome"), city("Copenhagen"))
    let (dx, dy) = (copenhagen.x - rome.x, copenhagen.y - rome.y)
    let length = (dx * dx + dy * dy).squareRoot()
    func turned(_ point: (x: Double, y: Double)) -> (east: Double, north: Double) {
      (
        (point.x * dy - point.y * dx) / length,
        (point.x * dx + point.y * dy) / length
      )
    }
    let mirror = turned(city("Reykjavik")).east > turned(city("Moscow")).east ? -1.0 : 1
    let places = points.map(turned)
    return (places.map { mirror * $0.east }, places.map(\.north))
  }

  /// How far the map's distances are from those on the globe, in kilometres.
  package func errors(_ x: Points) -> (rootMeanSquare: Double, largest: Double) {
    let difference = ((cdist(x, x) - distances) * kilometres).scalars
    let count = Self.names.count
    let squares = difference.reduce(0) { $0 + $1 * $1 }
    return (
      (squares / Double(count * (count - 1))).squareRoot(), difference.map { abs($0) }.max() ?? 0
    )
  }
}

extension CityMap {
  /// A way to the map and where it led.
  package struct Way: Sendable {
    package let name: String
    package let result: Minimization<Points>
    /// The losses at the start and after each step.
    var losses: [Double] { result.values }
    let seconds: Double
  }

  /// Where a gradient counts as zero.
  static let tolerance = 1e-9

  /// A minimization with exact gradients.
  package func way(
    _ name: String, _ minimizer: some Minimizer, steps: Int, tolerance: Double? = tolerance
  ) -> Way {
    let clock = ContinuousClock()
    let begin = clock.now
    let result = minimize(
      directCriterion, from: start, using: minimizer,
      stopping: StoppingRules(maximumSteps: steps, gradientTolerance: tolerance))
    return Way(name: name, result: result, seconds: (clock.now - begin) / .seconds(1))
  }

  /// The rate of the descent by values alone: that of the document, less where few directions make
  /// the estimate noisy.
  static func zeroOrderRate(samples: Int) -> Double { min(0.1, Double(samples) / 1000) }

  /// A descent by values of the criterion alone: momentum 0.9, antithetic directions.
  package func zeroOrderWay(samples: Int, steps: Int, key: RandomKey) throws -> Way {
    let estimator = try ZeroOrder(.antithetic, samples: samples, sigma: 1e-4)
    let clock = ContinuousClock()
    let begin = clock.now
    var step: UInt64 = 0
    let result = try minimize(
      valueAndGradient: { (x: Points) throws -> (value: Tensor<Double>, gradient: Points) in
        step += 1
        return try estimator.valueAndGradient(
          at: x, key: key.child(step), of: directCriterion)
      },
      from: start,
      using: .sgd(learningRate: .constant(Self.zeroOrderRate(samples: samples)), momentum: 0.9),
      stopping: .steps(steps))
    return Way(name: "zero-order", result: result, seconds: (clock.now - begin) / .seconds(1))
  }

  /// The document's loop: steps of size 0.1 along the exact gradient, each with its loss.
  ///
  /// - Returns: The losses before each step, the points after the last, and the time of the loop by
  ///   the clock and on the processor, in seconds.
  package func documentLoop(
    steps: Int, progress: (_ done: Int, _ seconds: Double) -> Void = { _, _ in }
  ) -> (losses: [Double], points: Points, seconds: Double, processorSeconds: Double) {
    var losses: [Double] = []
    losses.reserveCapacity(steps)
    var x = start
    let clock = ContinuousClock()
    let begin = clock.now
    let processorBegin = ThisProcess.threadProcessorSeconds
    for step in 0..<steps {
      let (loss, gradient) = valueAndGradient(at: x, of: criterion)
      losses.append(loss.scalar)
      x -= 0.1 * gradient
      if step % 500 == 499 { progress(step + 1, (clock.now - begin) / .seconds(1)) }
    }
    return (
      losses, x, (clock.now - begin) / .seconds(1),
      ThisProcess.threadProcessorSeconds - processorBegin
    )
  }
}
