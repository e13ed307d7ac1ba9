internal import Platform

/// Where a run stands between two steps: enough to go on to the same bits.
struct TuningCheckpoint: Equatable {
  var settings: JSON
  var step = 0
  var evaluations = 0
  var skipped = 0
  var seconds = 0.0
  /// Empty before the first finite value.
  var bestInput: [Double] = []
  var bestValue = Double.infinity
  /// What the method goes on from: a tree of its own, which it checks when it takes it up.
  var state: JSON = .null
  /// Why the search has come to its end, from which it does not go on.
  var ended: String?

  init(settings: JSON) { self.settings = settings }

  /// 1 had the state as arrays by position.
  private static let format = 2

  /// The object, every number of which reads back as it is, with a checksum of the rest.
  var json: JSON {
    let members: [JSON.Member] = [
      .init(name: "generator", value: "perturb minimize"),
      .init(name: "format", value: JSON(Self.format)), .init(name: "settings", value: settings),
      .init(name: "step", value: JSON(step)), .init(name: "evaluations", value: JSON(evaluations)),
      .init(name: "skipped", value: JSON(skipped)), .init(name: "seconds", value: JSON(seconds)),
      .init(name: "ended", value: ended.map { .string($0) } ?? .null),
      .init(name: "best_input", value: JSON(bestInput)),
      .init(name: "best_value", value: .exactly(bestValue)), .init(name: "state", value: state),
    ]
    return .object(
      members + [.init(name: "checksum", value: .string(Self.checksum(members)))])
  }

  /// FNV-1a of the members' text, 64 bits.
  private static func checksum(_ members: [JSON.Member]) -> String {
    let hash = JSON.object(members).compactText.utf8.reduce(14_695_981_039_346_656_037 as UInt64) {
      ($0 ^ UInt64($1)) &* 1_099_511_628_211
    }
    let digits = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  /// What a file holds.
  ///
  /// - Throws: ``CommandError`` that names the member which is not one of a checkpoint.
  init(_ json: JSON) throws(CommandError) {
    let reader = StateReader(json: json, path: "")
    guard case .object(let members) = json else {
      throw CommandError("it holds \(json.kind), expected an object")
    }
    let format = try reader.member("format").integer(in: 0...Int.max)
    if format < Self.format {
      throw CommandError(
        "it is of an older form (format \(format)), which this version does not go on from: begin "
          + "anew with another --out, or go on with the version that wrote it")
    }
    if format > Self.format {
      throw CommandError("it is of a newer form (format \(format)), expected \(Self.format)")
    }
    self.init(settings: try reader.member("settings").json)
    let most = Int(NumberRange.mostCount)
    step = try reader.member("step").integer(in: 0...most)
    evaluations = try reader.member("evaluations").integer(in: 0...most)
    skipped = try reader.member("skipped").integer(in: 0...evaluations)
    let seconds = try reader.member("seconds")
    self.seconds = try seconds.number()
    if self.seconds < 0 { throw seconds.error("a time that has passed") }
    ended = try reader.optional("ended")?.text()
    bestValue = try reader.member("best_value").number(finite: false)
    if bestValue.isNaN { throw try reader.member("best_value").error("a number") }
    bestInput = try reader.member("best_input").numbers(0...Int.max)
    state = try reader.member("state").json
    let checksum = try reader.member("checksum").text()
    if checksum != Self.checksum(members.filter { $0.name != "checksum" }) {
      throw CommandError("its checksum is not that of its text: the file was changed or damaged")
    }
  }

  /// Checks what depends on the run's settings.
  func check(_ settings: TuningSettings) throws(CommandError) {
    let count = settings.space.count
    if !(bestInput.isEmpty && bestValue == .infinity || bestInput.count == count) {
      throw CommandError(
        "best_input is an array of \(bestInput.count), expected one of \(count) numbers")
    }
  }
}
