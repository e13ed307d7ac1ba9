// Where processes can be started.
#if os(macOS) || os(Linux)
  #if canImport(Darwin)
    private import Darwin
  #elseif canImport(Glibc)
    private import Glibc
  #elseif canImport(Musl)
    private import Musl
  #endif

  /// The machine's processes, as `/proc` has them; none on systems without it.
  package enum ProcessTable {
    /// The processes that a process started, those that these started, and so on; not those whose
    /// parents have ended.
    package static func descendants(of process: Int32) -> [Int32] {
      let children = Dictionary(grouping: numbers(), by: { parent($0) ?? 0 })
      var found: [Int32] = []
      var next = [process]
      while let parent = next.popLast() {
        let children = (children[parent] ?? []).filter { !found.contains($0) && $0 != process }
        found += children
        next += children
      }
      return found
    }

    /// The processes that began with a variable in their environment, and have not ended.
    ///
    /// - Parameter prefix: How "NAME=value" begins.
    /// - Returns: Their numbers, without that of this process.
    package static func holding(variable prefix: String) -> [Int32] {
      let own = getpid()
      return numbers().filter { number in
        guard number != own,
          let bytes = try? Files.read("/proc/\(number)/environ", atMost: 1 << 24)
        else { return false }
        return bytes.split(separator: 0).contains { $0.starts(with: prefix.utf8) }
      }
    }

    private static func numbers() -> [Int32] { Files.names(in: "/proc").compactMap { Int32($0) } }

    private static func parent(_ process: Int32) -> Int32? {
      (try? Files.read("/proc/\(process)/stat", atMost: 1 << 16)).flatMap { parent(inStatus: $0) }
    }

    /// The field after the state in "7 (a name) S 1 …"; a name may have anything in it.
    package static func parent(inStatus bytes: [UInt8]) -> Int32? {
      guard let end = bytes.lastIndex(of: UInt8(ascii: ")")) else { return nil }
      let fields = bytes[(end + 1)...].split(separator: UInt8(ascii: " "))
      return fields.count > 1 ? Int32(String(decoding: fields[1], as: UTF8.self)) : nil
    }
  }
#endif
