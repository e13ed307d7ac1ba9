// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that nobody builds it who does not run it.
let package = Package(
  name: "hostile",
  targets: [
    .target(name: "CLauncher"),
    .executableTarget(name: "worker"),
    .executableTarget(name: "hostile", dependencies: ["CLauncher"]),
  ]
)
