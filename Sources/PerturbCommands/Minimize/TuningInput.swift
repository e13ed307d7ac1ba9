package import Platform

/// What `perturb minimize` reads before it starts anything, for tests that give it damaged files.
package enum TuningInput {
  /// Reads a configuration, as `--config` does.
  ///
  /// - Throws: ``CommandError`` that names the setting.
  package static func check(configuration json: JSON) throws {
    let settings = try TuningSettings(json, "the configuration")
    _ = try TuningRun(settings, folder: nil, resumed: nil, console: .standard)
  }

  /// Takes up the run in a folder, as `--resume` does, and stops before its next step.
  ///
  /// - Returns: The checkpoint as it would be written again.
  /// - Throws: ``CommandError`` that names the file and the part of it.
  package static func resume(_ path: String) throws -> JSON {
    let folder = TuningFolder(path)
    let checkpoint = try folder.checkpoint()
    let settings = try TuningSettings(checkpoint.settings, "the checkpoint's settings")
    _ = try TuningRun(settings, folder: folder, resumed: checkpoint, console: .standard)
    return checkpoint.json
  }
}
