// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that nobody builds it who does not run it.
let package = Package(
  name: "hostile",
  products: [
    // Loaded before a program's own libraries.
    .library(name: "hostileclock", type: .dynamic, targets: ["CClock"])
  ],
  targets: [
    .target(name: "CLauncher"),
    .target(name: "CClock"),
    .executableTarget(name: "worker"),
    .executableTarget(name: "hostile", dependencies: ["CLauncher"]),
  ]
)
