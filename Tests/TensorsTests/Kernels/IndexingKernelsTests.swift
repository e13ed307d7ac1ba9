import CKernels
import Testing

/// Gathers, scatters and strided copies against loops over indices.
@Suite("Kernels: indexing and copies")
struct IndexingKernelsTests {
  @Test("take and its adjoint, along an axis and element by element")
  func gatherAndScatter() {
    var numbers = TestNumbers(51)
    for round in 0..<80 {
      let outer = numbers.integer(1...4)
      let count = numbers.integer(1...9)
      let inner = round % 2 == 0 ? 1 : numbers.integer(1...40)
      let m = numbers.integer(0...12)
      let x = numbers.floats(outer * count * inner)
      let index = numbers.integers(m, in: 0...(count - 1))
      var status: Int64 = 7
      let taken = filled(outer * m * inner, with: Float(0)) {
        status = ck_take(4, outer, count, inner, index, m, x, $0)
      }
      var want: [Float] = []
      for o in 0..<outer {
        for i in index {
          for j in 0..<inner { want.append(x[(o * count + Int(i)) * inner + j]) }
        }
      }
      #expect(taken == want && status == -1)

      let updates = numbers.integers(outer * m * inner)
      var sums = [Int32](repeating: 0, count: outer * count * inner)
      var at = 0
      for o in 0..<outer {
        for i in index {
          for j in 0..<inner {
            sums[(o * count + Int(i)) * inner + j] &+= updates[at]
            at += 1
          }
        }
      }
      let got = filled(sums.count, with: Int32(5)) {
        status = ck_scatter_add(CK_I32, outer, m, inner, index, updates, count, $0)
      }
      #expect(got == sums && status == -1)
      let wideUpdates = updates.map { Double($0) }
      let wide = filled(sums.count, with: 5.0) {
        status = ck_scatter_add(CK_F64, outer, m, inner, index, wideUpdates, count, $0)
      }
      #expect(wide == sums.map { Double($0) })

      let along = numbers.integers(outer * m * inner, in: 0...(count - 1))
      let bytes = numbers.booleans(x.count)
      let doubles = x.map { Double($0) }
      let picked = filled(along.count, with: Float(0)) {
        status = ck_take_along(4, outer, count, inner, along, m, x, $0)
      }
      let places = along.indices.map { position in
        let o = position / (m * inner)
        let j = position % inner
        return (o * count + Int(along[position])) * inner + j
      }
      #expect(picked == places.map { x[$0] } && status == -1)
      #expect(
        filled(along.count, with: UInt8(9)) {
          _ = ck_take_along(1, outer, count, inner, along, m, bytes, $0)
        }
          == places.map { bytes[$0] })
      #expect(
        filled(along.count, with: 0.0) {
          _ = ck_take_along(8, outer, count, inner, along, m, doubles, $0)
        }
          == places.map { doubles[$0] })
      var alongSums = [Float](repeating: 0, count: x.count)
      let floatUpdates = updates.map { Float($0) }
      for (position, place) in places.enumerated() { alongSums[place] += floatUpdates[position] }
      let scattered = filled(x.count, with: Float(5)) {
        status = ck_scatter_add_along(CK_F32, outer, m, inner, along, floatUpdates, count, $0)
      }
      #expect(scattered == alongSums && status == -1)
    }
  }

  @Test("an index out of range is named", arguments: [Int32(-1), 3, .max, .min])
  func outOfRange(bad: Int32) {
    let x: [Float] = [1, 2, 3]
    let index: [Int32] = [0, 2, bad, bad]
    let ones: [Float] = [1, 1, 1, 1]
    var status: [Int64] = []
    let untouched = filled(4, with: Float(9)) {
      status.append(ck_take(4, 1, 3, 1, index, 4, x, $0))
    }
    #expect(untouched == [9, 9, 9, 9])
    _ = filled(4, with: Float(9)) { status.append(ck_take_along(4, 1, 3, 1, index, 4, x, $0)) }
    _ = filled(3, with: Float(9)) {
      status.append(ck_scatter_add(CK_F32, 1, 4, 1, index, ones, 3, $0))
    }
    _ = filled(3, with: Float(9)) {
      status.append(ck_scatter_add_along(CK_F32, 1, 4, 1, index, ones, 3, $0))
    }
    #expect(status == [2, 2, 2, 2])
  }

  @Test("copies with permuted, repeated, stepped and negative strides")
  func copies() {
    var numbers = TestNumbers(52)
    for round in 0..<300 {
      let rank = round % 5
      let shape = numbers.shape(rank: rank, limit: rank <= 2 && round % 7 == 0 ? 60 : 6)
      let dims = shape.map { Int32($0) }
      // Each side walks a larger box, in a random order of axes, with steps of −2 to 2.
      func layout(repeats: Bool) -> (strides: [Int64], base: Int, size: Int) {
        var order = Array(0..<rank)
        for i in order.indices.reversed() where i > 0 { order.swapAt(i, numbers.integer(0...i)) }
        var strides = [Int64](repeating: 0, count: rank)
        var size = 1
        var base = 0
        for axis in order {
          if repeats && numbers.integer(0...4) == 0 { continue }
          let step = [1, 1, 1, 2, -1, -2][numbers.integer(0...5)]
          strides[axis] = Int64(step * size)
          if step < 0 { base += -step * size * (shape[axis] - 1) }
          size *= (shape[axis] - 1) * abs(step) + 1
        }
        return (strides, base, size)
      }
      let from = layout(repeats: true)
      let to = layout(repeats: false)
      func check<S: KernelScalar>(_ x: [S], _ blank: S) {
        let got = filled(to.size, with: blank) { out in
          x.withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return }
            ck_copy(
              MemoryLayout<S>.size, Int32(rank), dims, base + from.base, from.strides,
              out + to.base, to.strides)
          }
        }
        var want = [S](repeating: blank, count: to.size)
        for index in indices(of: shape) {
          want[to.base + offset(index, to.strides)] = x[from.base + offset(index, from.strides)]
        }
        #expect(same(got, want), "\(shape) \(from) \(to)")
      }
      check(numbers.floats(from.size), 99)
      check(numbers.doubles(from.size), 99)
      check(numbers.booleans(from.size), 99)
    }
  }

  @Test("a transpose larger than its tiles")
  func transpose() {
    let rows = 137
    let columns = 75
    let x = (0..<(rows * columns)).map { Int32($0) }
    let y = filled(x.count, with: Int32(-1)) {
      ck_copy(
        4, 2, [Int32(columns), Int32(rows)], x, [1, Int64(columns)], $0, [Int64(rows), 1])
    }
    #expect((0..<x.count).allSatisfy { y[$0] == Int32(($0 % rows) * columns + $0 / rows) })
  }
}
