import Tensors

extension Leaf {
  /// The value of the leaf, which primitives work on.
  var packageValue: Value { value }

  init(package value: Value) { self.init(value) }
}
