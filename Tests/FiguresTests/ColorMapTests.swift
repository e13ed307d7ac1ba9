import Figures
import Foundation
import Testing

@Suite struct ColorMapTests {
  /// CIE lightness L*, computed apart from the library.
  static func lightness(_ color: Color) -> Double {
    func linear(_ part: UInt8) -> Double {
      let value = Double(part) / 255
      return value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
    }
    let y = 0.2126 * linear(color.red) + 0.7152 * linear(color.green) + 0.0722 * linear(color.blue)
    return y > 0.008856 ? 116 * cbrt(y) - 16 : 903.3 * y
  }

  @Test func sequentialGrowsLighterEvenly() {
    let values = (0...20).map { Self.lightness(ColorMap.sequential(Double($0) / 20)) }
    let steps = zip(values, values.dropFirst()).map { $1 - $0 }
    #expect(steps.allSatisfy { $0 > 0 })
    let mean = steps.reduce(0, +) / Double(steps.count)
    #expect(steps.allSatisfy { abs($0 - mean) < mean * 0.5 }, "\(steps)")
    #expect(values[20] - values[0] > 70)
  }

  @Test func amountGrowsDarker() {
    let values = (0...20).map { Self.lightness(ColorMap.amount(Double($0) / 20)) }
    #expect(zip(values, values.dropFirst()).allSatisfy { $0 > $1 })
  }

  @Test func divergingIsLightestInTheMiddleAndEven() {
    let values = (0...20).map { Self.lightness(ColorMap.diverging(Double($0) / 20)) }
    #expect(zip(values[0...10], values[1...10]).allSatisfy { $0 < $1 })
    #expect(zip(values[10...], values[11...]).allSatisfy { $0 > $1 })
    for index in 0...10 { #expect(abs(values[index] - values[20 - index]) < 5) }
  }

  @Test func positionsOutsideTakeTheEnds() {
    let map = ColorMap.sequential
    #expect(map(-3) == map(0) && map(7) == map(1) && map(.infinity) == map(1))
    #expect(map(.nan) == map(0))
    #expect(map(0) == Color(0x3B0A57))
    #expect(map(1) == Color(0xF7EA48))
  }

  @Test func colorsAsHex() {
    #expect(Color(0x0A72B2).hex == "#0a72b2")
    #expect(Color(red: 10, green: 114, blue: 178) == Color(0x0A72B2))
  }
}
