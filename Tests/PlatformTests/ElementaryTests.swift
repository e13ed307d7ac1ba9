import Foundation
import Platform
import Testing

struct ElementaryTests {
  private struct Case {
    let name: String
    let double: (Double) -> Double
    let float: (Float) -> Float
    let expected: (Double) -> Double

    init(
      _ name: String, _ double: @escaping (Double) -> Double, _ float: @escaping (Float) -> Float,
      _ expected: @escaping (Double) -> Double
    ) {
      (self.name, self.double, self.float, self.expected) = (name, double, float, expected)
    }
  }

  private static var cases: [Case] {
    [
      Case("exp", Elementary.exp, Elementary.exp, Foundation.exp),
      Case("expm1", Elementary.expm1, Elementary.expm1, Foundation.expm1),
      Case("log", Elementary.log, Elementary.log, Foundation.log),
      Case("log1p", Elementary.log1p, Elementary.log1p, Foundation.log1p),
      Case("sin", Elementary.sin, Elementary.sin, Foundation.sin),
      Case("cos", Elementary.cos, Elementary.cos, Foundation.cos),
      Case("tan", Elementary.tan, Elementary.tan, Foundation.tan),
      Case("atan", Elementary.atan, Elementary.atan, Foundation.atan),
      Case("sinh", Elementary.sinh, Elementary.sinh, Foundation.sinh),
      Case("cosh", Elementary.cosh, Elementary.cosh, Foundation.cosh),
      Case("tanh", Elementary.tanh, Elementary.tanh, Foundation.tanh),
      Case("cbrt", Elementary.cbrt, Elementary.cbrt, Foundation.cbrt),
      Case("erf", Elementary.erf, Elementary.erf, Foundation.erf),
      Case("erfc", Elementary.erfc, Elementary.erfc, Foundation.erfc),
    ]
  }

  /// Each name means that function, in both precisions.
  @Test func namesMeanTheLibrarysFunctions() {
    for item in Self.cases {
      for x in [1e-9, 0.3, 1, 1.5, 3] {
        #expect(item.double(x) == item.expected(x), "\(item.name)(\(x))")
        let rounded = item.expected(Double(Float(x)))
        let single = Double(item.float(Float(x)))
        #expect(abs(single - rounded) <= 4e-7 * abs(rounded), "\(item.name)(\(x))")
      }
    }
    #expect(Elementary.pow(2.0, -0.5) == 0.5.squareRoot())
    #expect(Elementary.pow(2 as Float, 3) == 8)
    #expect(Elementary.hypot(3e300, 4e300) == 5e300)
    #expect(Elementary.hypot(3 as Float, 4) == 5)
    #expect(Elementary.atan2(1.0, 0) == .pi / 2)
    #expect(Elementary.atan2(0 as Float, 1) == 0)
    #expect(Elementary.cbrt(-8.0) == -2)
  }

  @Test func theLogarithmOfTheGammaFunction() {
    // Γ(5) = 24, Γ(1/2) = √π, Γ(−1/2) = −2√π.
    #expect(abs(Elementary.logGamma(5.0) - Elementary.log(24.0)) < 1e-15)
    #expect(abs(Elementary.logGamma(0.5) - Elementary.log(Double.pi) / 2) < 1e-15)
    #expect(abs(Elementary.logGamma(-0.5) - Elementary.log(4 * Double.pi) / 2) < 1e-15)
    #expect(abs(Elementary.logGamma(5 as Float) - 3.1780539) < 1e-6)
  }

  @Test func powersOfTenHaveWholeLogarithms() {
    for power in -307...308 {
      #expect(Elementary.log10(Elementary.scaled(1, byPowerOfTen: power)) == Double(power))
    }
    #expect(Elementary.log10(2) == Foundation.log10(2.0))
    #expect(Elementary.log10(0) == -.infinity)
    #expect(Elementary.log10(-1).isNaN)
    #expect(Elementary.log10(.infinity) == .infinity)
    #expect(Elementary.log10(.leastNonzeroMagnitude) == Foundation.log10(.leastNonzeroMagnitude))
  }

  @Test func wholePowersAreProducts() {
    #expect(Elementary.power(0.9, 0) == 1)
    #expect(Elementary.power(3, 5) == 243)
    #expect(Elementary.power(-2, 3) == -8)
    #expect(Elementary.power(2, -3) == 0.125)
    #expect(abs(Elementary.power(0.999, 1000) / Foundation.pow(0.999, 1000) - 1) < 1e-13)
  }

  @Test func scaledNumbersAreRoundedOnce() {
    #expect(Elementary.scaled(3, byPowerOfTen: -1) == 0.3)
    #expect(Elementary.scaled(-15, byPowerOfTen: 22) == -15e22)
    #expect(Elementary.scaled(1, byPowerOfTen: 400) == .infinity)
    #expect(Elementary.scaled(-1, byPowerOfTen: 400) == -.infinity)
    #expect(Elementary.scaled(1, byPowerOfTen: -400) == 0)
  }
}
