import Foundation
import Platform
import Testing

struct FilesTests {
  /// Calls `body` with a new folder, which is removed afterwards.
  private func withFolder(_ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("platform-\(UUID().uuidString)").path
    try Files.makeFolder(folder)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try body(folder)
  }

  private func names(_ folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
  }

  @Test func bytesComeBack() throws {
    try withFolder { folder in
      let path = folder + "/bytes"
      for count in [0, 1, 65_535, 65_536, 200_000] {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        try Files.write(bytes, to: path)
        #expect(try Files.read(path) == bytes)
        #expect(try Files.read(path, atMost: count) == bytes)
      }
      #expect(try names(folder) == ["bytes"])
    }
  }

  @Test func aFolderHasItsNames() throws {
    try withFolder { folder in
      #expect(Files.names(in: folder) == [])
      for name in ["b", ".a", "c d"] { try Files.write("".utf8, to: "\(folder)/\(name)") }
      #expect(Files.names(in: folder).sorted() == [".a", "b", "c d"])
      #expect(Files.names(in: folder + "/none") == [])
    }
  }

  @Test func moreThanIsWantedIsRefused() throws {
    try withFolder { folder in
      try Files.write("123456".utf8, to: folder + "/six")
      #expect(
        #expect(throws: SystemFailure.self) { try Files.read(folder + "/six", atMost: 5) }
          == .tooLarge)
    }
  }

  /// A device without an end, and a pipe that nobody writes to.
  @Test func specialFilesAreNotReadForEver() throws {
    #expect(Files.kind("/dev/zero") == .special)
    #expect(
      #expect(throws: SystemFailure.self) { try Files.read("/dev/zero", atMost: 100_000) }
        == .tooLarge)
    #expect(try Files.read("/dev/null").isEmpty)
    try withFolder { folder in
      let pipe = folder + "/pipe"
      #expect(mkfifo(pipe, 0o600) == 0)
      #expect(Files.kind(pipe) == .special)
      let bytes = try Files.read(pipe)
      #expect(bytes.isEmpty)
    }
  }

  @Test func aPipeIsReadToItsEnd() throws {
    let ends = try Descriptor.pipe()
    let bytes = (0..<300_000).map { UInt8(truncatingIfNeeded: $0) }
    let isStarted = Platform.Thread.start {
      try? ends.writing.writeAll(bytes)
      ends.writing.close()
    }
    try #require(isStarted)
    defer { ends.reading.close() }
    #expect(try Files.read("/dev/fd/\(ends.reading.number)") == bytes)
  }

  @Test(.enabled(if: FileManager.default.fileExists(atPath: "/proc/self"), "needs /proc"))
  func filesWithoutASizeAreRead() throws {
    let text = String(decoding: try Files.read("/proc/self/status"), as: UTF8.self)
    #expect(text.contains("VmRSS"))
  }

  @Test func failuresAreTheSystems() throws {
    let missing = #expect(throws: SystemFailure.self) { try Files.read("/does/not/exist") }
    #expect(missing?.meansMissing == true)
    #expect(missing?.description == "No such file or directory")
    #expect(missing?.reason == "no such file or directory")
    #expect(
      #expect(throws: SystemFailure.self) { try Files.read("/") } == SystemFailure(EISDIR))
    #expect(throws: SystemFailure.self) { try Files.read("") }
    #expect(throws: SystemFailure.self) { try Files.read("/dev/null\0x") }
    #expect(throws: SystemFailure.self) { try Files.write([1], to: "/does/not/exist") }
    #expect(throws: SystemFailure.self) { try Files.write([1], to: "/") }
    #expect(throws: SystemFailure.self) { try Files.append([1], to: "/") }
  }

  @Test(.enabled(if: FileManager.default.fileExists(atPath: "/dev/full"), "needs /dev/full"))
  func aFullDiskIsNoticed() {
    for write in [
      { try Files.write([1], to: "/dev/full") }, { try Files.append([1], to: "/dev/full") },
    ]
      as [() throws -> Void]
    {
      #expect(
        #expect(throws: SystemFailure.self) { try write() } == SystemFailure(ENOSPC))
    }
    #expect(Files.kind("/dev/full") == .special)
  }

  /// Whoever has the old file open goes on reading it whole: it is replaced, not overwritten.
  @Test func writingReplacesTheFile() throws {
    try withFolder { folder in
      let path = folder + "/file"
      try Files.write("old text".utf8, to: path)
      let reader = try #require(FileHandle(forReadingAtPath: path))
      try Files.write("new".utf8, to: path, isSynchronized: false)
      #expect(try reader.readToEnd() == Data("old text".utf8))
      #expect(try Files.read(path) == Array("new".utf8))
      #expect(try names(folder) == ["file"])
    }
  }

  @Test func whatALinkLeadsToIsReplaced() throws {
    try withFolder { folder in
      try Files.write("old".utf8, to: folder + "/file")
      try FileManager.default.createSymbolicLink(
        atPath: folder + "/link", withDestinationPath: "file")
      try Files.write("new".utf8, to: folder + "/link")
      #expect(try Files.read(folder + "/file") == Array("new".utf8))
      let kept = try FileManager.default.destinationOfSymbolicLink(atPath: folder + "/link")
      #expect(kept == "file")
    }
  }

  /// A folder where the file would go: the name can't be taken, and nothing stays beside it.
  @Test func nothingIsLeftOfWhatCouldNotBeWritten() throws {
    try withFolder { folder in
      try Files.makeFolder(folder + "/taken")
      #expect(throws: SystemFailure.self) { try Files.write([1], to: folder + "/taken") }
      #expect(try names(folder) == ["taken"])
    }
  }

  @Test func bytesAreAppended() throws {
    try withFolder { folder in
      let path = folder + "/rows"
      try Files.append("a\n".utf8, to: path)
      try Files.append("b\n".utf8, to: path)
      #expect(try Files.read(path) == Array("a\nb\n".utf8))
    }
  }

  @Test func placesAreMadeMovedAndRemoved() throws {
    try withFolder { folder in
      let inner = folder + "/inner"
      #expect(Files.kind(inner) == .missing)
      try Files.makeFolder(inner)
      #expect(Files.kind(inner) == .folder)
      #expect(throws: SystemFailure.self) { try Files.makeFolder(inner) }
      try Files.write([7], to: inner + "/a")
      try Files.move(inner + "/a", to: inner + "/b")
      #expect(Files.kind(inner + "/a") == .missing)
      #expect(Files.kind(inner + "/b") == .file)
      Files.removeFolder(inner)
      #expect(Files.kind(inner) == .folder)
      Files.removeFile(inner + "/b")
      Files.removeFolder(inner)
      #expect(Files.kind(inner) == .missing)
      #expect(throws: SystemFailure.self) { try Files.move(inner, to: folder + "/x") }
    }
  }

  @Test func aFolderIsLockedOnce() throws {
    try withFolder { folder in
      let lock = try #require(try Files.lockFolder(folder))
      #expect(try Files.lockFolder(folder) == nil)
      lock.close()
      let again = try #require(try Files.lockFolder(folder))
      again.close()
      #expect(throws: SystemFailure.self) { try Files.lockFolder(folder + "/missing") }
    }
  }

  @Test func temporaryFilesHaveNamesOfTheirOwn() throws {
    let paths = try (0..<2).map { try Files.writeTemporary([UInt8($0)], prefix: "platform") }
    defer { for path in paths { Files.removeFile(path) } }
    #expect(paths[0] != paths[1])
    #expect(try Files.read(paths[1]) == [1])
    let attributes = try FileManager.default.attributesOfItem(atPath: paths[0])
    #expect(attributes[.posixPermissions] as? Int == 0o600)
  }
}
