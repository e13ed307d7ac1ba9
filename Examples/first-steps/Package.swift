// swift-tools-version: 6.2
import PackageDescription

// A package of one's own beside this one. With an address in the place of the path it stands by itself:
// .package(url: "https://github.com/<owner>/swift-perturbations", from: "0.1.0")
let package = Package(
  name: "first-steps",
  platforms: [.macOS(.v15)],
  dependencies: [.package(name: "swift-perturbations", path: "../..")],
  targets: [
    .executableTarget(
      name: "FirstSteps",
      dependencies: [
        .product(name: "Perturbations", package: "swift-perturbations"),
        .product(name: "Optimizers", package: "swift-perturbations"),
        .product(name: "Layers", package: "swift-perturbations"),
        .product(name: "Figures", package: "swift-perturbations"),
      ])
  ]
)
