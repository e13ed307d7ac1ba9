internal import CKernels

/// A scalar that the kernels for blocks take.
protocol BlockScalar: BinaryFloatingPoint, BitwiseCopyable {
  /// Whether no entry is NaN.
  static func areNumbers(_ entries: Span<Self>) -> Bool
  /// The positions of the entries of each row in order, equal ones as they stand: [rows, count].
  static func order(
    _ entries: Span<Self>, rows: Int, count: Int, descending: Bool,
    into order: UnsafeMutablePointer<Int32>)
}

extension Float: BlockScalar {
  static func areNumbers(_ entries: Span<Float>) -> Bool {
    entries.withUnsafeBufferPointer { ck_all_numbers_f32($0.baseAddress, $0.count) != 0 }
  }

  static func order(
    _ entries: Span<Float>, rows: Int, count: Int, descending: Bool,
    into order: UnsafeMutablePointer<Int32>
  ) {
    entries.withUnsafeBufferPointer {
      ck_argsort(CK_F32, rows, count, $0.baseAddress, order, descending ? 1 : 0)
    }
  }
}

extension Double: BlockScalar {
  static func areNumbers(_ entries: Span<Double>) -> Bool {
    entries.withUnsafeBufferPointer { ck_all_numbers_f64($0.baseAddress, $0.count) != 0 }
  }

  static func order(
    _ entries: Span<Double>, rows: Int, count: Int, descending: Bool,
    into order: UnsafeMutablePointer<Int32>
  ) {
    entries.withUnsafeBufferPointer {
      ck_argsort(CK_F64, rows, count, $0.baseAddress, order, descending ? 1 : 0)
    }
  }
}

/// Orders the rows of a block side by side and hands out their order, [rows, count].
///
/// - Parameters:
///   - inputs: [rows, count].
///   - rows: how many there are.
///   - outputs: how many entries the outputs have, which must be as many as the inputs.
///   - descending: whether the largest entry comes first.
///   - memory: room for the order, grown to the largest block.
///   - body: what is made of the order.
/// - Returns: whether it did. What it leaves is for the solver itself, one input after the other: a
///   single input, which gains nothing; an entry that is not a number or another wrong input, of
///   which it says which one.
func withOrder<Scalar: BlockScalar>(
  of inputs: Span<Scalar>, rows: Int, outputs: Int, descending: Bool, memory: inout [Int32],
  _ body: (_ order: UnsafePointer<Int32>, _ count: Int) -> Void
) -> Bool {
  guard rows > 1, outputs == inputs.count, inputs.count > 0, inputs.count % rows == 0 else {
    return false
  }
  let count = inputs.count / rows
  // Ranks up to here are exact in single precision.
  guard count <= 1 << 24, Scalar.areNumbers(inputs) else { return false }
  if memory.count < inputs.count { memory = Array(repeating: 0, count: inputs.count) }
  memory.withUnsafeMutableBufferPointer { memory in
    guard let order = memory.baseAddress else { return }
    Scalar.order(inputs, rows: rows, count: count, descending: descending, into: order)
    body(order, count)
  }
  return true
}
