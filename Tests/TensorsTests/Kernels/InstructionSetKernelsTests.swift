import CKernels
import Testing

/// Whatever the instruction set, the same bits: each table against the baseline.
@Suite("Kernels: instruction sets agree")
struct InstructionSetKernelsTests {
  static let sizes = [1, 5, 16, 31, 33, 127, 1000, 4099]

  func compare<S: KernelScalar>(
    _ n: Int, with value: S, _ what: String,
    _ run: (ck_maths_kernels, UnsafeMutablePointer<S>) -> Void
  ) {
    let tables = machineTables()
    let expected = filled(n, with: value) { run(tables[0].maths, $0) }
    for table in tables.dropFirst() {
      let got = filled(n, with: value) { run(table.maths, $0) }
      #expect(same(got, expected), "\(what), instruction set \(table.set.rawValue)")
    }
  }

  @Test("elementwise")
  func elementwise() {
    let wide = UnaryKernelsTests.arguments(9_001)
    let x = wide.map { Float($0) }
    var numbers = TestNumbers(3)
    let y = numbers.floats(x.count)
    let wideY = numbers.doubles(x.count)
    for op in floatUnaryOps {
      compare(x.count, with: Float(0), "\(op)") { $0.unary(op, CK_F32, x, $1, x.count) }
      compare(x.count, with: 0.0, "\(op)") { $0.unary(op, CK_F64, wide, $1, x.count) }
    }
    for op in floatBinaryOps {
      for (a, b) in [(Int32(1), Int32(1)), (1, 0), (0, 1)] {
        compare(x.count, with: Float(0), "\(op)") {
          $0.binary(op, CK_F32, x, a, y, b, $1, x.count)
        }
        compare(x.count, with: 0.0, "\(op)") {
          $0.binary(op, CK_F64, wide, a, wideY, b, $1, x.count)
        }
      }
    }
    let condition = numbers.booleans(x.count)
    compare(x.count, with: Float(0), "select") {
      $0.select(4, condition, 1, x, 1, y, 1, $1, x.count)
    }
    for op in [CK_EQUAL, CK_NOT_EQUAL, CK_LESS, CK_LESS_EQUAL, CK_GREATER, CK_GREATER_EQUAL] {
      compare(x.count, with: UInt8(7), "\(op)") { $0.compare(op, CK_F32, x, 1, y, 1, $1, x.count) }
    }
  }

  @Test("reductions and orders", arguments: sizes)
  func reductions(count: Int) {
    var numbers = TestNumbers(UInt64(count))
    for (outer, inner) in [(1, 1), (3, 1), (2, 3), (1, 40), (1, 700)] {
      let n = outer * count * inner
      let x = numbers.floats(n)
      let wide = numbers.doubles(n)
      let odd: [Float] = numbers.awkward(n)
      for op in [CK_REDUCE_SUM, CK_REDUCE_PRODUCT, CK_REDUCE_MINIMUM, CK_REDUCE_MAXIMUM] {
        compare(outer * inner, with: Float(0), "\(op)") {
          $0.reduce(op, CK_F32, outer, count, inner, x, $1)
        }
        compare(outer * inner, with: 0.0, "\(op)") {
          $0.reduce(op, CK_F64, outer, count, inner, wide, $1)
        }
      }
      for op in [CK_ARG_MINIMUM, CK_ARG_MAXIMUM] {
        compare(outer * inner, with: Int32(-1), "\(op)") {
          $0.arg_reduce(op, CK_F32, outer, count, inner, odd, $1)
        }
      }
      compare(n, with: Int32(-1), "argsort") {
        $0.argsort(CK_F32, outer * inner, count, odd, $1, 1)
      }
      compare(n, with: Float(0), "softmax") { $0.softmax(CK_F32, outer * inner, count, x, $1) }
      compare(n, with: 0.0, "softmax") { $0.softmax(CK_F64, outer * inner, count, wide, $1) }
      compare(outer * inner, with: Float(0), "log Σ exp") {
        $0.log_sum_exp(CK_F32, outer * inner, count, x, $1)
      }
    }
  }

  /// Fused products and their sums in one order, whatever the shape takes: direct, blocked, a
  /// vector on either side.
  @Test("matrix products")
  func products() {
    var numbers = TestNumbers(9)
    let shapes = [
      (37, 53, 29), (1, 40, 300), (40, 1, 301), (1, 1, 1000), (3, 3, 3), (64, 64, 64),
      (130, 70, 520), (15, 2_060, 40), (200, 9, 15), (1, 2_500, 17), (300, 300, 300),
    ]
    for (m, n, k) in shapes {
      let (a, b) = (numbers.floats(m * k), numbers.floats(k * n))
      let (wideA, wideB) = (numbers.doubles(m * k), numbers.doubles(k * n))
      for (ta, tb) in [(false, false), (true, false), (false, true), (true, true)] {
        let (lda, ldb) = (ta ? m : k, tb ? k : n)
        compare(m * n, with: Float(0), "\(m) × \(n) × \(k), \(ta) \(tb)") {
          $0.matmul(CK_F32, m, n, k, a, lda, ta ? 1 : 0, b, ldb, tb ? 1 : 0, $1, n)
        }
        compare(m * n, with: 0.0, "\(m) × \(n) × \(k), \(ta) \(tb)") {
          $0.matmul(CK_F64, m, n, k, wideA, lda, ta ? 1 : 0, wideB, ldb, tb ? 1 : 0, $1, n)
        }
      }
    }
  }

  /// Against a loop of the definition, which Swift's own fused multiply–add computes at every level
  /// of optimisation; so debug and release agree.
  @Test("matrix products have the bits of fused sums")
  func fusedProducts() {
    var numbers = TestNumbers(10)
    let (m, n, k) = (37, 53, 29)
    let (a, b) = (numbers.floats(m * k), numbers.floats(k * n))
    let (wideA, wideB) = (a.map { Double($0) * 1.1 }, b.map { Double($0) * 1.3 })
    for table in machineTables() {
      let found = filled(m * n, with: Float(0)) {
        table.maths.matmul(CK_F32, m, n, k, a, k, 0, b, n, 0, $0, n)
      }
      let wide = filled(m * n, with: 0.0) {
        table.maths.matmul(CK_F64, m, n, k, wideA, k, 0, wideB, n, 0, $0, n)
      }
      for i in 0..<m {
        for j in 0..<n {
          var (sum, wideSum) = (Float(0), 0.0)
          for p in 0..<k {
            sum.addProduct(a[i * k + p], b[p * n + j])
            wideSum.addProduct(wideA[i * k + p], wideB[p * n + j])
          }
          #expect(found[i * n + j] == sum && wide[i * n + j] == wideSum, "\(i), \(j)")
        }
      }
    }
  }

  /// The baseline's own rounding of a product and a sum: numbers of all sizes, ties, overflow.
  @Test("a fused product of single numbers")
  func fusedNumbers() {
    var numbers = TestNumbers(11)
    let odd: [Float] = numbers.awkward(4_000)
    let bits = (0..<12_000).map { _ in Float(bitPattern: UInt32(numbers.integer(0...0xffff_ffff))) }
    let near = numbers.floats(4_000)
    for x in [odd, bits, near] {
      for i in stride(from: 0, to: x.count - 3, by: 2) {
        // [1, 2] · [2, 1]: the second product is added to the first, which is rounded.
        let (a, b) = ([x[i], x[i + 1]], [x[i + 2], x[i + 3]])
        var expected: Float = 0
        expected.addProduct(a[0], b[0])
        expected.addProduct(a[1], b[1])
        for table in machineTables() {
          // Two columns, so that it is no product with a vector.
          let found = filled(2, with: Float(0)) {
            table.maths.matmul(CK_F32, 1, 2, 2, a, 2, 0, [b[0], 0, b[1], 0], 2, 0, $0, 2)
          }
          #expect(
            found[0] == expected || found[0].isNaN && expected.isNaN,
            "\(a) · \(b), instruction set \(table.set.rawValue)")
        }
      }
    }
  }

  @Test("pairwise distances")
  func pairwise() {
    var numbers = TestNumbers(8)
    for (m, n, d) in [(3, 5, 2), (7, 130, 3), (1, 65, 700)] {
      let x = numbers.floats(m * d)
      let y = numbers.floats(n * d)
      compare(m * n, with: Float(0), "distances") {
        $0.pairwise_squared_distance(CK_F32, m, n, d, x, y, $1)
      }
    }
  }
}
