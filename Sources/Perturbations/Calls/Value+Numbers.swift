internal import Tensors

extension Value {
  /// Dense elements, each replaced.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func mapped<Scalar: TensorFloatingPoint>(_ transform: (Scalar) -> Scalar) -> Value {
    withElements { source in
      let source = source.assumingMemoryBound(to: Scalar.self)
      return .dense(shape, type) { out in
        let out = out.assumingMemoryBound(to: Scalar.self)
        for i in 0..<count { out[i] = transform(source[i]) }
      }
    }
  }

  /// The elements of a dense floating-point value.
  var doubles: [Double] {
    inPrecision(of: type, single: widened, double: widened)
  }

  private func widened<Scalar: TensorFloatingPoint>(_ type: Scalar.Type) -> [Double] {
    withElements { pointer in
      [Double](unsafeUninitializedCapacity: count) { out, initialized in
        if let start = out.baseAddress {
          RowSums<Scalar>.widen(
            pointer.assumingMemoryBound(to: Scalar.self), count: count, into: start)
        }
        initialized = count
      }
    }
  }

  /// A dense value with elements rounded to a type.
  static func doubles(_ elements: [Double], _ shape: Shape, _ type: ElementType) -> Value {
    func narrowed<Scalar: TensorFloatingPoint>(_: Scalar.Type) -> Value {
      .dense(shape, type) { pointer in
        elements.withUnsafeBufferPointer {
          guard let start = $0.baseAddress else { return }
          RowSums<Scalar>.narrow(
            start, count: elements.count, into: pointer.assumingMemoryBound(to: Scalar.self))
        }
      }
    }
    return inPrecision(of: type, single: narrowed, double: narrowed)
  }

  /// The first element that is infinite or not a number.
  var firstNonFinite: (index: Int, value: Double)? {
    inPrecision(of: type, single: findNonFinite, double: findNonFinite)
  }

  private func findNonFinite<Scalar: TensorFloatingPoint>(
    _ type: Scalar.Type
  ) -> (index: Int, value: Double)? {
    withElements { pointer in
      let elements = pointer.assumingMemoryBound(to: Scalar.self)
      if RowSums<Scalar>.allFinite(elements, count: count) { return nil }
      return (0..<count).first { !elements[$0].isFinite }.map { ($0, elements[$0].asDouble) }
    }
  }

  /// The size of dense floating-point elements that noise is compared with.
  func magnitude(under perturbation: any Perturbation) -> Double {
    func largest<Scalar: TensorFloatingPoint>(_: Scalar.Type) -> Double {
      withElements { pointer in
        perturbation.magnitude(
          UnsafeBufferPointer(start: pointer.assumingMemoryBound(to: Scalar.self), count: count)
        ).asDouble
      }
    }
    return inPrecision(of: type, single: largest, double: largest)
  }
}
