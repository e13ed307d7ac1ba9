internal import Tensors

/// The lowest value and the smallest gradient so far, and for how many steps there was neither.
///
/// Where values change by no more than their rounding errors, a line search goes by slopes and may
/// accept a step up, so that a method can go round in a circle of points that are equally good. Each
/// step that counts sets one of two records, of which there are finitely many.
struct DescentRecord {
  /// The steps without a record after which a method ends: more than a gradient takes to come down
  /// again where values no longer tell.
  static let patience: Int32 = 20

  private var value = Double.infinity
  private var gradient = Double.infinity
  private var idleSteps: Int32 = 0

  init() {}

  init(_ slot: TransformState.Slot) {
    value = slot.leaves[0].tensor(of: Double.self).scalar
    gradient = slot.leaves[1].tensor(of: Double.self).scalar
    idleSteps = slot.leaves[2].tensor(of: Int32.self).scalar
  }

  var slot: TransformState.Slot {
    TransformState.Slot(
      "record", [Leaf(Tensor(value)), Leaf(Tensor(gradient)), Leaf(Tensor(idleSteps))])
  }

  /// Counts in the point that a step starts from.
  ///
  /// - Returns: Whether to go on.
  mutating func admits(_ point: FlatPoint) -> Bool {
    let size = dotProduct(point.gradient, point.gradient)
    if point.point.value < value || size < gradient {
      idleSteps = 0
    } else {
      idleSteps += 1
    }
    value = min(value, point.point.value)
    gradient = min(gradient, size)
    return idleSteps <= DescentRecord.patience
  }
}
