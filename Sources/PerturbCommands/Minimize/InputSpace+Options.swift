internal import Platform

extension InputSpace {
  /// The space that the options say.
  ///
  /// - Throws: ``CommandError`` that names the input.
  init(
    _ options: TuningOptions, start: [Double], names: [String]
  ) throws(CommandError) {
    let n = start.count
    let lower = try Self.bounds(options.lower.value, "lower", n)
    let upper = try Self.bounds(options.upper.value, "upper", n)
    var isLogarithmic = [Bool](repeating: false, count: n)
    for index in try options.log.value?.indices(names) ?? [] { isLogarithmic[index] = true }
    for i in 0..<n {
      let bounds = "\(Self.text(lower[i]))…\(Self.text(upper[i]))"
      if !(lower[i] < upper[i]) {
        throw CommandError("the bounds of input \(names[i]) are \(bounds), expected lower < upper")
      }
      if !(start[i] >= lower[i] && start[i] <= upper[i]) {
        throw CommandError(
          "input \(names[i]) starts at \(JSON(start[i]).compactText), outside its bounds \(bounds)")
      }
      if isLogarithmic[i], start[i] <= 0 || (lower[i].isFinite && lower[i] <= 0) {
        throw CommandError(
          "input \(names[i]) is on a logarithmic scale, expected a start and a lower bound above 0")
      }
    }
    let unscaled = InputSpace(
      lower: lower, upper: upper, isLogarithmic: isLogarithmic,
      scales: [Double](repeating: 1, count: n))
    self.init(
      lower: lower, upper: upper, isLogarithmic: isLogarithmic,
      scales: try Self.scales(options.scales.value, unscaled, names))
  }

  private static func text(_ bound: Double) -> String {
    JSON.exactly(bound).string ?? JSON(bound).compactText
  }

  /// One bound for each input; no list for none at all.
  private static func bounds<Side: BoundSide>(
    _ list: BoundList<Side>?, _ name: String, _ count: Int
  ) throws(CommandError) -> [Double] {
    guard let bounds = list?.bounds else { return [Double](repeating: Side.none, count: count) }
    if bounds.count != count {
      throw CommandError("\(bounds.count) \(name) bounds are given for \(count) inputs")
    }
    return bounds
  }

  /// One positive number for each input.
  private static func scales(
    _ scales: InputScales?, _ space: InputSpace, _ names: [String]
  ) throws(CommandError) -> [Double] {
    switch scales {
    case nil: return space.scales
    case .range:
      let ranges = zip(space.upperCoordinates, space.lowerCoordinates).map { $0 - $1 }
      if let open = ranges.firstIndex(where: { !$0.isFinite }) {
        throw CommandError("scales are the range, but input \(names[open]) lacks a bound")
      }
      return ranges
    case .numbers(let list):
      if list.values.count != space.count {
        throw CommandError("\(list.values.count) scales are given for \(space.count) inputs")
      }
      for scale in list.values { try NumberRange.positive.check(scale, "a scale") }
      return list.values
    }
  }
}

extension JSON {
  /// The members of one object and those of another, which come before them.
  func overlaid(by other: [Member]) -> JSON {
    guard case .object(let mine) = self else { return self }
    let names = Set(other.map(\.name))
    return .object(mine.filter { !names.contains($0.name) } + other)
  }
}
