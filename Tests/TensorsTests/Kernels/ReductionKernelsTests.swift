import CKernels
import Foundation
import Testing

/// Reductions, scans and orders against plain loops on random shapes.
@Suite("Kernels: reductions, scans and orders")
struct ReductionKernelsTests {
  struct View: CustomStringConvertible {
    var outer: Int, count: Int, inner: Int
    var total: Int { outer * count * inner }
    var description: String { "[\(outer), \(count), \(inner)]" }

    /// The elements that reduce to each place of the result.
    func runs<S>(_ x: [S]) -> [[S]] {
      (0..<outer).flatMap { o in
        (0..<inner).map { j in (0..<count).map { x[(o * count + $0) * inner + j] } }
      }
    }
  }

  static func views() -> [View] {
    var numbers = TestNumbers(31)
    var views = (0..<60).map { i in
      View(
        outer: numbers.integer(1...4), count: numbers.integer(1...(i % 3 == 0 ? 400 : 20)),
        inner: i % 2 == 0 ? 1 : numbers.integer(1...70))
    }
    views += [
      View(outer: 1, count: 10_001, inner: 1), View(outer: 1, count: 5_003, inner: 5),
      View(outer: 1, count: 700, inner: 1_030), View(outer: 2, count: 33, inner: 32),
      View(outer: 2, count: 0, inner: 3), View(outer: 0, count: 4, inner: 3),
    ]
    return views
  }

  @Test("sum, product, minimum and maximum")
  func reduce() {
    var numbers = TestNumbers(32)
    for view in Self.views() {
      let results = view.outer * view.inner
      func run<S: KernelScalar>(_ op: ck_reduce_op, _ x: [S], _ zero: S) -> [S] {
        filled(results, with: zero) {
          ck_reduce(op, S.dtype, view.outer, view.count, view.inner, x, $0)
        }
      }
      let x = numbers.floats(view.total)
      let wide = numbers.doubles(view.total)
      let whole = numbers.integers(view.total, in: -100_000...100_000)
      let sums = view.runs(x).map { $0.reduce(0.0) { $0 + Double($1) } }
      let sizes = view.runs(x).map { $0.reduce(0.0) { $0 + Double(abs($1)) } }
      for (i, sum) in run(CK_REDUCE_SUM, x, 0).enumerated() {
        // Lanes and pairs: a few hundred additions in line at most.
        #expect(abs(Double(sum) - sums[i]) <= sizes[i] * 1e-5, "\(view)")
      }
      let wideSums = view.runs(wide).map { $0.reduce(0, +) }
      for (i, sum) in run(CK_REDUCE_SUM, wide, 0).enumerated() {
        #expect(abs(sum - wideSums[i]) <= 1e-11 * Double(max(view.count, 1)), "\(view)")
      }
      #expect(run(CK_REDUCE_SUM, whole, 0) == view.runs(whole).map { $0.reduce(0, &+) })
      #expect(run(CK_REDUCE_PRODUCT, whole, 0) == view.runs(whole).map { $0.reduce(1, &*) })
      #expect(run(CK_REDUCE_MINIMUM, whole, 0) == view.runs(whole).map { $0.min() ?? .max })
      #expect(run(CK_REDUCE_MAXIMUM, whole, 0) == view.runs(whole).map { $0.max() ?? .min })
      #expect(run(CK_REDUCE_MINIMUM, x, 0) == view.runs(x).map { $0.min() ?? .infinity })
      #expect(run(CK_REDUCE_MAXIMUM, wide, 0) == view.runs(wide).map { $0.max() ?? -.infinity })
      let near = x.map { 1 + $0 * 1e-4 }
      let products = view.runs(near).map { $0.reduce(1.0) { $0 * Double($1) } }
      for (i, product) in run(CK_REDUCE_PRODUCT, near, 0).enumerated() {
        #expect(abs(Double(product) / products[i] - 1) <= 1e-3, "\(view)")
      }
      let truth = numbers.booleans(view.total).map {
        $0 & UInt8(truncatingIfNeeded: numbers.bits())
      }
      #expect(run(CK_REDUCE_ANY, truth, 9) == view.runs(truth).map { $0.contains(1) ? 1 : 0 })
      let untruth = truth.map { 1 - $0 }
      #expect(run(CK_REDUCE_ALL, untruth, 9) == view.runs(untruth).map { $0.contains(0) ? 0 : 1 })
    }
  }

  @Test("rounding errors of a long sum stay small")
  func longSum() {
    let n = 1_000_000
    let x = [Float](repeating: 0.1, count: n)
    let sum = filled(1, with: Float(0)) { ck_reduce(CK_REDUCE_SUM, CK_F32, 1, n, 1, x, $0) }
    let columns = filled(4, with: Float(0)) { ck_reduce(CK_REDUCE_SUM, CK_F32, 1, n / 4, 4, x, $0) }
    #expect(abs(Double(sum[0]) / (Double(n) * Double(Float(0.1))) - 1) < 2e-6)
    #expect(abs(Double(columns[3]) / (Double(n / 4) * Double(Float(0.1))) - 1) < 2e-6)
  }

  @Test("extremes with NaN, and where they stand")
  func argReduce() {
    var numbers = TestNumbers(33)
    for view in Self.views() where view.count > 0 {
      func check<S: KernelScalar & BinaryFloatingPoint>(_ x: [S], _ zero: S) {
        for op in [CK_ARG_MINIMUM, CK_ARG_MAXIMUM] {
          let greatest = op == CK_ARG_MAXIMUM
          let got = filled(view.outer * view.inner, with: Int32(-1)) {
            ck_arg_reduce(op, S.dtype, view.outer, view.count, view.inner, x, $0)
          }
          let want = view.runs(x).map { run in
            run.firstIndex { $0.isNaN } ?? run.firstIndex { v in
              run.allSatisfy { greatest ? $0 <= v : $0 >= v }
            } ?? -1
          }
          #expect(got.map { Int($0) } == want, "\(view)")
          let value = filled(view.outer * view.inner, with: zero) {
            ck_reduce(
              greatest ? CK_REDUCE_MAXIMUM : CK_REDUCE_MINIMUM, S.dtype, view.outer, view.count,
              view.inner, x, $0)
          }
          for (i, run) in view.runs(x).enumerated() {
            #expect(value[i] == run[want[i]] || (value[i].isNaN && run[want[i]].isNaN))
          }
        }
      }
      check(numbers.awkward(view.total, as: Float.self), 0)
      check(numbers.awkward(view.total, as: Double.self), 0)
      check(numbers.floats(view.total).map { ($0 * 4).rounded() }, 0)
      check(numbers.doubles(view.total), 0)
    }
    let x: [Int32] = [3, 9, -2, 9, -2]
    let b: [UInt8] = [0, 1, 0, 1, 1]
    #expect(
      filled(1, with: Int32(9)) { ck_arg_reduce(CK_ARG_MAXIMUM, CK_I32, 1, 5, 1, x, $0) } == [1])
    #expect(
      filled(1, with: Int32(9)) { ck_arg_reduce(CK_ARG_MINIMUM, CK_I32, 1, 5, 1, x, $0) } == [2])
    #expect(
      filled(1, with: Int32(9)) { ck_arg_reduce(CK_ARG_MAXIMUM, CK_BOOL, 1, 5, 1, b, $0) } == [1])
    #expect(
      filled(1, with: Int32(9)) { ck_arg_reduce(CK_ARG_MINIMUM, CK_BOOL, 1, 5, 1, b, $0) } == [0])
  }

  /// Indices in order, first index first among equals; NaN last, or first where it is `greatest`.
  static func order<S: Comparable>(
    _ row: [S], descending: Bool, isNaN: (S) -> Bool, nanFirst: Bool
  ) -> [Int32] {
    row.indices.sorted { i, j in
      let a = row[i]
      let b = row[j]
      if isNaN(a) || isNaN(b) {
        if isNaN(a) != isNaN(b) { return isNaN(a) == nanFirst }
        return i < j
      }
      return a == b ? i < j : descending ? a > b : a < b
    }.map { Int32($0) }
  }

  @Test(
    "argsort and top k",
    arguments: [1, 2, 5, 16, 31, 32, 33, 64, 65, 100, 128, 129, 200, 321, 1000, 3000])
  func orders(count: Int) {
    var numbers = TestNumbers(UInt64(count) + 40)
    let rows = count < 40 ? 37 : 3
    func check<S: KernelScalar & Comparable>(_ x: [S], _ isNaN: (S) -> Bool) {
      for descending in [false, true] {
        let got = filled(rows * count, with: Int32(-1)) {
          ck_argsort(S.dtype, rows, count, x, $0, descending ? 1 : 0)
        }
        let want = (0..<rows).flatMap {
          Self.order(
            Array(x[($0 * count)..<(($0 + 1) * count)]), descending: descending, isNaN: isNaN,
            nanFirst: false)
        }
        #expect(got == want, "\(S.self), \(count), descending: \(descending)")
      }
    }
    func checkTop<S: KernelScalar & Comparable>(_ x: [S], _ isNaN: (S) -> Bool) {
      for k in [1, 2, min(7, count), count] where k <= count {
        let got = filled(rows * k, with: Int32(-1)) { ck_top_k(S.dtype, rows, count, k, x, $0) }
        let want = (0..<rows).flatMap {
          Self.order(
            Array(x[($0 * count)..<(($0 + 1) * count)]), descending: true, isNaN: isNaN,
            nanFirst: true
          ).prefix(k)
        }
        #expect(got == want, "\(S.self), \(count), k = \(k)")
      }
    }
    let n = rows * count
    for x in [numbers.awkward(n), numbers.floats(n)] {
      check(x) { $0.isNaN }
      checkTop(x) { $0.isNaN }
    }
    for x: [Double] in [numbers.awkward(n), numbers.doubles(n)] {
      check(x) { $0.isNaN }
      checkTop(x) { $0.isNaN }
    }
    for x in [
      numbers.integers(n), [Int32](repeating: 4, count: n),
      (0..<n).map { _ in Int32(truncatingIfNeeded: numbers.bits()) },
    ] {
      check(x) { _ in false }
      checkTop(x) { _ in false }
    }
    check(numbers.booleans(n)) { _ in false }
  }

  @Test("cumulative sums, both ways")
  func cumulative() {
    var numbers = TestNumbers(35)
    for view in Self.views() {
      for reverse in [false, true] {
        func check<S: KernelScalar & Numeric>(_ x: [S], _ add: (S, S) -> S) {
          let got = filled(view.total, with: S.zero) {
            ck_cumulative_sum(S.dtype, view.outer, view.count, view.inner, reverse ? 1 : 0, x, $0)
          }
          let want = view.runs(x).map { run in
            var sum: [S] = []
            for v in reverse ? run.reversed() : run { sum.append(sum.last.map { add($0, v) } ?? v) }
            return reverse ? sum.reversed() : sum
          }
          #expect(view.runs(got) == want, "\(view)")
        }
        check(numbers.floats(view.total), +)
        check(numbers.doubles(view.total), +)
        check(numbers.integers(view.total), &+)
      }
    }
  }

  @Test("softmax and log Σ exp", arguments: [1, 3, 32, 33, 100, 1500])
  func soft(count: Int) {
    var numbers = TestNumbers(36)
    let rows = 21
    let x = numbers.floats(rows * count, in: -30...30)
    let wide = x.map { Double($0) }
    let y = filled(x.count, with: Float(0)) { ck_softmax(CK_F32, rows, count, x, $0) }
    let z = filled(x.count, with: 0.0) { ck_softmax(CK_F64, rows, count, wide, $0) }
    let s = filled(rows, with: Float(0)) { ck_log_sum_exp(CK_F32, rows, count, x, $0) }
    let t = filled(rows, with: 0.0) { ck_log_sum_exp(CK_F64, rows, count, wide, $0) }
    for r in 0..<rows {
      let row = wide[(r * count)..<((r + 1) * count)]
      let shift = row.max() ?? 0
      let sum = row.reduce(0) { $0 + exp($1 - shift) }
      #expect(abs(t[r] - (shift + log(sum))) < 1e-13 * max(1, abs(shift)))
      #expect(abs(Double(s[r]) - (shift + log(sum))) < 1e-5)
      for i in row.indices {
        let want = exp(wide[i] - shift) / sum
        #expect(abs(z[i] - want) <= 1e-14 * want)
        // The difference from the greatest is itself rounded.
        #expect(abs(Double(y[i]) - want) <= (1e-6 + (shift - wide[i]) * 0x1p-24) * want)
      }
    }
    let huge = [Double](repeating: 1e300, count: count)
    let even = filled(count, with: 0.0) { ck_softmax(CK_F64, 1, count, huge, $0) }
    #expect(even.allSatisfy { abs($0 * Double(count) - 1) < 1e-14 })
    let low = [Float](repeating: -.infinity, count: count)
    #expect(filled(1, with: Float(0)) { ck_log_sum_exp(CK_F32, 1, count, low, $0) } == [-.infinity])
    let high = low.dropLast() + [.infinity]
    #expect(
      filled(1, with: Float(0)) { ck_log_sum_exp(CK_F32, 1, count, Array(high), $0) } == [.infinity]
    )
  }
}
