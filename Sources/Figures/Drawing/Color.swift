internal import Platform

/// A colour in the sRGB space.
public struct Color: Sendable, Hashable {
  /// The part of red, 0 … 255.
  public var red: UInt8
  /// The part of green, 0 … 255.
  public var green: UInt8
  /// The part of blue, 0 … 255.
  public var blue: UInt8

  /// A colour from its three parts, each 0 … 255.
  public init(red: UInt8, green: UInt8, blue: UInt8) {
    self.red = red
    self.green = green
    self.blue = blue
  }

  /// A colour as on the web: `Color(0x0072B2)`; bits beyond the lowest 24 are left out.
  public init(_ hex: UInt32) {
    self.init(
      red: UInt8(truncatingIfNeeded: hex >> 16), green: UInt8(truncatingIfNeeded: hex >> 8),
      blue: UInt8(truncatingIfNeeded: hex))
  }

  /// The colour as `#rrggbb`.
  public var hex: String {
    let digits = Array("0123456789abcdef")
    var text = "#"
    for part in [red, green, blue] {
      text.append(digits[Int(part >> 4)])
      text.append(digits[Int(part & 15)])
    }
    return text
  }
}

/// A colour in Oklab, where equal steps look equal; matrices from Ottosson, "A perceptual color
/// space for image processing" (2020).
struct Oklab: Hashable {
  var lightness: Double
  var a: Double
  var b: Double

  init(lightness: Double, a: Double, b: Double) {
    self.lightness = lightness
    self.a = a
    self.b = b
  }

  init(_ color: Color) {
    let r = Self.linear(color.red)
    let g = Self.linear(color.green)
    let b = Self.linear(color.blue)
    let l = Elementary.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b)
    let m = Elementary.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b)
    let s = Elementary.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b)
    self.init(
      lightness: 0.2104542553 * l + 0.7936177850 * m - 0.0040720468 * s,
      a: 1.9779984951 * l - 2.4285922050 * m + 0.4505937099 * s,
      b: 0.0259040371 * l + 0.7827717662 * m - 0.8086757660 * s)
  }

  /// Parts outside the screen's range are cut to it.
  var color: Color {
    let l = cube(lightness + 0.3963377774 * a + 0.2158037573 * b)
    let m = cube(lightness - 0.1055613458 * a - 0.0638541728 * b)
    let s = cube(lightness - 0.0894841775 * a - 1.2914855480 * b)
    return Color(
      red: Self.encoded(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
      green: Self.encoded(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
      blue: Self.encoded(-0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s))
  }

  func mixed(with other: Oklab, _ part: Double) -> Oklab {
    Oklab(
      lightness: lightness + (other.lightness - lightness) * part,
      a: a + (other.a - a) * part, b: b + (other.b - b) * part)
  }

  private func cube(_ value: Double) -> Double { value * value * value }

  /// The sRGB transfer function, IEC 61966-2-1.
  private static func linear(_ part: UInt8) -> Double {
    let value = Double(part) / 255
    return value <= 0.04045 ? value / 12.92 : Elementary.pow((value + 0.055) / 1.055, 2.4)
  }

  private static func encoded(_ value: Double) -> UInt8 {
    let limited = min(max(value, 0), 1)
    let part =
      limited <= 0.0031308
      ? 12.92 * limited : 1.055 * Elementary.pow(limited, 1 / 2.4) - 0.055
    return UInt8((min(max(part, 0), 1) * 255).rounded())
  }
}
