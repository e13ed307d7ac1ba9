import Tensors

extension Leaf {
  /// The value of the leaf, which primitives work on.
  var packageValue: Value { value }

  init(package value: Value) { self.init(value) }

  /// Whether two leaves have the same type, shape and elements.
  func isSame(as other: Leaf) -> Bool {
    guard elementType == other.elementType else { return false }
    return switch elementType {
    case .float: tensor(of: Float.self) == other.tensor(of: Float.self)
    case .double: tensor(of: Double.self) == other.tensor(of: Double.self)
    case .int32: tensor(of: Int32.self) == other.tensor(of: Int32.self)
    case .bool: tensor(of: Bool.self) == other.tensor(of: Bool.self)
    }
  }
}
