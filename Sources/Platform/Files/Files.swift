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

/// Files and folders.
package enum Files {
  /// What a path leads to.
  package enum Kind: Sendable {
    case file
    case folder
    /// A pipe, a terminal, a device.
    case special
    case missing
  }

  /// What a path leads to, links followed; something that cannot be looked at is missing.
  package static func kind(_ path: String) -> Kind {
    var status = stat()
    guard !path.utf8.contains(0), stat(path, &status) == 0 else { return .missing }
    return kind(status)
  }

  private static func kind(_ status: stat) -> Kind {
    switch status.st_mode & S_IFMT {
    case S_IFDIR: .folder
    case S_IFREG: .file
    default: .special
    }
  }

  /// How much is read at most of what has no size of its own.
  package static let specialLimit = 1 << 30

  /// All bytes of a file.
  ///
  /// Pipes and devices are read to their end as well, up to ``specialLimit``; a pipe that nobody
  /// writes to is empty.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - limit: How many bytes the caller wants at most.
  /// - Returns: The bytes.
  /// - Throws: ``SystemFailure``, `tooLarge` where there are more bytes.
  package static func read(
    _ path: String, atMost limit: Int = .max
  ) throws(SystemFailure) -> [UInt8] {
    // Opening a pipe that nobody writes to would wait for ever.
    let file = try open(path, .readOnly, [.nonBlocking, .closeOnExec])
    return try SystemFailure.converting {
      try file.closeAfter {
        var status = stat()
        guard fstat(file.rawValue, &status) == 0 else { throw SystemFailure() }
        let isFile = kind(status) == .file
        let most = isFile ? limit : min(limit, specialLimit)
        let size = isFile ? max(0, Int(status.st_size)) : 0
        guard size <= most else { throw SystemFailure.tooLarge }
        if !isFile {
          _ = fcntl(
            file.rawValue, F_SETFL,
            fcntl(file.rawValue, F_GETFL) & ~FileDescriptor.OpenOptions.nonBlocking.rawValue)
        }
        return try readAll(file, size, most)
      }
    }
  }

  /// Files of the kernel have no size, and others may have grown meanwhile: what counts is the end.
  private static func readAll(_ file: FileDescriptor, _ size: Int, _ most: Int) throws -> [UInt8] {
    var bytes: [UInt8] = []
    var room = size + 1
    while true {
      let start = bytes.count
      bytes.append(contentsOf: repeatElement(0, count: room))
      let count = try bytes.withUnsafeMutableBytes {
        try file.read(into: UnsafeMutableRawBufferPointer(rebasing: $0[start...]))
      }
      bytes.removeLast(room - count)
      if count == 0 { return bytes }
      if bytes.count > most { throw SystemFailure.tooLarge }
      room = max(1 << 12, bytes.count, size + 1 - bytes.count)
    }
  }

  static func open(
    _ path: String, _ mode: FileDescriptor.AccessMode, _ options: FileDescriptor.OpenOptions,
    permissions: FilePermissions = FilePermissions(rawValue: 0o666)
  ) throws(SystemFailure) -> FileDescriptor {
    guard !path.utf8.contains(0) else { throw SystemFailure(EINVAL) }
    return try SystemFailure.converting {
      try FileDescriptor.open(
        FilePath(path), mode, options: options,
        permissions: options.contains(.create) ? permissions : nil)
    }
  }

  // MARK: Places

  /// Makes a folder inside one that is there.
  package static func makeFolder(_ path: String) throws(SystemFailure) {
    if mkdir(path, 0o777) != 0 { throw SystemFailure() }
  }

  /// Moves a file or folder; a file takes the place of one that is there already, at once.
  package static func move(_ path: String, to destination: String) throws(SystemFailure) {
    if rename(path, destination) != 0 { throw SystemFailure() }
  }

  /// The names in a folder, hidden ones too, in any order; none where it cannot be read.
  package static func names(in path: String) -> [String] {
    guard let folder = opendir(path) else { return [] }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names
  }

  /// Removes a file, if it is there.
  package static func removeFile(_ path: String) { _ = unlink(path) }

  /// Removes a folder, if it is there and empty.
  package static func removeFolder(_ path: String) { _ = rmdir(path) }
}
