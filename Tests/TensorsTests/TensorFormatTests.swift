import Tensors
import Testing

/// Decimals with a precision.
struct TensorFormatTests {
  @Test func decimals() {
    let x: Tensor<Float> = [0.00012, -1.5, 12.34567, 2.5]
    #expect(x.formatted(decimals: 3) == "[ 0.000 -1.500 12.346  2.500]")
    #expect(x.formatted(decimals: 0) == "[ 0 -2 12  2]")
    #expect(x.formatted(decimals: 5) == "[ 0.00012 -1.50000 12.34567  2.50000]")
    let matrix: Tensor<Double> = [[1e-7, 0.99996], [1e6, -0.25]]
    #expect(
      matrix.formatted(decimals: 4)
        == """
        [[      0.0000       1.0000]
         [1000000.0000      -0.2500]]
        """)
    #expect(Tensor<Float>(0.1).formatted(decimals: 2) == "0.10")
    #expect(Tensor<Double>([.nan, -.infinity, 1]).formatted(decimals: 1) == "[ nan -inf  1.0]")
    #expect(Tensor<Float>.arange(2000).formatted(decimals: 1).contains("..."))
  }

  @Test func negativePrecision() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor<Float>([1]).formatted(decimals: -1)
    }
    #expect(says(result, "formatted: -1 digits behind the point"))
  }
}
