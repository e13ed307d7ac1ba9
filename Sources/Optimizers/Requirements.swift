internal import Tensors

/// Checks that a decay is in [0, 1).
func requireDecay(_ value: Double, _ operation: String, _ name: String) {
  require(value >= 0 && value < 1, operation, "\(name) is \(value), expected a number in [0, 1)")
}

/// Checks that a number is not negative; NaN is refused too.
func requireNonNegative(_ value: Double, _ operation: String, _ name: String) {
  require(value >= 0, operation, "\(name) is \(value), expected at least 0")
}
