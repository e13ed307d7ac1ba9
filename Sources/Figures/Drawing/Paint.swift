/// The colour of a series, told by its part in the picture.
public enum Ink: Sendable, Hashable {
  /// The next colour of the palette; series of one name share it in all panels of a figure.
  case automatic
  /// A colour of the palette by its number, counted from 0; past the last it starts again.
  case series(Int)
  /// That of text.
  case foreground
  /// That of what stands behind: grey.
  case muted
  /// A fixed colour, in light and in dark surroundings alike.
  case color(Color)
}

/// A resolved colour: fixed, or a role with a light and a dark form.
enum Paint: Hashable {
  case series(Int)
  case ink
  case dim
  case muted
  case axis
  case grid
  case background
  case color(Color)

  /// After Okabe and Ito (2008), darkened where white paper asks for it.
  private static let lightSeries: [UInt32] = [
    0x0072B2, 0xD55E00, 0x009E73, 0xB8559A, 0xD99A00, 0x56B4E9, 0x5B5B5B, 0x7B3F1D,
  ]
  private static let darkSeries: [UInt32] = [
    0x4AA8E8, 0xFF8A3D, 0x2FC79A, 0xE28CC6, 0xF2C14E, 0x9AD6FF, 0xB5B5B5, 0xC99772,
  ]

  static let seriesCount = lightSeries.count

  var light: Color {
    switch self {
    case .series(let index): Color(Self.lightSeries[index % Self.seriesCount])
    case .ink: Color(0x1B1F24)
    case .dim: Color(0x57606A)
    case .muted: Color(0x98A1AB)
    case .axis: Color(0x8B949E)
    case .grid: Color(0xE6E8EB)
    case .background: Color(0xFFFFFF)
    case .color(let color): color
    }
  }

  private var dark: Color {
    switch self {
    case .series(let index): Color(Self.darkSeries[index % Self.seriesCount])
    case .ink: Color(0xE8EAED)
    case .dim: Color(0xA5ADB7)
    case .muted: Color(0x77818C)
    case .axis: Color(0x6B7480)
    case .grid: Color(0x2B3138)
    case .background: Color(0x15181C)
    case .color(let color): color
    }
  }

  /// The same on the colours of a heat map, which are those of light surroundings in dark ones too.
  var onHeatMap: Paint {
    switch self {
    case .ink, .dim, .muted, .axis, .background: .color(light)
    default: self
    }
  }

  /// The end of the class's name, nil for fixed colours.
  var role: String? {
    switch self {
    case .series(let index): String(index % Self.seriesCount)
    case .ink: "ink"
    case .dim: "dim"
    case .muted: "muted"
    case .axis: "axis"
    case .grid: "grid"
    case .background: "bg"
    case .color: nil
    }
  }

  /// Rules for dark surroundings. The light colours are attributes of the elements, which renderers
  /// without CSS understand and which these rules override.
  static let darkStyle: String = {
    let all: [Paint] =
      (0..<seriesCount).map { .series($0) } + [.ink, .dim, .muted, .axis, .grid, .background]
    let rules = all.map { paint in
      let role = paint.role ?? ""
      return ".fgf-\(role){fill:\(paint.dark.hex)}.fgs-\(role){stroke:\(paint.dark.hex)}"
    }
    return "@media screen and (prefers-color-scheme:dark){" + rules.joined() + "}"
  }()
}
