import CKernels
import Foundation
import Testing

/// Broadcasting and the rules of single operations, against loops over indices.
@Suite("Kernels: elementwise with broadcasting")
struct ElementwiseKernelsTests {
  /// An operand of a shape: dense, broadcast on random axes, or dense in another order of axes.
  func strides(_ shape: [Int], _ numbers: inout TestNumbers) -> (strides: [Int64], count: Int) {
    let keeps = shape.map { _ in numbers.integer(0...2) > 0 }
    var order = Array(shape.indices)
    if numbers.integer(0...2) == 0 { order.sort { a, b in (a * 7 + 3) % 5 < (b * 7 + 3) % 5 } }
    var strides = [Int64](repeating: 0, count: shape.count)
    var count = 1
    for axis in order.reversed() where keeps[axis] {
      strides[axis] = Int64(count)
      count *= shape[axis]
    }
    return (strides, count)
  }

  func naive<S, R>(
    _ shape: [Int], _ a: [S], _ aStrides: [Int64], _ b: [S], _ bStrides: [Int64],
    _ f: (S, S) -> R
  ) -> [R] {
    indices(of: shape).map { f(a[offset($0, aStrides)], b[offset($0, bStrides)]) }
  }

  @Test("random shapes and strides")
  func broadcasting() {
    var numbers = TestNumbers(21)
    for round in 0..<300 {
      let rank = round % 6
      let shape = numbers.shape(
        rank: rank, limit: round % 9 == 0 && rank <= 2 ? 1500 / (rank * rank + 1) : 5)
      let dims = shape.map { Int32($0) }
      let n = shape.reduce(1, *)
      let (aStrides, aCount) = strides(shape, &numbers)
      let (bStrides, bCount) = strides(shape, &numbers)
      let (cStrides, cCount) = strides(shape, &numbers)
      let a = numbers.floats(aCount)
      let b = numbers.floats(bCount)
      let c = numbers.booleans(cCount)
      let sum = filled(n, with: Float(0)) {
        ck_binary(CK_SUBTRACT, CK_F32, Int32(rank), dims, a, aStrides, b, bStrides, $0)
      }
      #expect(sum == naive(shape, a, aStrides, b, bStrides, -), "\(shape) \(aStrides) \(bStrides)")
      let less = filled(n, with: UInt8(9)) {
        ck_compare(CK_LESS, CK_F32, Int32(rank), dims, a, aStrides, b, bStrides, $0)
      }
      #expect(less == naive(shape, a, aStrides, b, bStrides) { $0 < $1 ? 1 : 0 })
      let picked = filled(n, with: Float(0)) {
        ck_select(CK_F32, Int32(rank), dims, c, cStrides, a, aStrides, b, bStrides, $0)
      }
      let expected = indices(of: shape).map {
        c[offset($0, cStrides)] != 0 ? a[offset($0, aStrides)] : b[offset($0, bStrides)]
      }
      #expect(picked == expected)
      let wideA = a.map { Double($0) }
      let wideB = b.map { Double($0) }
      let product = filled(n, with: 0.0) {
        ck_binary(CK_MULTIPLY, CK_F64, Int32(rank), dims, wideA, aStrides, wideB, bStrides, $0)
      }
      #expect(product == naive(shape, wideA, aStrides, wideB, bStrides, *))
    }
  }

  func zip2<S: KernelScalar>(_ op: ck_binary_op, _ a: [S], _ b: [S], zero: S) -> [S] {
    let dims = [Int32(a.count)]
    let one: [Int64] = [1]
    return filled(a.count, with: zero) { ck_binary(op, S.dtype, 1, dims, a, one, b, one, $0) }
  }

  @Test("an empty shape writes nothing, a scalar writes one")
  func emptyAndScalar() {
    let out = filled(1, with: Float(5)) {
      ck_binary(CK_ADD, CK_F32, 2, [3, 0], [Float(1)], [0, 0], [Float(1)], [0, 0], $0)
    }
    #expect(out == [5])
    let scalar = filled(1, with: Float(5)) {
      ck_binary(CK_ADD, CK_F32, 0, [], [Float(1)], [], [Float(2)], [], $0)
    }
    #expect(scalar == [3])
  }

  @Test("minimum, maximum and comparisons with NaN")
  func notANumber() {
    let a: [Float] = [1, .nan, .nan, -0.0, 3]
    let b: [Float] = [.nan, 1, .nan, 0.0, 2]
    #expect(zip2(CK_MINIMUM, a, b, zero: 0).map(\.isNaN) == [true, true, true, false, false])
    #expect(zip2(CK_MAXIMUM, a, b, zero: 0)[4] == 3)
    #expect(zip2(CK_MINIMUM, a, b, zero: 0)[4] == 2)
    let dims: [Int32] = [5]
    let one: [Int64] = [1]
    let expected: [(ck_compare_op, [UInt8])] = [
      (CK_EQUAL, [0, 0, 0, 1, 0]), (CK_NOT_EQUAL, [1, 1, 1, 0, 1]), (CK_LESS, [0, 0, 0, 0, 0]),
      (CK_LESS_EQUAL, [0, 0, 0, 1, 0]), (CK_GREATER, [0, 0, 0, 0, 1]),
      (CK_GREATER_EQUAL, [0, 0, 0, 1, 1]),
    ]
    for (op, want) in expected {
      let got = filled(5, with: UInt8(9)) { ck_compare(op, CK_F32, 1, dims, a, one, b, one, $0) }
      #expect(got == want, "\(op)")
    }
  }

  @Test("power, in both precisions")
  func power() {
    let odd: [Double] = [
      0, -0.0, 1, -1, .infinity, -.infinity, .nan, 0.5, -0.5, 2, 3, -3, 1e300, -1e300, 0x1p-1074,
    ]
    var numbers = TestNumbers(5)
    var a = odd.flatMap { x in odd.map { _ in x } }
    var b = odd.flatMap { _ in odd }
    for i in 0..<40_000 {
      a.append(i % 2 == 0 ? exp(numbers.uniform(-700...700)) : -Double(numbers.integer(0...20)))
      b.append(i % 2 == 0 ? numbers.uniform(-3...3) : Double(numbers.integer(-20...20)))
    }
    let got = zip2(CK_POWER, a, b, zero: 0)
    let wrong = a.indices.filter { i in
      let want = pow(Wide(a[i]), Wide(b[i]))
      let nearest = Double(want)
      // The infinities and signs are C's; finite values within 1.1 units, 2.1 beside a libm.
      return !UnaryKernelsTests.check(got[i], want, nearest: nearest, ulp: nearest.ulp, bound: 2.1)
        || (nearest == 0 && got[i].sign != nearest.sign)
    }
    #expect(wrong.isEmpty, "\(wrong.prefix(3).map { "\(a[$0]) ^ \(b[$0]) = \(got[$0])" })")
    let c = a.map { Float($0) }
    let d = b.map { Float($0) }
    let short = zip2(CK_POWER, c, d, zero: 0)
    let wrongShort = c.indices.filter { i in
      let want = pow(Double(c[i]), Double(d[i]))
      let nearest = Float(want)
      return !UnaryKernelsTests.check(
        Double(short[i]), Wide(want), nearest: Double(nearest), ulp: Double(nearest.ulp),
        bound: 0.51)
    }
    #expect(
      wrongShort.isEmpty, "\(wrongShort.prefix(3).map { "\(c[$0]) ^ \(d[$0]) = \(short[$0])" })")
  }

  @Test("atan2 in all quadrants")
  func angle() {
    let odd: [Double] = [0, -0.0, 1, -1, .infinity, -.infinity, .nan, 0x1p-1074, 1e308, -1e-308]
    var numbers = TestNumbers(6)
    let a = odd.flatMap { x in odd.map { _ in x } } + numbers.doubles(20_000)
    let b = odd.flatMap { _ in odd } + numbers.doubles(20_000)
    let got = zip2(CK_ATAN2, a, b, zero: 0)
    for i in a.indices {
      let want = atan2(Wide(a[i]), Wide(b[i]))
      let nearest = Double(want)
      #expect(
        UnaryKernelsTests.check(got[i], want, nearest: nearest, ulp: nearest.ulp, bound: 2.9)
          && (nearest.isNaN || got[i].sign == nearest.sign), "atan2(\(a[i]), \(b[i])) = \(got[i])")
    }
  }

  @Test("integers wrap and divide by zero to zero")
  func integers() {
    let a: [Int32] = [7, -7, 5, .min, .max, 3, 2, 0, -1]
    let b: [Int32] = [2, 2, 0, -1, 1, 4, 31, 0, -3]
    #expect(zip2(CK_ADD, a, b, zero: 0) == zip(a, b).map { $0 &+ $1 })
    #expect(zip2(CK_SUBTRACT, a, b, zero: 0) == zip(a, b).map { $0 &- $1 })
    #expect(zip2(CK_MULTIPLY, a, b, zero: 0) == zip(a, b).map { $0 &* $1 })
    #expect(zip2(CK_DIVIDE, a, b, zero: 1) == [3, -3, 0, .min, .max, 0, 0, 0, 0])
    #expect(zip2(CK_POWER, a, b, zero: 0) == [49, 49, 1, 0, .max, 81, .min, 1, -1])
    #expect(zip2(CK_MINIMUM, a, b, zero: 0) == zip(a, b).map { min($0, $1) })
    #expect(zip2(CK_MAXIMUM, a, b, zero: 0) == zip(a, b).map { max($0, $1) })
  }

  @Test("logic")
  func logic() {
    let a: [UInt8] = [0, 0, 1, 1]
    let b: [UInt8] = [0, 1, 0, 1]
    #expect(zip2(CK_LOGICAL_AND, a, b, zero: 9) == [0, 0, 0, 1])
    #expect(zip2(CK_LOGICAL_OR, a, b, zero: 9) == [0, 1, 1, 1])
    #expect(zip2(CK_LOGICAL_XOR, a, b, zero: 9) == [0, 1, 1, 0])
  }

  @Test("casts, fills and ranges")
  func conversions() {
    let x: [Double] = [1.9, -1.9, .nan, 3e9, -3e9, .infinity, 0, 2_147_483_647.5, -2_147_483_648.5]
    let whole = filled(x.count, with: Int32(0)) { ck_cast(CK_F64, CK_I32, x, $0, x.count) }
    #expect(whole == [1, -1, 0, .max, .min, .max, 0, .max, .min])
    let truth = filled(x.count, with: UInt8(9)) { ck_cast(CK_F64, CK_BOOL, x, $0, x.count) }
    #expect(truth == [1, 1, 1, 1, 1, 1, 0, 1, 1])
    let short = filled(x.count, with: Float(0)) { ck_cast(CK_F64, CK_F32, x, $0, x.count) }
    #expect(same(short, x.map { Float($0) }))
    let y: [Float] = [1.9, -1.9, .nan, 3e9, -0x1p31, -0x1.000002p31]
    let wholeY = filled(y.count, with: Int32(0)) { ck_cast(CK_F32, CK_I32, y, $0, y.count) }
    #expect(wholeY == [1, -1, 0, .max, .min, .min])
    let b: [UInt8] = [0, 1]
    #expect(filled(2, with: Float(7)) { ck_cast(CK_BOOL, CK_F32, b, $0, 2) } == [0, 1])
    #expect(filled(2, with: Int32(7)) { ck_cast(CK_BOOL, CK_I32, b, $0, 2) } == [0, 1])
    #expect(filled(3, with: Float(0)) { ck_fill(CK_F32, 2.5, $0, 3) } == [2.5, 2.5, 2.5])
    #expect(filled(3, with: Int32(0)) { ck_fill(CK_I32, -4, $0, 3) } == [-4, -4, -4])
    #expect(filled(4, with: 0.0) { ck_iota(CK_F64, 1, 0.5, $0, 4) } == [1, 1.5, 2, 2.5])
    #expect(filled(4, with: Int32(0)) { ck_iota(CK_I32, 10, -3, $0, 4) } == [10, 7, 4, 1])
  }
}
