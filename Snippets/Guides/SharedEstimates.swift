// One estimate over several jobs, and over the ranks of mpirun.
import Machines
import Perturbations

let theta: Tensor<Float> = [-0.6, 1.9, -0.2]
let g: Tensor<Float> = [1, 0, -1]
let soft = try Perturbed(ArgMax(), samples: 100_000, sigma: 0.5)
var files: [[UInt8]] = []
for k in [3, 1, 2] {
  files.append(
    try SamplePart(k, of: 3) {
      try soft.gradientEstimate(
        at: theta, cotangent: g, key: RandomKey(1))
    }.encoded())
}

// snippet.parts
let estimate = {
  try soft.gradientEstimate(at: theta, cotangent: g, key: RandomKey(1))
}
// On any machine:
let bytes = try SamplePart(3, of: 8, estimate).encoded()
// With all of them, the bits of estimate():
let parts = try files.map { try SamplePart(decoding: $0) }
let whole = try SamplePart.combine(parts, estimate)
// snippet.end
check(!bytes.isEmpty, "a part is bytes")
let alone = try estimate()
check(whole.gradient == alone.gradient, "the bits of one process")

// snippet.ranks
try await Machines.run {
  let slope = try gradient(at: theta) {
    try (soft($0, key: RandomKey(1)) * g).sum()
  }
  if Machines.isFirst { print(slope) }
}

// snippet.hide
func check(_ holds: Bool, _ claim: String) {
  if !holds { fatalError(claim) }
}
