import Foundation
import Perturbations
import Testing

/// What a noise states of its distribution, against references, against itself and against its draws.
@Suite struct NoiseFunctionTests {
  /// Every noise of independent numbers.
  static let noises: [Noise] =
    Noise.all.filter { $0.name != "sphere" } + [
      .studentT(degreesOfFreedom: 0.1), .studentT(degreesOfFreedom: 0.5),
      .studentT(degreesOfFreedom: 1), .studentT(degreesOfFreedom: 2),
      .studentT(degreesOfFreedom: 3.5), .studentT(degreesOfFreedom: 30),
      .studentT(degreesOfFreedom: 123_456),
      .smoothedUniform(edge: 0.01), .smoothedUniform(), .smoothedUniform(edge: 1),
      .smoothedUniform(edge: 50), .sumOfGamma(k: 1), .sumOfGamma(k: 1, temperature: 3, terms: 4),
      .sumOfGamma(k: 3, temperature: 2), .sumOfGamma(k: 50),
    ]
  static let withDensity = noises.filter { $0.density(0.25) != nil }
  static let withScore = noises.filter(\.hasScore)
  static let withQuantile = noises.filter { $0.quantile(0.5) != nil }

  struct Fixture: Decodable {
    struct Case: Decodable, CustomTestStringConvertible {
      let noise: String
      let z: [Double]
      let density: [Double]
      let cumulative: [Double]

      var testDescription: String { noise }
    }
    let cases: [Case]

    static func load() throws -> Fixture {
      let url = try #require(
        Bundle.module.url(forResource: "noise", withExtension: "json", subdirectory: "Fixtures"))
      return try JSONDecoder().decode(Fixture.self, from: Data(contentsOf: url))
    }
  }

  @Test func agreesWithMpmath() throws {
    let fixture = try Fixture.load()
    #expect(fixture.cases.count == 17)
    for reference in fixture.cases {
      let noise =
        try #require(
          Self.noises.first { $0.name == reference.noise }
            ?? (reference.noise == "student-t(1000.0)" ? .studentT(degreesOfFreedom: 1000) : nil),
          "\(reference.noise)")
      for (index, z) in reference.z.enumerated() {
        let density = try #require(noise.density(z))
        let cumulative = try #require(noise.cumulative(z))
        // Rounding of z alone changes p by z s(z) steps.
        let room = 4e-15 * (1 + abs(z * (noise.score(z) ?? 0))) * 20
        #expect(
          abs(density - reference.density[index]) <= room * reference.density[index],
          "\(noise.name) at \(z): \(density), expected \(reference.density[index])")
        #expect(
          abs(cumulative - reference.cumulative[index]) <= room * reference.cumulative[index],
          "\(noise.name) at \(z): \(cumulative), expected \(reference.cumulative[index])")
      }
    }
  }

  /// Points where the distribution has its mass, away from its corners.
  static func points(_ noise: Noise) -> [Double] {
    let scale = noise.variance.map { $0.squareRoot() } ?? 1
    return [-1.7, -1.03, -0.6, -0.21, 0.13, 0.4, 0.97, 1.9, 3].map {
      $0 * scale + (noise.mean ?? 0)
    }
  }

  @Test(arguments: withDensity) func theDensityIsTheSlopeOfTheDistributionFunction(_ noise: Noise)
    throws
  {
    for z in Self.points(noise) {
      let step = 1e-4 * (noise.name.contains("(0.01)") ? 0.01 : 1)
      func at(_ move: Double) throws -> Double { try #require(noise.cumulative(z + move * step)) }
      let slope = try (8 * (at(1) - at(-1)) - (at(2) - at(-2))) / (12 * step)
      let density = try #require(noise.density(z))
      #expect(
        abs(slope - density) < 1e-9 / (step / 1e-4), "\(noise.name) at \(z): \(slope), \(density)")
    }
  }

  @Test(arguments: withScore) func theScoreIsTheSlopeOfTheLogarithm(_ noise: Noise) throws {
    for z in Self.points(noise) {
      let step = 1e-3 * (noise.name.contains("(0.01)") ? 0.01 : 1)
      func slope(_ function: (Double) -> Double?) throws -> Double {
        func at(_ move: Double) throws -> Double { try #require(function(z + move * step)) }
        return try (8 * (at(1) - at(-1)) - (at(2) - at(-2))) / (12 * step)
      }
      let score = try #require(noise.score(z))
      let found = try -slope { noise.density($0).map { log($0) } }
      #expect(abs(found - score) < 1e-7 * max(1, abs(score)), "\(noise.name) at \(z)")
      if noise.hasScoreDerivative {
        let derivative = try #require(noise.scoreDerivative(z))
        let found = try slope { noise.score($0) }
        #expect(
          abs(found - derivative) < 1e-6 * max(1, abs(derivative)), "\(noise.name) at \(z)")
      }
    }
  }

  @Test(arguments: withQuantile) func quantilesInvertTheDistributionFunction(_ noise: Noise) throws
  {
    for u in [1e-9, 1e-4, 0.01, 0.2, 0.249, 0.251, 0.4999, 0.5, 0.6, 0.8, 0.95, 0.9999] {
      let z = try #require(noise.quantile(u))
      // Past it quantiles, as draws, lie closer than they should.
      if abs(z) > 0x1p96 { continue }
      let found = try #require(noise.cumulative(z))
      // F itself has so many digits: exponents of ν/2 times a logarithm.
      let room = noise.name == "student-t(123456.0)" ? 1e-11 : 2e-13
      #expect(abs(found - u) < room * u + 2e-16, "\(noise.name) at \(u): \(z) \(found)")
    }
  }

  /// √n times the Kolmogorov–Smirnov distance exceeds 2.6 for 3 in a million keys, 2.2 for 1 in 10⁴.
  @Test(arguments: noises) func drawsHaveTheDistributionFunction(_ noise: Noise) throws {
    let count = 40_000
    let drawn = try Self.draws(noise, count).sorted()
    guard noise.cumulative(0) != nil, noise.name != "rademacher" else { return }
    var distance = 0.0
    for (rank, z) in drawn.enumerated() where abs(z) < 0x1p96 {
      let probability = try #require(noise.cumulative(z))
      distance = max(
        distance, abs(probability - Double(rank) / Double(count)),
        abs(probability - Double(rank + 1) / Double(count)))
    }
    #expect(distance * Double(count).squareRoot() < 2.6, "\(noise.name): \(distance)")
  }

  @Test func theDistanceSeesAWrongDistribution() throws {
    let drawn = try Self.draws(.studentT(degreesOfFreedom: 30), 40_000).sorted()
    var distance = 0.0
    for (rank, z) in drawn.enumerated() {
      let probability = try #require(Noise.normal.cumulative(z))
      distance = max(distance, abs(probability - Double(rank) / 40_000))
    }
    #expect(distance * 200 > 1)
  }

  @Test(arguments: noises) func drawsHaveTheMoments(_ noise: Noise) throws {
    let count = 40_000
    let drawn = try Self.draws(noise, count)
    #expect(drawn.allSatisfy { $0.isFinite })
    let found = drawn.reduce(0, +) / Double(count)
    guard let variance = noise.variance, let mean = noise.mean else {
      #expect(
        noise.name == "cauchy" || noise.name.hasPrefix("student-t"),
        "\(noise.name) states no moments")
      return
    }
    #expect(abs(found - mean) < 4.5 * (variance / Double(count)).squareRoot(), "\(noise.name)")
    // The standard error of the variance from the draws' own fourth moment.
    let squares = drawn.map { ($0 - mean) * ($0 - mean) }
    let spread = squares.reduce(0) { $0 + ($1 - variance) * ($1 - variance) } / Double(count)
    let average = squares.reduce(0, +) / Double(count)
    #expect(
      abs(average - variance) < 5 * (spread / Double(count)).squareRoot() + 1e-12,
      "\(noise.name): \(average), expected \(variance)")
  }

  @Test func meansAndVariancesThatDoNotExistAreNotStated() throws {
    #expect(Noise.studentT(degreesOfFreedom: 1).mean == nil)
    #expect(Noise.studentT(degreesOfFreedom: 1.5).mean == 0)
    #expect(Noise.studentT(degreesOfFreedom: 2).variance == nil)
    #expect(Noise.studentT(degreesOfFreedom: 4).variance == 2)
    #expect(Noise.cauchy.mean == nil && Noise.cauchy.variance == nil)
    #expect(Noise.smoothedUniform().mean == 0)
    #expect(Noise.uniform.variance == 1.0 / 3)
    #expect(Noise.gumbel.centered.variance == Noise.gumbel.variance)
    #expect(Noise.sphere.variance == nil && Noise.sphere.cumulative(0) == nil)
    let centred = Noise.sumOfGamma(k: 3, temperature: 2).centered
    #expect(centred.mean == 0)
  }

  /// Exponential variables, which state all but a score.
  struct Waiting: NoiseDistribution {
    func sample(_ count: Int, key: RandomKey) -> [Double] { key.exponential(count) }
    func score(_ z: Double) -> Double? { nil }
    var mean: Double? { 1 }
    var variance: Double? { 1 }
    func density(_ z: Double) -> Double? { z < 0 ? 0 : exp(-z) }
    func cumulative(_ z: Double) -> Double? { z < 0 ? 0 : 1 - exp(-z) }
    func quantile(_ u: Double) -> Double? { -log(1 - u) }
  }

  @Test func noiseOfOnesOwnStatesWhatItsDistributionDoes() throws {
    let noise = Noise(Waiting()).valueOnly
    #expect(noise.name == "Waiting" && noise.mean == 1 && noise.variance == 1)
    #expect(noise.cumulative(1) == 1 - exp(-1) && noise.density(1) == exp(-1))
    let centred = noise.centered
    #expect(centred.mean == 0 && centred.variance == 1)
    #expect(centred.cumulative(0) == noise.cumulative(1) && centred.density(-1.5) == 0)
    #expect(centred.quantile(0.5) == log(2) - 1)
    let closures = Noise { count, key in
      key.normal(count)
    } score: {
      $0
    }
    #expect(closures.variance == nil && closures.cumulative(0) == nil && closures.score(2) == 2)
  }

  /// Draws of few degrees of freedom are larger than `Float` can hold.
  @Test(arguments: [0.01, 0.1, 1]) func heavyTailsStayFinite(_ degreesOfFreedom: Double) throws {
    let noise = Noise.studentT(degreesOfFreedom: degreesOfFreedom)
    let perturbed = try Perturbed(samples: 1, sigma: 1, noise: noise) { (x: Tensor<Float>) in x }
    let drawn = try perturbed(Tensor([Float](repeating: 0, count: 50_000)), key: RandomKey(5))
    #expect(drawn.scalars.allSatisfy { $0.isFinite })
    // No ties between draws that are past all bounds.
    let large = drawn.scalars.filter { $0 > 0x1p96 }
    #expect(Set(large).count >= large.count * 9 / 10)
    let bounded = try Perturbed(samples: 2000, sigma: 1, noise: noise, baseline: .leaveOneOut) {
      (x: Tensor<Float>) in sigmoid(x).sum()
    }
    let slope = try gradient(at: [0, 1]) { try bounded($0, key: RandomKey(6)) }
    #expect(slope.scalars.allSatisfy { $0.isFinite && $0 > 0 })
  }

  @Test(arguments: [0.1, 1, 5, 1e6]) func scoresOfHugeNumbers(_ degreesOfFreedom: Double) throws {
    let noise = Noise.studentT(degreesOfFreedom: degreesOfFreedom)
    for z in [1e10, 1e160, 1e308] {
      let score = try #require(noise.score(z))
      #expect(abs(score * z / (degreesOfFreedom + 1) - 1) < 1e-4)
      #expect(noise.score(-z) == -score)
      let derivative = try #require(noise.scoreDerivative(z))
      #expect(derivative <= 0 && derivative > -1e-13)
    }
    #expect(noise.score(.infinity) == 0 && noise.scoreDerivative(.infinity) == 0)
    #expect(noise.score(0) == 0)
    #expect(noise.scoreDerivative(0) == 1 + 1 / degreesOfFreedom)
  }

  /// Draws as a function of θ = 0 and σ = 1 sees them; those of log-normal noise before their
  /// exponential.
  private static func draws(_ noise: Noise, _ count: Int) throws -> [Double] {
    let noise = noise.name == "log-normal" ? .normal : noise
    let perturbed = try Perturbed<Tensor<Double>, Tensor<Double>>(
      samples: 1, sigma: 1, noise: noise.valueOnly
    ) { (x: [Double]) in x }
    return try perturbed(Tensor([Double](repeating: 0, count: count)), key: RandomKey(31)).scalars
  }
}
