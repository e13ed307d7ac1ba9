internal import Figures
internal import Platform

/// Numbers as text for terminals and files.
enum Digits {
  /// Rounded to a count of decimals.
  static func fixed(_ value: Double, _ decimals: Int) -> String {
    ascii(NumberText.fixed(value, decimals: decimals))
  }

  /// Rounded to a count of decimals, with a true minus sign, as part of a label.
  static func label(_ value: Double, _ decimals: Int) -> String {
    NumberText.fixed(value, decimals: decimals)
  }

  /// The shortest text that reads back as the same number.
  static func shortest(_ value: some BinaryFloatingPoint & CustomStringConvertible) -> String {
    shortestText(value)
  }

  /// With three significant digits; very small and very large numbers with a power of ten.
  static func threeDigits(_ value: Double) -> String {
    let size = abs(value)
    guard size > 0, value.isFinite else { return value == 0 ? "0" : value.isNaN ? "–" : "\(value)" }
    var power = 0
    while size >= 9.995 * Elementary.pow(10, Double(power)) { power += 1 }
    while size < 0.9995 * Elementary.pow(10, Double(power)) { power -= 1 }
    if (-3...5).contains(power) { return fixed(value, max(0, 2 - power)) }
    return "\(fixed(value / Elementary.pow(10, Double(power)), 2))e\(power)"
  }

  /// With so many significant digits, for one line among others.
  static func significant(_ value: Double, _ digits: Int) -> String {
    guard value.isFinite else { return value.isNaN ? "-" : "\(value)" }
    let size = value.magnitude
    if size == 0 { return "0" }
    if size >= 1e6 || size < 1e-4 {
      var exponent = 0
      var mantissa = value
      while mantissa.magnitude >= 10 { (mantissa, exponent) = (mantissa / 10, exponent + 1) }
      while mantissa.magnitude < 1 { (mantissa, exponent) = (mantissa * 10, exponent - 1) }
      return "\(fixed(mantissa, digits - 1))e\(exponent)"
    }
    var decimals = digits - 1
    var scale = 1.0
    while size >= scale * 10 { (scale, decimals) = (scale * 10, decimals - 1) }
    scale = 1
    while size < scale { (scale, decimals) = (scale / 10, decimals + 1) }
    return fixed(value, max(0, decimals))
  }

  /// With two significant digits.
  static func twoDigits(_ value: Double) -> String {
    guard value > 0, value.isFinite else { return fixed(value, 0) }
    var decimals = 1
    while decimals < 12, value * Elementary.pow(10, Double(decimals)) < 9.95 { decimals += 1 }
    return fixed(value, decimals)
  }

  /// With two significant digits and an exponent: 1.2e-09.
  static func scientific(_ value: Double) -> String {
    guard value != 0, value.isFinite else { return fixed(value, 0) }
    var exponent = 0
    var mantissa = value.magnitude
    while mantissa >= 9.95 { (mantissa, exponent) = (mantissa / 10, exponent + 1) }
    while mantissa < 0.995 { (mantissa, exponent) = (mantissa * 10, exponent - 1) }
    let digits = String(exponent.magnitude)
    return (value < 0 ? "-" : "") + fixed(mantissa, 1) + (exponent < 0 ? "e-" : "e+")
      + (digits.count < 2 ? "0" + digits : digits)
  }

  /// With commas between thousands.
  static func grouped(_ value: Int) -> String {
    var text = ""
    for (index, digit) in String(value.magnitude).enumerated().reversed() {
      text = String(digit) + text
      let place = String(value.magnitude).count - index
      if place % 3 == 0 && index > 0 { text = "," + text }
    }
    return (value < 0 ? "-" : "") + text
  }

  /// A time that a person can read.
  static func seconds(_ seconds: Double) -> String {
    seconds < 0.9995
      ? "\(fixed(seconds * 1000, seconds < 0.01 ? 2 : 0)) ms" : "\(fixed(seconds, 2)) s"
  }

  /// Hours, minutes and seconds: 1:02:03, up to a hundred hours.
  static func clock(_ seconds: Double) -> String {
    let whole = Int(min(max(seconds, 0), 360_000).rounded())
    let (hours, minutes) = (whole / 3600, whole / 60 % 60)
    let tail = whole % 60 < 10 ? "0\(whole % 60)" : "\(whole % 60)"
    if hours == 0 { return "\(minutes):\(tail)" }
    return "\(hours):\(minutes < 10 ? "0" : "")\(minutes):\(tail)"
  }

  private static func ascii(_ text: String) -> String {
    String(text.map { $0 == "\u{2212}" ? "-" : $0 }.filter { $0 != "," })
  }
}
