internal import Tensors

/// Calls generic code in the precision that a value has at run time: the one place where a type that
/// is known at run time only becomes one of the compiler's.
@inline(__always)
func inPrecision<Result>(
  of type: ElementType, single: (Float.Type) throws -> Result,
  double: (Double.Type) throws -> Result
) rethrows -> Result {
  try type == .double ? double(Double.self) : single(Float.self)
}
