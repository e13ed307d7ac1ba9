#if canImport(Darwin)
  internal import Darwin
#elseif canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// Calls of the operating system on descriptors and processes.
enum Descriptor {
  /// Both ends of a pipe, which no process started by others inherits.
  static func pipe() throws(SystemFailure) -> (reading: Int32, writing: Int32) {
    var ends: [Int32] = [-1, -1]
    guard platformPipe(&ends) == 0 else { throw SystemFailure() }
    // Workers are started with no descriptors but their own; this is for processes that others start.
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    return (ends[0], ends[1])
  }

  static func makeNonblocking(_ descriptor: Int32) {
    _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
  }

  static func close(_ descriptor: inout Int32) {
    if descriptor >= 0 { _ = platformClose(descriptor) }
    descriptor = -1
  }

  enum Transfer {
    case count(Int)
    case ended
    case wouldBlock
  }

  /// Reads what is there.
  static func read(_ descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer) -> Transfer {
    while true {
      let count = platformRead(descriptor, buffer.baseAddress, buffer.count)
      if count > 0 { return .count(count) }
      if count == 0 { return .ended }
      if errno == EINTR { continue }
      return errno == EAGAIN || errno == EWOULDBLOCK ? .wouldBlock : .ended
    }
  }

  /// Writes what there is room for. SIGPIPE is for the caller to block.
  static func write(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Transfer {
    while true {
      let count = platformWrite(descriptor, bytes.baseAddress, bytes.count)
      if count >= 0 { return .count(count) }
      if errno == EINTR { continue }
      return errno == EAGAIN || errno == EWOULDBLOCK ? .wouldBlock : .ended
    }
  }

  /// Waits until one of the descriptors is ready; nil waits for as long as it takes.
  static func poll(_ entries: inout [pollfd], milliseconds: Int32?) {
    let count = nfds_t(entries.count)
    _ = platformPoll(&entries, count, milliseconds ?? -1)
  }

  /// Sends the signal that cannot be ignored to a process group.
  static func killGroup(_ group: Int32) { if group > 1 { _ = kill(-group, SIGKILL) } }

  /// Keeps a thread's writes to closed pipes from ending the process.
  static func blockBrokenPipeSignal() {
    var set = sigset_t()
    sigemptyset(&set)
    sigaddset(&set, SIGPIPE)
    pthread_sigmask(SIG_BLOCK, &set, nil)
  }

  static var processorCount: Int { max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))) }
}

/// Why a call failed, in the system's words.
struct SystemFailure: Error, CustomStringConvertible {
  let code: Int32

  init(_ code: Int32 = errno) { self.code = code }

  var description: String { strerror(code).map { String(cString: $0) } ?? "error \(code)" }
}

private func platformPipe(_ ends: inout [Int32]) -> Int32 {
  #if canImport(Darwin)
    Darwin.pipe(&ends)
  #elseif canImport(Glibc)
    Glibc.pipe(&ends)
  #elseif canImport(Musl)
    Musl.pipe(&ends)
  #endif
}

private func platformClose(_ descriptor: Int32) -> Int32 {
  #if canImport(Darwin)
    Darwin.close(descriptor)
  #elseif canImport(Glibc)
    Glibc.close(descriptor)
  #elseif canImport(Musl)
    Musl.close(descriptor)
  #endif
}

private func platformRead(
  _ descriptor: Int32, _ buffer: UnsafeMutableRawPointer?, _ count: Int
) -> Int {
  #if canImport(Darwin)
    Darwin.read(descriptor, buffer, count)
  #elseif canImport(Glibc)
    Glibc.read(descriptor, buffer, count)
  #elseif canImport(Musl)
    Musl.read(descriptor, buffer, count)
  #endif
}

private func platformWrite(
  _ descriptor: Int32, _ buffer: UnsafeRawPointer?, _ count: Int
) -> Int {
  #if canImport(Darwin)
    Darwin.write(descriptor, buffer, count)
  #elseif canImport(Glibc)
    Glibc.write(descriptor, buffer, count)
  #elseif canImport(Musl)
    Musl.write(descriptor, buffer, count)
  #endif
}

private func platformPoll(_ entries: inout [pollfd], _ count: nfds_t, _ milliseconds: Int32)
  -> Int32
{
  entries.withUnsafeMutableBufferPointer {
    #if canImport(Darwin)
      Darwin.poll($0.baseAddress, count, milliseconds)
    #elseif canImport(Glibc)
      Glibc.poll($0.baseAddress, count, milliseconds)
    #elseif canImport(Musl)
      Musl.poll($0.baseAddress, count, milliseconds)
    #endif
  }
}
