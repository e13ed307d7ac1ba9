internal import Perturbations
internal import Platform

/// One part of an evaluation as a file: an object of JSON that says what it is a part of, which part, and
/// by which version it was written; its partial sums; and a checksum of all before it.
struct PartFile {
  let settings: PartSettings
  let number: PartNumber
  let version: String
  /// Samples of the part that a program gave no answer for.
  let skipped: Int
  let seconds: Double
  let part: SamplePart

  /// The bytes of the file.
  var bytes: [UInt8] {
    let header = JSON.object([
      .init(name: Self.mark, value: .string(number.description)),
      .init(name: "version", value: .string(version)),
      .init(name: "settings", value: settings.json),
      .init(name: "skipped", value: JSON(skipped)),
      .init(name: "seconds", value: JSON(seconds)),
    ])
    var bytes = Array(header.compactText.utf8.dropLast())
    bytes += ", \"sums\": \"".utf8
    bytes += Base64.encoded(part.encoded())
    bytes += "\"".utf8
    return bytes + Self.end(bytes)
  }

  private static let mark = "perturb part"

  /// How a file ends.
  private static func end(_ bytes: some Collection<UInt8>) -> [UInt8] {
    let digits = String(Fingerprint(bytes: bytes).word, radix: 16)
    let zeros = String(repeating: "0", count: 16 - digits.count)
    return Array(", \"checksum\": \"\(zeros)\(digits)\"}\n".utf8)
  }
}

extension PartFile {
  /// How many bytes of a file are read at most.
  private static let longest = 2 << 30

  /// What is wrong with a file that should hold a part.
  enum Fault: Error {
    case unreadable(String)
    /// Not written by `evaluate --part`.
    case otherFile
    /// Written by it, and cut off or changed since.
    case damaged
    case otherVersion(String)
  }

  /// The part in a file.
  init(_ path: String) throws(Fault) {
    let bytes: [UInt8]
    do throws(SystemFailure) { bytes = try Files.read(path, atMost: Self.longest) } catch {
      throw .unreadable(error.reason)
    }
    try self.init(bytes: bytes)
  }

  init(bytes: [UInt8]) throws(Fault) {
    let start = Array("{\"\(Self.mark)\": ".utf8)
    // A file may have lost all of its bytes.
    guard bytes.starts(with: start) || start.starts(with: bytes) else { throw .otherFile }
    let length = Self.end([]).count
    guard bytes.count > length, Self.end(bytes.dropLast(length)) == Array(bytes.suffix(length))
    else { throw .damaged }
    guard let json = try? JSON(parsing: bytes) else { throw .damaged }
    try self.init(json)
  }

  /// The part that a file without its checksum says.
  init(_ json: JSON) throws(Fault) {
    let version = json["version"]?.string ?? ""
    guard version == PerturbVersion.number else { throw .otherVersion(version) }
    guard let text = json[Self.mark]?.string, let number = try? PartNumber(argument: text),
      let settings = json["settings"], settings.members != nil,
      let skipped = json["skipped"]?.integer, skipped >= 0,
      let seconds = json["seconds"]?.double, seconds >= 0,
      let sums = json["sums"]?.string.flatMap(Base64.decoded),
      let part = try? SamplePart(decoding: sums), part.index == number.index,
      part.count == number.count
    else { throw .damaged }
    self.init(
      settings: PartSettings(settings), number: number, version: version, skipped: skipped,
      seconds: seconds, part: part)
  }
}

extension PartFile.Fault {
  /// One line.
  func error(_ path: String) -> CommandError {
    switch self {
    case .unreadable(let reason): CommandError("cannot read the part '\(path)': \(reason)")
    case .otherFile:
      CommandError("'\(path)' is no part, expected a file that 'perturb evaluate --part' wrote")
    case .damaged:
      CommandError("the part '\(path)' is cut off or damaged: run its 'perturb evaluate' again")
    case .otherVersion(let version):
      CommandError(
        "the part '\(path)' was written by version \(version.isEmpty ? "none" : version), expected "
          + "\(PerturbVersion.number), this one: numbers may differ")
    }
  }
}
