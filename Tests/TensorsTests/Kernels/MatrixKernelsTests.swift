import CKernels
import Foundation
import Testing

/// Matrix products and distances. Entries are small integers, so that products are exact whatever
/// the order of their sums.
@Suite("Kernels: matrix products and distances")
struct MatrixKernelsTests {
  struct Sides {
    var m: Int, n: Int, k: Int
  }

  static func sides() -> [Sides] {
    var numbers = TestNumbers(61)
    var all = (0..<260).map { i in
      let limit = i % 20 == 0 ? 150 : i % 3 == 0 ? 40 : 9
      return Sides(
        m: i % 11 == 0 ? 1 : numbers.integer(1...limit),
        n: i % 7 == 0 ? 1 : numbers.integer(1...limit),
        k: numbers.integer(0...(2 * limit)))
    }
    all += [
      Sides(m: 0, n: 3, k: 2), Sides(m: 300, n: 40, k: 300), Sides(m: 15, n: 300, k: 270),
      Sides(m: 1, n: 2_500, k: 40), Sides(m: 2_500, n: 1, k: 40), Sides(m: 1, n: 1, k: 5_000),
      Sides(m: 20, n: 2_100, k: 30), Sides(m: 70, n: 70, k: 600),
    ]
    return all
  }

  typealias Product<S> = (
    Int, Int, Int, [S], Int, Int32, [S], Int, Int32, UnsafeMutablePointer<S>, Int
  ) -> Void

  func check<S: KernelScalar & Numeric>(
    _ sides: Sides, _ numbers: inout TestNumbers, _ what: String, convert: (Int32) -> S,
    product: Product<S>
  ) {
    let (m, n, k) = (sides.m, sides.n, sides.k)
    for (ta, tb) in [(false, false), (true, false), (false, true), (true, true)] {
      let pad = numbers.integer(0...1) * numbers.integer(0...3)
      let lda = (ta ? m : k) + pad
      let ldb = (tb ? k : n) + pad
      let ldc = n + pad
      let a = numbers.integers((ta ? k : m) * lda).map(convert)
      let b = numbers.integers((tb ? n : k) * ldb).map(convert)
      let blank = convert(77)
      let got = filled(m * ldc, with: blank) {
        product(m, n, k, a, lda, ta ? 1 : 0, b, ldb, tb ? 1 : 0, $0, ldc)
      }
      var want = [S](repeating: blank, count: m * ldc)
      for i in 0..<m {
        for j in 0..<n {
          var sum = S.zero
          for p in 0..<k {
            sum += a[ta ? p * lda + i : i * lda + p] * b[tb ? j * ldb + p : p * ldb + j]
          }
          want[i * ldc + j] = sum
        }
      }
      #expect(got == want, "\(what) \(sides) \(ta) \(tb), leading \(lda) \(ldb) \(ldc)")
    }
  }

  @Test("every instruction set and element type, all transposes")
  func ours() {
    var numbers = TestNumbers(62)
    for (index, sides) in Self.sides().enumerated() {
      for table in machineTables() {
        let what = "set \(table.set.rawValue)"
        check(
          sides, &numbers, what, convert: { Float($0) },
          product: {
            table.maths.matmul(CK_F32, $0, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
          })
        if index % 2 == 1 { continue }
        check(
          sides, &numbers, what, convert: { Double($0) },
          product: {
            table.maths.matmul(CK_F64, $0, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
          })
        if index % 4 == 2 { continue }
        check(
          sides, &numbers, what, convert: { $0 },
          product: {
            table.maths.matmul(CK_I32, $0, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
          })
      }
    }
  }

  @Test("a large product, by a library where that is asked for")
  func library() async {
    await #expect(processExitsWith: .success) {
      setenv("PERTURBATIONS_BLAS", "system", 1)
      MatrixKernelsTests().large()
      let name = String(cString: ck_matmul_provider())
      #expect(["own", "OpenBLAS", "Accelerate"].contains(name))
    }
  }

  @Test("large products have the bits of small ones")
  func largeProductsAreOwn() {
    // Unless the environment of the tests asks for a library.
    guard getenv("PERTURBATIONS_BLAS") == nil else { return }
    #expect(String(cString: ck_matmul_provider()) == "own")
    var numbers = TestNumbers(66)
    let (m, n, k) = (520, 512, 512)
    let (a, b) = (numbers.floats(m * k), numbers.floats(k * n))
    let whole = filled(m * n, with: Float(0)) {
      ck_matmul(CK_F32, m, n, k, a, k, 0, b, n, 0, $0, n)
    }
    for table in machineTables() {
      let own = filled(m * n, with: Float(0)) {
        table.maths.matmul(CK_F32, m, n, k, a, k, 0, b, n, 0, $0, n)
      }
      #expect(own == whole, "instruction set \(table.set.rawValue)")
    }
  }

  @Test("a large product, whatever computes it")
  func large() {
    var numbers = TestNumbers(63)
    let n = 520
    let a = numbers.integers(n * n)
    let b = numbers.integers(n * n)
    let floatA = a.map { Float($0) }
    let floatB = b.map { Float($0) }
    let wideA = a.map { Double($0) }
    let wideB = b.map { Double($0) }
    for (ta, tb) in [(Int32(0), Int32(0)), (1, 0), (0, 1)] {
      let any = filled(n * n, with: Float(0)) {
        ck_matmul(CK_F32, n, n, n, floatA, n, ta, floatB, n, tb, $0, n)
      }
      let own = filled(n * n, with: Float(0)) {
        ck_matmul_own(CK_F32, n, n, n, floatA, n, ta, floatB, n, tb, $0, n)
      }
      #expect(any == own)
      let wide = filled(n * n, with: 0.0) {
        ck_matmul(CK_F64, n, n, n, wideA, n, ta, wideB, n, tb, $0, n)
      }
      #expect(wide == own.map { Double($0) })
    }
    var corner: Int32 = 0
    for p in 0..<n { corner += a[(n - 1) * n + p] * b[p * n + n - 1] }
    let c = filled(n * n, with: Float(0)) {
      ck_matmul(CK_F32, n, n, n, floatA, n, 0, floatB, n, 0, $0, n)
    }
    #expect(c[n * n - 1] == Float(corner))
  }

  @Test("squared distances, and exact zeros on equal points")
  func distances() {
    var numbers = TestNumbers(64)
    for (m, n, d) in [
      (1, 1, 1), (5, 7, 2), (40, 200, 2), (9, 70, 3), (3, 20, 50), (2, 5, 3_000), (4, 5, 0),
    ] {
      let x = numbers.floats(m * d)
      let y = numbers.floats(n * d)
      let wideX = x.map { Double($0) }
      let wideY = y.map { Double($0) }
      let got = filled(m * n, with: Float(-1)) {
        ck_pairwise_squared_distance(CK_F32, m, n, d, x, y, $0)
      }
      let wide = filled(m * n, with: -1.0) {
        ck_pairwise_squared_distance(CK_F64, m, n, d, wideX, wideY, $0)
      }
      for i in 0..<m {
        for j in 0..<n {
          var short: Float = 0
          var long = 0.0
          for k in 0..<d {
            let e = x[i * d + k] - y[j * d + k]
            let f = wideX[i * d + k] - wideY[j * d + k]
            short += e * e
            long += f * f
          }
          #expect(got[i * n + j] == short && wide[i * n + j] == long, "\(m) \(n) \(d)")
        }
      }
      let own = filled(m * m, with: Float(-1)) {
        ck_pairwise_squared_distance(CK_F32, m, m, d, x, x, $0)
      }
      #expect((0..<m).allSatisfy { own[$0 * m + $0] == 0 })
    }
  }
}
