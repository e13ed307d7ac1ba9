public import Tensors

#if _endian(big)
  #error("safetensors files are little-endian, and so far the code that reads them is too")
#endif

/// Named tensors in the safetensors format, which Python's `safetensors` reads and writes.
///
/// A file is the length of its header (8 bytes, little-endian), the header in JSON, which tells
/// each tensor's type, shape and place, and the elements. Types are F32, F64, I32 and BOOL.
///
/// ```swift
/// try saveTensors(model, to: "model.safetensors")
/// let trained = try loadTensors(like: model, from: "model.safetensors")
/// ```
///
/// A leaf's name is its path in PyTorch's form: `layers.0.weight` for `.layers[0].weight`. The only
/// leaf of a tree that is a tensor is called `tensor`.
///
/// - SeeAlso: The format's description at https://github.com/huggingface/safetensors.
public struct SafetensorsFile: Sendable {
  /// The tensors, in the order of their names in the header.
  public internal(set) var tensors: [(name: String, leaf: Leaf)]
  /// Text that goes with the tensors.
  public var metadata: [String: String]
  private let places: [String: Int]

  init(
    tensors: [(name: String, leaf: Leaf)], metadata: [String: String]
  ) throws(SafetensorsError) {
    var places: [String: Int] = [:]
    for (place, tensor) in tensors.enumerated() {
      guard places.updateValue(place, forKey: tensor.name) == nil,
        tensor.name != Self.metadataName
      else { throw .duplicateName(tensor.name) }
    }
    self.tensors = tensors
    self.metadata = metadata
    self.places = places
  }

  static let metadataName = "__metadata__"

  /// The leaves of a tree, named by their paths.
  ///
  /// - Throws: ``SafetensorsError/duplicateName(_:)``.
  public init<T: Tree>(_ tree: T, metadata: [String: String] = [:]) throws(SafetensorsError) {
    let named = zip(tree.leafPaths, tree.leaves).map { (name: tensorName($0), leaf: $1) }
    try self.init(tensors: named, metadata: metadata)
  }

  /// The tensor of a name, if there is one.
  public subscript(name: String) -> Leaf? { places[name].map { tensors[$0].leaf } }

  /// A tree with this file's tensors for leaves.
  ///
  /// - Parameter template: A tree of the structure, shapes and types; its values do not matter.
  /// - Returns: A tree like the template.
  /// - Throws: A ``SafetensorsError`` that names the first tensor that is missing, unexpected or
  ///   different.
  public func tree<T: Tree>(like template: T) throws(SafetensorsError) -> T {
    let names = template.leafPaths.map(tensorName)
    var leaves: [Leaf] = []
    for (name, expected) in zip(names, template.leaves) {
      guard let leaf = self[name] else { throw .missingTensor(name: name) }
      guard leaf.elementType == expected.elementType else {
        throw .typeMismatch(
          name: name, expected: expected.elementType, found: leaf.elementType)
      }
      guard leaf.shape == expected.shape else {
        throw .shapeMismatch(name: name, expected: expected.shape, found: leaf.shape)
      }
      leaves.append(leaf)
    }
    let asked = Set(names)
    for (name, _) in tensors where !asked.contains(name) { throw .unexpectedTensor(name: name) }
    return template.withLeaves(leaves)
  }
}

/// Writes the leaves of a tree to a safetensors file.
///
/// The file appears whole or not at all: it is written under another name beside its place, and
/// then renamed.
///
/// - Parameters:
///   - tree: Any tree: a model, or an optimizer's state.
///   - path: Where to; a file that is there is replaced.
///   - metadata: Text that goes with the tensors.
/// - Throws: ``SafetensorsError``.
/// - Precondition: not called inside `vmap`.
public func saveTensors<T: Tree>(
  _ tree: T, to path: String, metadata: [String: String] = [:]
) throws(SafetensorsError) {
  try SafetensorsFile(tree, metadata: metadata).write(to: path)
}

/// A tree with the tensors of a safetensors file for leaves.
///
/// - Parameters:
///   - template: A tree of the structure, shapes and types; its values do not matter.
///   - path: The file.
/// - Returns: A tree like the template.
/// - Throws: ``SafetensorsError``.
public func loadTensors<T: Tree>(
  like template: T, from path: String
) throws(SafetensorsError) -> T {
  try SafetensorsFile(path: path).tree(like: template)
}

/// A leaf's path in PyTorch's form: `.layers[0]["bias"]` becomes `layers.0.bias`.
func tensorName(_ path: String) -> String {
  if path.isEmpty { return "tensor" }
  var parts: [String] = []
  var part = ""
  var rest = path[...]
  func isEscaped(_ text: String) -> Bool {
    !text.reversed().prefix { $0 == "\\" }.count.isMultiple(of: 2)
  }
  while let character = rest.popFirst() {
    switch character {
    case ".", "[", "]":
      if !part.isEmpty { parts.append(part) }
      part = ""
    case "\"":
      // A dictionary's key, in which the other characters mean nothing.
      while let inner = rest.popFirst(), inner != "\"" || isEscaped(part) { part.append(inner) }
    default: part.append(character)
    }
  }
  if !part.isEmpty { parts.append(part) }
  return parts.joined(separator: ".")
}

extension ElementType {
  /// The type's name in a header.
  var safetensorsName: String {
    switch self {
    case .float: "F32"
    case .double: "F64"
    case .int32: "I32"
    case .bool: "BOOL"
    }
  }
}
