internal import CKernels

extension Tensor where Scalar: TensorNumeric {
  /// A tensor of zeros.
  public static func zeros(_ shape: Shape) -> Tensor {
    Tensor(.zeros(shape, Scalar.elementType))
  }

  /// A tensor of ones.
  public static func ones(_ shape: Shape) -> Tensor { Tensor(.ones(shape, Scalar.elementType)) }

  /// A tensor with all elements equal to `scalar`.
  public static func full(_ shape: Shape, _ scalar: Scalar) -> Tensor {
    Tensor(.filled(shape, Scalar.elementType, scalar.asDouble))
  }

  /// Zeros in the shape of another tensor.
  public static func zeros(like other: Tensor) -> Tensor { zeros(other.shape) }

  /// Ones in the shape of another tensor.
  public static func ones(like other: Tensor) -> Tensor { ones(other.shape) }

  /// `start`, `start + step`, … up to but without `end`: shape [⌈(end − start) / step⌉].
  ///
  /// - Precondition: `step` is not 0.
  public static func arange(
    _ start: Scalar, _ end: Scalar, step: Scalar = 1, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Tensor {
    require(step != 0, "arange", "a step of 0 never reaches the end", file: file, line: line)
    let span = (end.asDouble - start.asDouble) / step.asDouble
    let count = Swift.max(0, Int(span.rounded(.up)))
    let type = Scalar.elementType
    return Tensor(
      .dense([count], type) {
        ck_iota(type.kernelType, start.asDouble, step.asDouble, $0, count)
      })
  }

  /// 0, 1, … up to but without `end`: shape [⌈end⌉].
  public static func arange(_ end: Scalar) -> Tensor { arange(0, end) }

  /// 0, 1, … up to but without `end`, a number of entries: shape [max(`end`, 0)].
  @_disfavoredOverload
  public static func arange(_ end: Int) -> Tensor { arange(0, end) }

  /// `start`, `start + step`, … up to but without `end`, in integers.
  ///
  /// - Precondition: `step` is not 0.
  @_disfavoredOverload
  public static func arange(
    _ start: Int, _ end: Int, step: Int = 1, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    arange(
      Scalar(nearest: start.asDouble), Scalar(nearest: end.asDouble),
      step: Scalar(nearest: step.asDouble), file: file, line: line)
  }

  /// The square matrix with ones on its diagonal.
  public static func identity(_ count: Int) -> Tensor {
    Tensor(shape: [count, count]) { out in
      out.initialize(repeating: 0)
      for i in 0..<count { out[i * count + i] = 1 }
    }
  }
}

extension Tensor where Scalar: TensorFloatingPoint {
  /// A tensor without axes: positive infinity.
  public static var infinity: Tensor { Tensor(.infinity) }

  /// A tensor without axes: not a number.
  public static var nan: Tensor { Tensor(.nan) }

  /// A tensor without axes: π.
  public static var pi: Tensor { Tensor(.pi) }

  /// `count` values from `start` to `end`, both included, evenly spaced.
  ///
  /// - Precondition: `count` is at least 1.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public static func linspace(
    _ start: Scalar, _ end: Scalar, count: Int, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    require(
      count >= 1, "linspace", "count is \(count), expected at least 1", file: file, line: line)
    let (first, last) = (start.asDouble, end.asDouble)
    return Tensor(shape: [count]) { out in
      for i in 0..<count {
        let fraction = count == 1 ? 0 : Double(i) / Double(count - 1)
        out[i] = Scalar(
          nearest: i == count - 1 && count > 1 ? last : first + fraction * (last - first))
      }
    }
  }
}

/// Coordinate matrices from coordinate vectors, indexed as a matrix is: the first varies by row.
///
/// - Parameters:
///   - x: Shape [m].
///   - y: Shape [n].
///   - file: The file that a trap names: the caller's.
///   - line: The line there.
/// - Returns: Two tensors of shape [m, n], `a[i, j] = x[i]` and `b[i, j] = y[j]`.
public func meshgrid<Scalar>(
  _ x: Tensor<Scalar>, _ y: Tensor<Scalar>, file: StaticString = #fileID, line: UInt = #line
) -> (Tensor<Scalar>, Tensor<Scalar>) {
  require(
    x.rank == 1 && y.rank == 1, "meshgrid", "expected two vectors, got \(x.shape) and \(y.shape)",
    file: file, line: line)
  let shape: Shape = [x.count, y.count]
  return (
    Tensor(x.value.expanded(1).broadcast(to: shape)), Tensor(y.value.broadcast(to: shape))
  )
}

/// Ones at the given classes, zeros elsewhere, in single precision.
///
/// - Parameters:
///   - index: Class numbers, any shape. A number outside 0 …< `classes` gives a row of zeros.
///   - classes: How many classes there are.
/// - Returns: Shape `index.shape + [classes]`.
public func oneHot(_ index: Tensor<Int32>, classes: Int) -> Tensor<Float> {
  oneHot(index, classes: classes, as: Float.self)
}

/// Ones at the given classes, zeros elsewhere, of the type that the context asks for.
///
/// - Parameters:
///   - index: Class numbers, any shape. A number outside 0 …< `classes` gives a row of zeros.
///   - classes: How many classes there are.
/// - Returns: Shape `index.shape + [classes]`.
@_disfavoredOverload
public func oneHot<Scalar: TensorNumeric>(_ index: Tensor<Int32>, classes: Int) -> Tensor<Scalar> {
  oneHot(index, classes: classes, as: Scalar.self)
}

/// Ones at the given classes, zeros elsewhere.
///
/// - Parameters:
///   - index: Class numbers, any shape. A number outside 0 …< `classes` gives a row of zeros.
///   - classes: How many classes there are.
///   - type: The type of the elements.
/// - Returns: Shape `index.shape + [classes]`.
public func oneHot<Scalar: TensorNumeric>(
  _ index: Tensor<Int32>, classes: Int, as type: Scalar.Type
) -> Tensor<Scalar> {
  require(classes >= 0, "oneHot", "\(classes) classes")
  let matches = index.value.expanded(index.rank).compared(.equal, .iota(classes, .int32))
  return Tensor(matches.cast(Scalar.elementType))
}
