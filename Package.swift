// swift-tools-version: 6.2
import PackageDescription

// Warnings are errors where this is set, as in continuous integration; never for users of the package.
let strict = Context.environment["PERTURBATIONS_STRICT"] != nil

let swiftSettings: [SwiftSetting] =
  [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
  ] + (strict ? [.treatAllWarnings(as: .error)] : [])

// The plugin that builds the manual: `Scripts/documentation` sets this. Users of the package never fetch it.
let documentation = Context.environment["PERTURBATIONS_DOCUMENTATION"] != nil

let cSettings: [CSetting] = strict ? [.treatAllWarnings(as: .error)] : []

/// A library target, its tests beside it where `Tests/<name>Tests` exists.
func library(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: swiftSettings)
}

func tests(
  _ name: String, _ dependencies: [Target.Dependency] = [], resources: [Resource]? = nil
) -> Target {
  .testTarget(
    name: name + "Tests", dependencies: [.init(stringLiteral: name)] + dependencies,
    resources: resources, swiftSettings: swiftSettings)
}

let fixtures: [Resource] = [.copy("Fixtures")]
let argumentParser = Target.Dependency.product(
  name: "ArgumentParser", package: "swift-argument-parser")
let systemPackage = Target.Dependency.product(
  name: "SystemPackage", package: "swift-system",
  condition: .when(platforms: [.linux, .android, .wasi]))

let package = Package(
  name: "swift-perturbations",
  // The first that have `Mutex` and `Atomic`; `Scripts/check_availability` finds what needs later ones.
  platforms: [
    .macOS(.v15), .macCatalyst(.v18), .iOS(.v18), .tvOS(.v18), .watchOS(.v11), .visionOS(.v2),
  ],
  products: [
    .library(name: "Perturbations", targets: ["Perturbations"]),
    .library(name: "Tensors", targets: ["Tensors"]),
    .library(name: "Solvers", targets: ["Solvers"]),
    .library(name: "Optimizers", targets: ["Optimizers"]),
    .library(name: "Layers", targets: ["Layers"]),
    .library(name: "Decisions", targets: ["Decisions"]),
    .library(name: "Figures", targets: ["Figures"]),
    .library(name: "HiGHS", targets: ["HiGHS"]),
    .library(name: "Programs", targets: ["Programs"]),
    .library(name: "Machines", targets: ["Machines"]),
    .executable(name: "perturb", targets: ["perturb"]),
  ],
  traits: [
    .trait(
      name: "MPI",
      description: "Estimates run over the ranks that mpirun starts; needs an MPI library (mpi-c).")
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-system", from: "1.5.0"),
  ]
    + (documentation
      ? [.package(url: "https://github.com/swiftlang/swift-docc-plugin", from: "1.5.0")] : []),
  targets: [
    // Floor 0: loops that need several instruction sets, and what differs from system to system.
    .target(
      name: "CKernels", cSettings: cSettings,
      linkerSettings: [
        .linkedLibrary("m", .when(platforms: [.linux, .android])),
        .linkedLibrary("dl", .when(platforms: [.linux, .android])),
        .linkedFramework(
          "Accelerate",
          .when(platforms: [.macOS, .macCatalyst, .iOS, .tvOS, .watchOS, .visionOS])),
      ]),
    .target(name: "CProcesses", cSettings: cSettings),
    .target(
      name: "Platform",
      dependencies: [
        .target(name: "CProcesses", condition: .when(platforms: [.macOS, .linux])), systemPackage,
      ], swiftSettings: swiftSettings,
      linkerSettings: [
        .linkedLibrary("m", .when(platforms: [.linux, .android])),
        .linkedLibrary("dl", .when(platforms: [.linux, .android])),
      ]),
    // Floor 1
    library("Tensors", ["CKernels", "Platform"]),
    library("Solvers", ["CKernels"]),
    // Floor 2
    library("Perturbations", ["Tensors", "Solvers", "CKernels", "Platform"]),
    library("Optimizers", ["Tensors", "Platform"]),
    library("Layers", ["Tensors", "Platform"]),
    // Floor 3
    library("Decisions", ["Perturbations", "Tensors", "Solvers", "Platform"]),
    library("Figures", ["Platform"]),
    library("HiGHS", ["Solvers", "Platform"]),
    library("Programs", ["Perturbations", "Tensors", "Platform"]),
    .systemLibrary(
      name: "CMPI", pkgConfig: "mpi-c", providers: [.apt(["libopenmpi-dev"]), .brew(["open-mpi"])]),
    library(
      "Machines",
      ["Perturbations", "Platform", .target(name: "CMPI", condition: .when(traits: ["MPI"]))]),
    // Floor 4
    library(
      "PerturbCommands",
      [
        "Perturbations", "Solvers", "Decisions", "HiGHS", "Optimizers", "Layers", "Figures",
        "Programs", "Machines", "Platform",
        argumentParser,
      ]),
    .executableTarget(
      name: "perturb", dependencies: ["PerturbCommands"], swiftSettings: swiftSettings),
    // Tests. What they use is named even where it comes through others: only what is named is built
    // anew when its interface changes.
    tests("Platform", ["Fuzzing"]),
    tests("Tensors", ["CKernels"], resources: fixtures),
    tests("Solvers"),
    .target(
      name: "CAllocationCounter", path: "Tests/CAllocationCounter", cSettings: cSettings),
    .target(
      name: "Fuzzing", dependencies: ["CAllocationCounter"], path: "Tests/Fuzzing",
      swiftSettings: swiftSettings),
    tests(
      "Perturbations", ["Tensors", "Solvers", "CAllocationCounter", "Fuzzing"], resources: fixtures),
    tests("Optimizers", ["Tensors", "Layers"], resources: fixtures),
    tests("Layers", ["Tensors", "Fuzzing"], resources: fixtures),
    tests("Decisions", ["Perturbations", "Solvers", "Tensors"], resources: fixtures),
    tests("HiGHS", ["Perturbations", "Solvers", "Tensors"]),
    tests("Figures"),
    tests("Machines", ["Perturbations", "Tensors"]),
    tests("Programs", ["Perturbations", "Solvers", "Tensors", "Fuzzing"], resources: fixtures),
    // What threads and memory share, at sizes at which a sanitizer ends: `Scripts/sanitize --small`.
    .testTarget(
      name: "SanitizerTests",
      dependencies: [
        "Fuzzing", "Layers", "Optimizers", "Perturbations", "Platform", "Programs", "Solvers",
        "Tensors",
      ],
      swiftSettings: swiftSettings),
    tests(
      "PerturbCommands",
      ["Fuzzing", "HiGHS", "Optimizers", "Perturbations", "Platform", "Tensors"],
      resources: fixtures),
  ]
)

// Some of the test targets, where no others are to be built: `Scripts/sanitize --small` says which.
if let chosen = Context.environment["PERTURBATIONS_TESTS"]?.split(separator: ",") {
  package.targets.removeAll { target in
    target.type == .test && !chosen.contains { "\($0)Tests" == target.name }
  }
}
