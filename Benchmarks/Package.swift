// swift-tools-version: 6.2
import PackageDescription

// Not part of the library: nobody who depends on swift-perturbations resolves or builds this.
//
// - Benchmarks/<area>: one suite per area, `swift package benchmark` (ordo-one/benchmark).
// - Sources/CompareCases, Sources/CompareFigures: what `compare/run` runs and draws.

let swiftSettings: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

func library(_ name: String) -> Target.Dependency {
  .product(name: name, package: "swift-perturbations")
}

func suite(_ name: String, _ libraries: [String]) -> Target {
  .executableTarget(
    name: name,
    dependencies: [.product(name: "Benchmark", package: "benchmark")] + libraries.map(library),
    path: "Benchmarks/\(name)", swiftSettings: swiftSettings,
    plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")])
}

let package = Package(
  name: "swift-perturbations-benchmarks",
  platforms: [.macOS(.v26)],
  products: [
    .executable(name: "compare-cases", targets: ["CompareCases"]),
    .executable(name: "compare-figures", targets: ["CompareFigures"]),
  ],
  dependencies: [
    .package(name: "swift-perturbations", path: ".."),
    .package(url: "https://github.com/ordo-one/benchmark", exact: "1.38.1", traits: []),
  ],
  targets: [
    suite("RandomBenchmarks", ["Tensors"]),
    suite("TensorBenchmarks", ["Tensors"]),
    suite("SolverBenchmarks", ["Solvers"]),
    suite("PerturbedBenchmarks", ["Perturbations"]),
    suite("ZeroOrderBenchmarks", ["Perturbations"]),
    .executableTarget(
      name: "CompareCases", dependencies: ["Perturbations"].map(library),
      swiftSettings: swiftSettings),
    .executableTarget(
      name: "CompareFigures", dependencies: [library("Figures")], swiftSettings: swiftSettings),
  ]
)
