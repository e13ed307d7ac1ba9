internal import Platform
internal import Tensors

extension SafetensorsFile {
  /// Reads a file.
  ///
  /// - Throws: ``SafetensorsError``.
  public init(path: String) throws(SafetensorsError) {
    let bytes: [UInt8]
    do throws(SystemFailure) { bytes = try Files.read(path) } catch {
      throw .file(path: path, reason: error.description)
    }
    try self.init(bytes: bytes)
  }

  /// Reads a file's bytes.
  ///
  /// As in the format's own implementation, the tensors must follow one another without holes, in
  /// any order, and fill the file.
  ///
  /// - Throws: ``SafetensorsError``.
  public init(bytes: [UInt8]) throws(SafetensorsError) {
    guard bytes.count >= 8 else {
      throw .malformed(reason: "\(bytes.count) bytes, expected at least the header's length")
    }
    let length = bytes.withUnsafeBytes {
      UInt64(littleEndian: $0.loadUnaligned(as: UInt64.self))
    }
    guard length <= 100_000_000, Int(length) <= bytes.count - 8 else {
      throw .malformed(
        reason: "a header of \(length) bytes in a file of \(bytes.count) bytes")
    }
    let dataStart = 8 + Int(length)
    let header = try SafetensorsHeader(Array(bytes[8..<dataStart]))
    let byPlace = header.entries.sorted { ($0.start, $0.end) < ($1.start, $1.end) }
    var end = 0
    for entry in byPlace {
      guard entry.start == end else {
        throw .malformed(
          reason: "tensor \"\(entry.name)\" begins at byte \(entry.start), expected \(end)")
      }
      end = entry.end
    }
    guard end == bytes.count - dataStart else {
      throw .malformed(
        reason: "\(bytes.count - dataStart) bytes of elements, the header tells of \(end)")
    }
    var tensors: [(name: String, leaf: Leaf)] = []
    for entry in header.entries {
      tensors.append((entry.name, try entry.leaf(in: bytes[dataStart...])))
    }
    try self.init(tensors: tensors, metadata: header.metadata)
  }
}

extension SafetensorsHeader.Entry {
  /// The tensor that the entry describes.
  fileprivate func leaf(in data: ArraySlice<UInt8>) throws(SafetensorsError) -> Leaf {
    guard let type = ElementType.allCases.first(where: { $0.safetensorsName == self.type }) else {
      throw .unsupportedType(name: name, type: self.type)
    }
    guard shape.count <= Shape.maximumRank, shape.allSatisfy({ $0 <= Int(Int32.max) }) else {
      throw .unsupportedShape(name: name, shape: shape)
    }
    var count = type.size
    for extent in shape {
      let (product, overflow) = count.multipliedReportingOverflow(by: extent)
      guard !overflow else { throw .unsupportedShape(name: name, shape: shape) }
      count = product
    }
    guard end - start == count else {
      throw .malformed(
        reason: "tensor \"\(name)\" of type \(self.type) and shape \(shape) has \(end - start) "
          + "bytes, expected \(count)")
    }
    let elements = data[data.startIndex + start..<data.startIndex + end]
    if type == .bool, let other = elements.first(where: { $0 > 1 }) {
      throw .malformed(
        reason: "tensor \"\(name)\" has a truth value of \(other), expected 0 or 1")
    }
    return Leaf(
      .dense(Shape(shape), type) { out in
        elements.withUnsafeBytes { bytes in
          if let base = bytes.baseAddress { out.copyMemory(from: base, byteCount: bytes.count) }
        }
      })
  }
}
