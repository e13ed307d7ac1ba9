#if canImport(Darwin)
  internal import Darwin
#elseif canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// The few calls of the operating system that commands need.
enum System {
  /// Why a call failed, in the system's words: "No such file or directory".
  struct Failure: Error {
    let code: Int32

    init(_ code: Int32 = errno) { self.code = code }

    var reason: String {
      let text = strerror(code).map { String(cString: $0) } ?? "error \(code)"
      return text.prefix(1).lowercased() + text.dropFirst()
    }

    var meansMissing: Bool { code == ENOENT }
  }

  static func leave(_ code: Int32) -> Never { exit(code) }

  static func isTerminal(_ descriptor: Int32) -> Bool { isatty(descriptor) == 1 }

  static var processNumber: Int { Int(getpid()) }

  /// How long this thread has run on a processor, in seconds; what others on the machine do does not
  /// count.
  static var processorSeconds: Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }

  /// How many characters a line of a terminal has.
  static func columns(_ descriptor: Int32) -> Int? {
    var size = winsize()
    guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
    return Int(size.ws_col)
  }

  /// Writes all of a text to a descriptor.
  static func write(_ text: String, to descriptor: Int32) throws(Failure) {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Platform.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0 && errno == EINTR { continue }
      if count < 0 { throw Failure() }
      rest = rest.dropFirst(count)
    }
  }

  /// The bytes up to which files are read.
  private static let longestFile = 256 << 20

  static func read(_ path: String) throws(Failure) -> [UInt8] {
    guard kind(path) != .folder else { throw Failure(EISDIR) }
    guard let file = fopen(path, "rb") else { throw Failure() }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = fread(&chunk, 1, chunk.count, file)
      bytes += chunk[..<count]
      // A device has no end.
      if bytes.count > longestFile { throw Failure(EFBIG) }
      if count < chunk.count {
        if ferror(file) != 0 { throw Failure(EIO) }
        return bytes
      }
    }
  }

  /// Writes a file and waits until it is closed without an error, so that a full disk is noticed.
  static func write(_ text: String, toFile path: String) throws(Failure) {
    guard let file = fopen(path, "wb") else { throw Failure() }
    let bytes = Array(text.utf8)
    let written = fwrite(bytes, 1, bytes.count, file)
    let failure = errno
    if fclose(file) != 0 { throw Failure() }
    if written != bytes.count { throw Failure(failure) }
  }

  enum Kind { case file, folder, missing }

  static func kind(_ path: String) -> Kind {
    var status = stat()
    guard stat(path, &status) == 0 else { return .missing }
    return status.st_mode & S_IFMT == S_IFDIR ? .folder : .file
  }

  static func makeFolder(_ path: String) throws(Failure) {
    if mkdir(path, 0o777) != 0 { throw Failure() }
  }

  /// Moves a file or folder; a file takes the place of one that is there already, at once.
  static func move(_ path: String, to destination: String) throws(Failure) {
    if rename(path, destination) != 0 { throw Failure() }
  }

  static func removeFile(_ path: String) { _ = unlink(path) }

  /// Removes a folder if it is empty.
  static func removeFolder(_ path: String) { _ = rmdir(path) }
}

private enum Platform {
  static func write(_ descriptor: Int32, _ start: UnsafeRawPointer?, _ count: Int) -> Int {
    #if canImport(Darwin)
      Darwin.write(descriptor, start, count)
    #elseif canImport(Glibc)
      Glibc.write(descriptor, start, count)
    #elseif canImport(Musl)
      Musl.write(descriptor, start, count)
    #endif
  }
}
