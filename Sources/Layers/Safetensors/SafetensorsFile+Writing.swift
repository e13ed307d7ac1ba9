internal import Platform
internal import Tensors

extension SafetensorsFile {
  /// The file's bytes.
  ///
  /// Tensors of wider types come first and those of one type by name, as Python's library orders
  /// them, so that all are aligned; blanks fill the header up to a multiple of 8 bytes.
  public var bytes: [UInt8] {
    let ordered = tensors.sorted {
      let (a, b) = ($0.leaf.elementType.size, $1.leaf.elementType.size)
      return a == b ? $0.name < $1.name : a > b
    }
    var entries: [String] = []
    if !metadata.isEmpty {
      let pairs = metadata.sorted { $0.key < $1.key }
        .map { "\(JSON.quoted($0.key)):\(JSON.quoted($0.value))" }
      entries.append("\(JSON.quoted(Self.metadataName)):{\(pairs.joined(separator: ","))}")
    }
    var start = 0
    for (name, leaf) in ordered {
      let end = start + leaf.byteCount
      let shape = leaf.shape.map(String.init).joined(separator: ",")
      entries.append(
        "\(JSON.quoted(name)):{\"dtype\":\"\(leaf.elementType.safetensorsName)\","
          + "\"shape\":[\(shape)],\"data_offsets\":[\(start),\(end)]}")
      start = end
    }
    var header = Array("{\(entries.joined(separator: ","))}".utf8)
    header.append(contentsOf: repeatElement(UInt8(ascii: " "), count: -header.count & 7))
    var result: [UInt8] = []
    result.reserveCapacity(8 + header.count + start)
    withUnsafeBytes(of: UInt64(header.count).littleEndian) { result.append(contentsOf: $0) }
    result.append(contentsOf: header)
    for (_, leaf) in ordered {
      leaf.value.withElements("saveTensors") {
        result.append(contentsOf: UnsafeRawBufferPointer(start: $0, count: leaf.byteCount))
      }
    }
    return result
  }

  /// Writes the file; it appears whole or not at all.
  ///
  /// - Throws: ``SafetensorsError/file(path:reason:)``.
  public func write(to path: String) throws(SafetensorsError) {
    do throws(SystemFailure) { try Files.write(bytes, to: path) } catch {
      throw .file(path: path, reason: error.description)
    }
  }
}

extension Leaf {
  fileprivate var byteCount: Int { value.count * elementType.size }
}
