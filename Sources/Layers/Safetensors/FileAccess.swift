#if canImport(Darwin)
  private import Darwin
#elseif canImport(Glibc)
  private import Glibc
#elseif canImport(Musl)
  private import Musl
#endif

/// The bytes of a file.
func readFile(_ path: String) throws(SafetensorsError) -> [UInt8] {
  let file = open(path, O_RDONLY | O_CLOEXEC)
  guard file >= 0 else { throw failure(path) }
  defer { _ = close(file) }
  var status = stat()
  guard fstat(file, &status) == 0 else { throw failure(path) }
  var bytes = [UInt8](repeating: 0, count: max(0, Int(status.st_size)))
  var position = 0
  while position < bytes.count {
    let count = bytes.withUnsafeMutableBytes { buffer in
      read(file, buffer.baseAddress.map { $0 + position }, buffer.count - position)
    }
    if count < 0 {
      if errno == EINTR { continue }
      throw failure(path)
    }
    if count == 0 { break }
    position += count
  }
  bytes.removeLast(bytes.count - position)
  return bytes
}

/// Writes a file beside its place, and puts it there once it is whole.
func writeFile(_ bytes: [UInt8], to path: String) throws(SafetensorsError) {
  let number = String(UInt64.random(in: 0...UInt64.max), radix: 36)
  let temporary = "\(path).\(number).part"
  let file = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
  guard file >= 0 else { throw failure(path) }
  do throws(SafetensorsError) {
    try writeAll(bytes, to: file, path)
    guard fsync(file) == 0 else { throw failure(path) }
  } catch {
    _ = close(file)
    _ = unlink(temporary)
    throw error
  }
  guard close(file) == 0, rename(temporary, path) == 0 else {
    let error = failure(path)
    _ = unlink(temporary)
    throw error
  }
}

private func writeAll(
  _ bytes: [UInt8], to file: Int32, _ path: String
) throws(SafetensorsError) {
  var position = 0
  while position < bytes.count {
    let count = bytes.withUnsafeBytes { buffer in
      write(file, buffer.baseAddress.map { $0 + position }, buffer.count - position)
    }
    if count < 0 {
      if errno == EINTR { continue }
      throw failure(path)
    }
    position += count
  }
}

/// What the system says went wrong with the last call.
private func failure(_ path: String) -> SafetensorsError {
  .file(path: path, reason: String(cString: strerror(errno)))
}
