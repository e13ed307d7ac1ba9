internal import Tensors

/// How far apart neighbouring numbers are.
enum Resolution {
  /// The distance from a number to the next larger one.
  static func of<Scalar: TensorFloatingPoint>(_ magnitude: Scalar) -> Double {
    magnitude.ulp.asDouble
  }

  /// The same for a number of a type that is known at run time.
  static func of(_ magnitude: Double, _ type: ElementType) -> Double {
    inPrecision(of: type) { _ in
      Double(Float(magnitude).ulp)
    } double: { _ in
      magnitude.ulp
    }
  }

  /// Noise of fewer of these steps is so coarse that its distribution is another: about 256 of them
  /// keep the bias of a derivative below a hundredth of it.
  static let wantedSteps = 256.0
}
