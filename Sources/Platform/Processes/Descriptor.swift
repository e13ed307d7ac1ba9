// Where processes can be started.
#if os(macOS) || os(Linux)
  private import CProcesses

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
  #endif

  /// One end of a pipe, or another open file: swift-system's descriptor with what pipes need beside it.
  package struct Descriptor: Hashable, Sendable {
    private let file: FileDescriptor

    package init(_ number: Int32) { file = FileDescriptor(rawValue: number) }

    /// The number by which the system knows it.
    package var number: Int32 { file.rawValue }

    /// Both ends of a new pipe, which no process inherits that others start.
    package static func pipe() throws(SystemFailure) -> (reading: Descriptor, writing: Descriptor) {
      var ends: [Int32] = [-1, -1]
      let code = cp_pipe(&ends)
      guard code == 0 else { throw SystemFailure(code) }
      return (Descriptor(ends[0]), Descriptor(ends[1]))
    }

    /// Makes reading and writing return where they would wait.
    package func makeNonblocking() {
      _ = fcntl(number, F_SETFL, fcntl(number, F_GETFL) | O_NONBLOCK)
    }

    package func close() { try? file.close() }

    /// The number below which those of this process's descriptors are.
    package static var limit: Int { Int(cp_descriptor_limit()) }

    /// Opens the standard descriptors that this process was started without, so that no pipe and no file
    /// gets their numbers; reading from them and writing to them fails as it would without.
    package static func openMissingStandard() {
      for number: Int32 in 0...2 where fcntl(number, F_GETFD) < 0 {
        // The lowest number that is free.
        _ = try? FileDescriptor.open("/dev/null", number == 0 ? .writeOnly : .readOnly)
      }
    }

    /// What came of reading or writing.
    package enum Transfer: Hashable, Sendable {
      case count(Int)
      /// The other end is closed, or the descriptor is of no use any more.
      case ended
      /// Nothing was there to read, or there was no room.
      case wouldBlock
    }

    /// Reads what is there.
    package func read(into buffer: UnsafeMutableRawBufferPointer) -> Transfer {
      transfer { try file.read(into: buffer) }.replacingZeroByEnd
    }

    /// Writes what there is room for. SIGPIPE is for the caller to block.
    package func write(_ bytes: UnsafeRawBufferPointer) -> Transfer {
      transfer { try file.write(bytes) }
    }

    /// Writes all bytes, and waits for room where there is none.
    ///
    /// - Throws: ``SystemFailure``; some of the bytes may have been written.
    package func writeAll(_ bytes: some Collection<UInt8>) throws(SystemFailure) {
      _ = try SystemFailure.converting { try file.writeAll(bytes) }
    }

    /// Writes one byte by a single call of the system: allowed inside a signal's handler,
    /// whose `errno` stays as it is.
    package func writeByte(_ byte: UInt8) {
      let saved = errno
      var byte = byte
      _ = cWrite(number, &byte, 1)
      errno = saved
    }

    private func transfer(_ body: () throws -> Int) -> Transfer {
      do { return .count(try body()) } catch {
        switch error as? Errno {
        case .wouldBlock, .resourceTemporarilyUnavailable: return .wouldBlock
        default: return .ended
        }
      }
    }
  }

  extension Descriptor.Transfer {
    fileprivate var replacingZeroByEnd: Self { self == .count(0) ? .ended : self }
  }

  // At file scope, where the name still means the library's.
  private func cWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer, _ count: Int) -> Int {
    write(descriptor, bytes, count)
  }
#endif
