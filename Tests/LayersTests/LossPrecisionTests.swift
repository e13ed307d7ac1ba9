import Layers
import Tensors
import Testing

/// Losses in single precision where their terms cancel, against double precision.
@Suite struct LossPrecisionTests {
  @Test func `cross-entropy of scores far from zero`() {
    let logits: Tensor<Float> = [[10000, 9999, -1000], [-5000, -5000.5, -5001]]
    let labels: Tensor<Int32> = [0, 2]
    let wide = logits.cast(to: Double.self)
    let expected = softmaxCrossEntropy(wide, labels: labels, reduction: .none)
    let byLabels = softmaxCrossEntropy(logits, labels: labels, reduction: .none)
    let targets = oneHot(labels, classes: 3)
    let byTargets = softmaxCrossEntropy(logits, targets, reduction: .none)
    for row in 0..<2 {
      let right = Float(expected[row].scalar)
      #expect(abs(byLabels[row].scalar - right) <= 2.4e-7 * right)
      #expect(abs(byTargets[row].scalar - right) <= 2.4e-7 * right)
    }
    let slope = gradient(at: logits) { softmaxCrossEntropy($0, labels: labels) }
    let right = gradient(at: wide) { softmaxCrossEntropy($0, labels: labels) }
    #expect(slope.isClose(to: right.cast(to: Float.self), relative: 1e-6, absolute: 1e-7))
  }

  @Test func `small losses of a yes or no keep their digits`() {
    let logits: Tensor<Float> = [30, -30, 15, -15, 0.5]
    let targets: Tensor<Float> = [1, 0, 1, 0, 0.25]
    let found = binaryCrossEntropy(logits: logits, targets, reduction: .none)
    // log(1 + e⁻ˣ), and log(1 + e^½) − 1/8
    let right: [Float] = [9.357_623e-14, 9.357_623e-14, 3.059_022_7e-7, 3.059_022_7e-7, 0.849_077]
    for (a, b) in zip(found.scalars, right) { #expect(abs(a / b - 1) < 5e-7) }
    let slopes = gradient(at: logits) {
      binaryCrossEntropy(logits: $0, targets, reduction: .sum)
    }
    // σ(x) − t
    let slope: [Float] = [
      -9.357_623e-14, 9.357_623e-14, -3.059_022_3e-7, 3.059_022_3e-7, 0.372_459_3,
    ]
    for (a, b) in zip(slopes.scalars, slope) { #expect(abs(a / b - 1) < 5e-7) }
  }
}
