#if canImport(System)
  internal import System
#else
  internal import SystemPackage
#endif

#if canImport(Darwin)
  private import Darwin
#elseif canImport(Glibc)
  private import Glibc
#elseif canImport(Musl)
  private import Musl
#elseif canImport(Android)
  private import Android
#elseif canImport(WASILibc)
  private import WASILibc
#endif

extension Files {
  /// Writes a file: whoever reads it finds the old bytes or the new ones, whenever the process ends.
  ///
  /// The bytes are written to another file beside the place, which then takes the name. What a link
  /// leads to is replaced, not the link; a pipe or a device is written to as it is.
  ///
  /// - Parameters:
  ///   - bytes: The file's bytes.
  ///   - path: Where to; a file that is there is replaced.
  ///   - isSynchronized: Whether to wait until the bytes are on the disk, so that they outlive the
  ///     machine's sudden end as well.
  /// - Throws: ``SystemFailure``; nothing is left behind then.
  package static func write(
    _ bytes: some Collection<UInt8>, to path: String, isSynchronized: Bool = true
  ) throws(SystemFailure) {
    switch kind(path) {
    case .special:
      try write(bytes, openedAs: open(path, .writeOnly, .closeOnExec))
    case .folder: throw SystemFailure(EISDIR)
    case .file, .missing:
      let path = try linkTarget(path)
      let temporary = "\(path).\(randomName()).part"
      let file = try open(temporary, .writeOnly, [.create, .exclusiveCreate, .closeOnExec])
      do throws(SystemFailure) {
        try write(bytes, openedAs: file, isSynchronized: isSynchronized)
        try move(temporary, to: path)
      } catch {
        removeFile(temporary)
        throw error
      }
    }
  }

  /// Adds bytes at the end of a file, which is made where there is none.
  ///
  /// - Throws: ``SystemFailure``; some of the bytes may have been written.
  package static func append(
    _ bytes: some Collection<UInt8>, to path: String
  ) throws(SystemFailure) {
    try write(bytes, openedAs: open(path, .writeOnly, [.append, .create, .closeOnExec]))
  }

  /// Writes a new file of a name that nobody has, which nobody else may read, where temporary files
  /// lie: in `TMPDIR` or in /tmp.
  ///
  /// - Parameters:
  ///   - bytes: The file's bytes.
  ///   - prefix: What the name begins with.
  /// - Returns: The path, for the caller to remove.
  /// - Throws: ``SystemFailure``; nothing is left behind then.
  package static func writeTemporary(
    _ bytes: some Collection<UInt8>, prefix: String
  ) throws(SystemFailure) -> String {
    let folder = Environment.value("TMPDIR") ?? "/tmp"
    let path = "\(folder)/\(prefix)-\(randomName())"
    let file = try open(
      path, .writeOnly, [.create, .exclusiveCreate, .closeOnExec],
      permissions: FilePermissions(rawValue: 0o600))
    do throws(SystemFailure) {
      try write(bytes, openedAs: file)
    } catch {
      removeFile(path)
      throw error
    }
    return path
  }

  /// A name that nobody else comes by.
  private static func randomName() -> String {
    String(UInt64.random(in: 0...UInt64.max), radix: 36)
  }

  /// The file that a path leads to, over any links; the path itself where there is none.
  private static func linkTarget(_ path: String) throws(SystemFailure) -> String {
    guard kind(path) == .file, let target = realpath(path, nil) else { return path }
    defer { free(target) }
    return String(cString: target)
  }

  /// Writes all bytes and closes the file; a full disk may show as late as that.
  private static func write(
    _ bytes: some Collection<UInt8>, openedAs file: FileDescriptor, isSynchronized: Bool = false
  ) throws(SystemFailure) {
    try SystemFailure.converting {
      try file.closeAfter {
        try file.writeAll(bytes)
        if isSynchronized, fsync(file.rawValue) != 0 { throw SystemFailure() }
      }
    }
  }
}
