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

/// Why a call of the operating system failed.
package struct SystemFailure: Error, Hashable, CustomStringConvertible {
  /// The number of the error, `errno`.
  package let code: Int32

  package init(_ code: Int32) { self.code = code }

  /// That of this thread's last call that failed.
  package init() { code = errno }

  /// More bytes than the caller wants.
  package static var tooLarge: SystemFailure { SystemFailure(EFBIG) }

  /// More descriptors than this process may have.
  package static var tooManyDescriptors: SystemFailure { SystemFailure(EMFILE) }

  /// Whether processes, descriptors or memory are used up, which may be otherwise later.
  package var meansScarcity: Bool { [EAGAIN, ENOMEM, EMFILE, ENFILE].contains(code) }

  /// Whether there is no such file or folder.
  package var meansMissing: Bool { code == ENOENT }

  /// The system's words: "No such file or directory".
  package var description: String { Errno(rawValue: code).description }

  /// The same inside a sentence: "no such file or directory".
  package var reason: String { description.prefix(1).lowercased() + description.dropFirst() }

  /// What `body` returns; what swift-system throws becomes a failure of this type.
  static func converting<Result>(
    _ body: () throws -> Result
  ) throws(SystemFailure) -> Result {
    do { return try body() } catch let error as Errno {
      throw SystemFailure(error.rawValue)
    } catch let error as SystemFailure {
      throw error
    } catch { throw SystemFailure(EIO) }
  }
}
