internal import Platform

/// The folder of a run: its checkpoint, its history, and at the end its results.
struct TuningFolder: Sendable {
  static let checkpointName = "checkpoint.json"
  static let previousName = "checkpoint.previous.json"
  static let historyName = "history.csv"
  static let failureName = "failure.json"
  static let resultName = "result.json"
  static let pageName = "index.html"

  let path: String

  init(_ path: String) {
    var path = path
    while path.count > 1, path.hasSuffix("/") { path.removeLast() }
    self.path = path
  }

  func file(_ name: String) -> String { "\(path)/\(name)" }

  private func has(_ name: String) -> Bool { Files.kind(file(name)) != .missing }

  /// Keeps other runs out of the folder, which is made where there is none.
  ///
  /// - Returns: What to close at the end.
  /// - Throws: ``CommandError`` where another run is at work in it.
  func lock() throws(CommandError) -> Descriptor {
    var lock: Descriptor?
    try writing { () throws(SystemFailure) in
      var made = ""
      for part in path.split(separator: "/", omittingEmptySubsequences: false) {
        made += made.isEmpty && !path.hasPrefix("/") ? String(part) : "/" + part
        if part.isEmpty { made = made == "/" ? "" : made }
        if !made.isEmpty, Files.kind(made) == .missing { try Files.makeFolder(made) }
      }
      lock = try Files.lockFolder(path)
    }
    guard let lock else {
      throw CommandError(
        "another run is at work in the folder '\(path)'; expected another folder (--out)")
    }
    return lock
  }

  /// Checks that a new run may begin here.
  ///
  /// - Throws: ``CommandError`` where there is a run already, or a file that a run would write over.
  func checkNew() throws(CommandError) {
    if has(Self.checkpointName) || has(Self.previousName) {
      throw CommandError(
        "the folder '\(path)' holds a run already: --resume goes on with it, another --out begins "
          + "anew")
    }
    let names = [Self.historyName, Self.failureName, Self.resultName, Self.pageName]
    if let name = names.first(where: has) {
      throw CommandError(
        "the output folder '\(path)' has a file '\(name)' that no run of this command wrote; "
          + "expected a new folder (--out)")
    }
  }

  /// Removes what a run that was killed has left half written; the folder must be locked.
  func removeParts() {
    let names = [
      Self.checkpointName, Self.historyName, Self.failureName, Self.resultName, Self.pageName,
    ]
    for name in Files.names(in: path)
    where names.contains(where: { name.hasPrefix($0 + ".") })
      && (name.hasSuffix(".part") || name.hasSuffix(".partial"))
    { Files.removeFile(file(name)) }
  }

  /// Checks that there is a run to go on with.
  ///
  /// - Throws: ``CommandError`` where there is none.
  func checkResumable() throws(CommandError) {
    guard has(Self.checkpointName) || has(Self.previousName) else {
      throw CommandError(
        "there is nothing to resume in '\(path)': it has no \(Self.checkpointName)")
    }
  }

  func replace(_ name: String, with text: String) throws(CommandError) {
    try writing { () throws(SystemFailure) in try Files.write(text.utf8, to: file(name)) }
  }

  func append(_ name: String, _ text: String) throws(CommandError) {
    try writing { () throws(SystemFailure) in try Files.append(text.utf8, to: file(name)) }
  }

  /// Writes a checkpoint, and keeps the one before it beside it.
  func write(_ checkpoint: TuningCheckpoint) throws(CommandError) {
    try writing { () throws(SystemFailure) in
      let (path, partial) = (file(Self.checkpointName), file(Self.checkpointName) + ".partial")
      try Files.write((checkpoint.json.text + "\n").utf8, to: partial)
      // Between the two moves only the one before is there, which a run can go on from as well.
      if has(Self.checkpointName) { try Files.move(path, to: file(Self.previousName)) }
      try Files.move(partial, to: path)
    }
  }

  /// The checkpoint that a run goes on from.
  ///
  /// - Throws: ``CommandError`` where there is none, and for one that is damaged: the message names the
  ///   part, and the checkpoint before it.
  func checkpoint() throws(CommandError) -> TuningCheckpoint {
    try checkResumable()
    let name = has(Self.checkpointName) ? Self.checkpointName : Self.previousName
    do throws(CommandError) {
      return try TuningCheckpoint(JSON(file: file(name), purpose: "checkpoint"))
    } catch {
      throw explained(error, name)
    }
  }

  /// What to say of a checkpoint that cannot be gone on from.
  func explained(_ error: CommandError, _ name: String = checkpointName) -> CommandError {
    let other =
      name == Self.checkpointName && has(Self.previousName)
      ? "; the one before it is '\(file(Self.previousName))'" : ""
    return CommandError("checkpoint '\(file(name))': \(error)\(other)")
  }

  private func writing(
    _ work: () throws(SystemFailure) -> Void
  ) throws(CommandError) {
    do throws(SystemFailure) { try work() } catch {
      throw CommandError(
        "cannot write the output folder '\(path)': \(error.reason); expected a folder that can be "
          + "written (--out)")
    }
  }
}
