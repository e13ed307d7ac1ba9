import CKernels
import Testing

/// Sums over few rows have the bits of those over many, from every instruction set.
@Suite struct FewRowsTests {
  @Test(arguments: [(1, 1), (7, 8), (8, 9), (20, 100), (33, 31), (128, 517)])
  func foldedLanes(_ size: (rows: Int, width: Int)) {
    let (rows, width) = size
    let stride = width + 3
    var doubles = [Double](repeating: 0, count: rows * stride)
    RandomKernelTests.baseline.draw_f64(
      ck_key(first: 1, second: 2), CK_NORMAL, 0, doubles.count, &doubles)
    let floats = doubles.map { Float($0) }
    let weights = (0..<rows).map { Double($0 % 11) / 7 - 0.6 }
    func folded(_ fill: (UnsafeMutablePointer<Double>) -> Void) -> [Double] {
      var lanes = [Double](repeating: 0, count: 8 * width)
      fill(&lanes)
      return (0..<width).map { j in
        lanes.withUnsafeBufferPointer {
          0.25 + ck_fold_lanes($0.baseAddress.unsafelyUnwrapped + j, width)
        }
      }
    }
    let baseline = RandomKernelTests.tables[0].reduction
    let narrow = folded { baseline.sum_weighted_rows_f32(floats, weights, stride, rows, width, $0) }
    let wide = folded { baseline.sum_weighted_rows_f64(doubles, weights, stride, rows, width, $0) }
    for table in RandomKernelTests.tables.map(\.reduction) {
      var sums = [Double](repeating: 0.25, count: width)
      table.add_few_rows_f32(floats, weights, stride, rows, width, &sums)
      #expect(sums.map(\.bitPattern) == narrow.map(\.bitPattern))
      sums = [Double](repeating: 0.25, count: width)
      table.add_few_rows_f64(doubles, weights, stride, rows, width, &sums)
      #expect(sums.map(\.bitPattern) == wide.map(\.bitPattern))
    }
  }
}
