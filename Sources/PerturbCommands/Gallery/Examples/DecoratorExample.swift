internal import Perturbations

/// The decorator form: a variable that holds a function, perturbed.
struct DecoratorExample: GalleryExample {
  let name = "decorator"
  let title = "Decorator form"

  private static let printed = [
    [0.0054, 0.8148, 0.0121, 0.1652, 0.0024], [0.0067, 0.1639, 0.0148, 0.8116, 0.0029],
  ]

  func run(_ context: GalleryContext) throws -> GalleryReport {
    let samples = context.samples(ArgMaxExample.standardSamples)

    @PerturbedFunction(
      samples: samples, sigma: ArgMaxExample.sigma, noise: .gumbel, batched: true)
    var argMax = { (x: Tensor<Float>) in oneHot(x.argMax(), classes: 5) }

    let perturbed = try $argMax(ArgMaxBatchExample.theta, key: context.key)
    let withDefaultKey = try RandomKey.withDefault(context.key) {
      try argMax(ArgMaxBatchExample.theta)
    }
    var report = GalleryReport()
    report.text(
      "A variable can hold the perturbed function itself. It is called like the function that it "
        + "was made from, with a key from `RandomKey.withDefault` around the call, or as `$argMax` "
        + "with a key of one's own. Swift allows such a variable inside a function or a type, not "
        + "at the top of a file.")
    report.code(
      """
      import Perturbations

      func shares(_ batch: Tensor<Float>) throws -> [Tensor<Float>] {
        @PerturbedFunction(samples: \(samples), sigma: 0.5, noise: .gumbel, batched: true)
        var argMax = { (x: Tensor<Float>) in oneHot(x.argMax(), classes: 5) }

        let withKey = try $argMax(batch, key: RandomKey(0))
        let withDefaultKey = try RandomKey.withDefault(RandomKey(0)) { try argMax(batch) }
        return [withKey, withDefaultKey]
      }
      """)
    ArgMaxBatchExample.addTable(
      to: &report, perturbed, printed: Self.printed, samples: samples)
    report.values("with the default key", withDefaultKey)
    return report
  }
}
