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
