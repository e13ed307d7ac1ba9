import Foundation
import Testing

/// Values of JAX 0.10.2 on the CPU, in the `note` and `cases` of Fixtures/jax_random*.json.
struct RandomFixtures<Case: Decodable>: Decodable {
  let cases: [Case]

  static func load(_ name: String) throws -> [Case] {
    let url = try #require(
      Bundle.module.url(forResource: name, withExtension: "json", subdirectory: "Fixtures"))
    return try JSONDecoder().decode(RandomFixtures.self, from: Data(contentsOf: url)).cases
  }
}

/// One seed's values with 32-bit types.
struct RandomCase: Decodable {
  let seed: UInt64
  let key: [UInt32]
  let split2: [UInt32]
  let split5: [UInt32]
  let foldIn0: [UInt32]
  let foldIn7: [UInt32]
  let bits32: [UInt32]
  let uniform: [Float]
  let uniformBetween: [Float]
  let normal: [Float]
  let gumbel: [Float]
  let laplace: [Float]
  let logistic: [Float]
  let exponential: [Float]
  let rademacher: [Float]
  let bernoulli: [Float]
  let normalTail: [Float]

  enum CodingKeys: String, CodingKey {
    case seed
    case key
    case split2
    case split5
    case foldIn0 = "fold_in_0"
    case foldIn7 = "fold_in_7"
    case bits32 = "bits32_9"
    case uniform = "uniform_9"
    case uniformBetween = "uniform_minus2_3_9"
    case normal = "normal_3x4"
    case gumbel = "gumbel_3x4"
    case laplace = "laplace_9"
    case logistic = "logistic_9"
    case exponential = "exponential_9"
    case rademacher = "rademacher_9"
    case bernoulli = "bernoulli_03_9"
    case normalTail = "normal_last4_of_100000"
  }
}

/// One seed's values with 64-bit types enabled.
struct RandomCase64: Decodable {
  let seed: UInt64
  let key: [UInt32]
  let bits64: [String]
  let uniform: [Double]
  let normal: [Double]
  let gumbel: [Double]
  let integers: [Int32]
  let permutation: [Int]

  enum CodingKeys: String, CodingKey {
    case seed
    case key
    case bits64 = "bits64_5"
    case uniform = "uniform_5"
    case normal = "normal_5"
    case gumbel = "gumbel_5"
    case integers = "randint_0_10_9"
    case permutation = "permutation_8"
  }
}

/// Whether each value is within 4 units in the last place of the expected one, or 3e-7.
func isClose(_ values: [Float], _ expected: [Float]) -> Bool {
  values.count == expected.count
    && zip(values, expected).allSatisfy { abs($0 - $1) <= max(4 * $1.ulp, 3e-7) }
}

/// Whether each value is within 1e-12 of the expected one, relatively, or within 1e-15.
func isClose(_ values: [Double], _ expected: [Double]) -> Bool {
  values.count == expected.count
    && zip(values, expected).allSatisfy { abs($0 - $1) <= max(1e-12 * abs($1), 1e-15) }
}
