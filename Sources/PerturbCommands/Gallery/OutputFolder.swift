internal import Perturbations
internal import Platform

/// The folder that a command's page is written into, all at once at the end: a failure on the way
/// leaves it as it was.
///
/// Files are written into a new folder beside it and moved into place, each at once, the page last. A
/// folder that the same command made before is replaced file by file, and figures that are no longer
/// part of it are removed. Other files stay, and a file that the command did not write is not
/// overwritten.
package struct OutputFolder {
  package struct File {
    let name: String
    let bytes: [UInt8]

    package init(name: String, bytes: [UInt8]) {
      self.name = name
      self.bytes = bytes
    }

    package init(name: String, text: String) { self.init(name: name, bytes: Array(text.utf8)) }
  }

  static let resultsName = "results.json"

  let path: String
  private let generator: String
  private let parent: String
  private let staging: String

  /// - Parameters:
  ///   - path: The folder.
  ///   - generator: How the `generator` starts that the results of the command name.
  package init(_ path: String, generator: String = "perturb gallery") {
    self.generator = generator
    var path = path
    while path.count > 1, path.hasSuffix("/") { path.removeLast() }
    self.path = path
    let slash = path.lastIndex(of: "/")
    parent = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    let name = slash.map { path[path.index(after: $0)...] } ?? path[...]
    staging = "\(parent)/.\(name).partial-\(ThisProcess.number)"
  }

  /// Checks, before any work is done, that the folder can be written and that these files are ours to
  /// replace.
  ///
  /// - Throws: ``CommandError`` that names the folder and what is in the way.
  package func check(names: [String]) throws(CommandError) {
    guard SharedWork.isFirst else { return }
    try Self.checkPath(path)
    try checkOwnership(names)
    let made = try makeStaging()
    Files.removeFolder(staging)
    for folder in made { Files.removeFolder(folder) }
  }

  /// Writes the files, the last of them last.
  ///
  /// - Throws: ``CommandError``; files that could not be written leave nothing behind.
  package func write(_ files: [File]) throws(CommandError) {
    guard SharedWork.isFirst else { return }
    try checkOwnership(files.map(\.name))
    let stale = ownFigures().subtracting(files.map(\.name))
    let made = try makeStaging()
    do throws(SystemFailure) {
      for file in files {
        try Files.write(
          file.bytes, to: "\(staging)/\(file.name)", isSynchronized: false)
      }
      if Files.kind(path) == .missing {
        try Files.move(staging, to: path)
        return
      }
      for file in files {
        try Files.move("\(staging)/\(file.name)", to: "\(path)/\(file.name)")
      }
      for name in stale { Files.removeFile("\(path)/\(name)") }
      Files.removeFolder(staging)
    } catch {
      for file in files { Files.removeFile("\(staging)/\(file.name)") }
      Files.removeFolder(staging)
      for folder in made { Files.removeFolder(folder) }
      throw failure(error)
    }
  }

  /// The staging folder and those above it that were missing, the deepest first.
  private func makeStaging() throws(CommandError) -> [String] {
    var made: [String] = []
    do throws(SystemFailure) {
      var missing: [String] = []
      var folder = parent[...]
      while !folder.isEmpty, Files.kind(String(folder)) == .missing {
        missing.append(String(folder))
        folder = folder.lastIndex(of: "/").map { folder[..<$0] } ?? ""
      }
      for folder in missing.reversed() {
        try Files.makeFolder(folder)
        made.insert(folder, at: 0)
      }
      try Files.makeFolder(staging)
    } catch {
      for folder in made { Files.removeFolder(folder) }
      throw failure(error)
    }
    return made
  }

  /// Refuses a path that names nothing, which would mean the root.
  static func checkPath(_ path: String) throws(CommandError) {
    if path.isEmpty || path.unicodeScalars.contains("\0") {
      throw CommandError("the output folder is '\(path)', expected the name of a folder (--out)")
    }
  }

  private func failure(_ error: SystemFailure) -> CommandError {
    CommandError(
      "cannot write the output folder '\(path)': \(error.reason); expected a folder that can be "
        + "written (--out)")
  }

  private func checkOwnership(_ names: [String]) throws(CommandError) {
    switch Files.kind(path) {
    case .missing: return
    case .file, .special:
      throw CommandError(
        "cannot write the output folder '\(path)': it is a file, expected a folder")
    case .folder: break
    }
    guard !isOurs else { return }
    if let name = names.first(where: { Files.kind("\(path)/\($0)") != .missing }) {
      throw CommandError(
        "the output folder '\(path)' has a file '\(name)' that this command did not write; "
          + "expected a new folder or one that it wrote before (--out)")
    }
  }

  private func results() -> JSON? {
    guard let bytes = try? Files.read("\(path)/\(Self.resultsName)") else { return nil }
    return try? JSON(parsing: bytes)
  }

  private var isOurs: Bool {
    results()?["generator"]?.string?.hasPrefix(generator) ?? false
  }

  /// The figures that are there: of the results as a whole, and of examples.
  private func ownFigures() -> Set<String> {
    guard isOurs, let results = results() else { return [] }
    var figures = results["figures"]?.elements ?? []
    if case .object(let examples) = results["examples"] {
      figures += examples.flatMap { $0.value["figures"]?.elements ?? [] }
    }
    let names = figures.compactMap(\.string)
    return Set(
      names.filter { ($0.hasSuffix(".svg") || $0.hasSuffix(".png")) && !$0.contains("/") })
  }
}
