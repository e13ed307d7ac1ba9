public import Tensors

/// What is wrong with a safetensors file, or with what it is asked for.
public enum SafetensorsError: Error, Hashable, CustomStringConvertible {
  /// The file could not be read or written.
  case file(path: String, reason: String)
  /// The bytes are not a safetensors file.
  case malformed(reason: String)
  /// A tensor is of a type that `Tensor` does not have.
  case unsupportedType(name: String, type: String)
  /// A tensor has a shape that `Tensor` does not have.
  case unsupportedShape(name: String, shape: [Int])
  /// Two leaves would have the same name.
  case duplicateName(String)
  /// The tree asks for a tensor that the file does not have.
  case missingTensor(name: String)
  /// The file has a tensor that the tree does not ask for.
  case unexpectedTensor(name: String)
  /// A tensor has another shape than the tree's leaf.
  case shapeMismatch(name: String, expected: Shape, found: Shape)
  /// A tensor is of another type than the tree's leaf.
  case typeMismatch(name: String, expected: ElementType, found: ElementType)

  /// The error in a sentence.
  public var description: String {
    switch self {
    case .file(let path, let reason): "\(path): \(reason)"
    case .malformed(let reason): "not a safetensors file: \(reason)"
    case .unsupportedType(let name, let type):
      "tensor \"\(name)\" is of type \(type); supported are F32, F64, I32 and BOOL"
    case .unsupportedShape(let name, let shape):
      "tensor \"\(name)\" has shape \(shape); supported are at most \(Shape.maximumRank) axes of "
        + "extents below 2³¹"
    case .duplicateName(let name): "two tensors are called \"\(name)\""
    case .missingTensor(let name): "there is no tensor \"\(name)\""
    case .unexpectedTensor(let name): "there is a tensor \"\(name)\" that was not asked for"
    case .shapeMismatch(let name, let expected, let found):
      "tensor \"\(name)\" has shape \(found), expected \(expected)"
    case .typeMismatch(let name, let expected, let found):
      "tensor \"\(name)\" is of type \(found), expected \(expected)"
    }
  }
}
