import Foundation

/// What a compiler needs to be told so that it finds the modules of a build.
enum ModuleFlags {
  /// The flags for the modules in a folder such as `.build/release`: where they lie, and the maps of the
  /// modules of C that they stand on, this package's and those that its dependencies bring.
  static func flags(build: URL) -> [String] {
    let build = build.resolvingSymlinksInPath()
    var flags = ["-I", build.appendingPathComponent("Modules").path]
    for name in ["CKernels", "CProcesses"] {
      let map = build.appendingPathComponent("\(name).build/module.modulemap").path
      flags += ["-Xcc", "-fmodule-map-file=\(map)"]
    }
    let scratch = build.deletingLastPathComponent().deletingLastPathComponent()
    let system = scratch.appendingPathComponent("checkouts/swift-system/Sources/CSystem/include")
    return flags + ["-I", system.path]
  }
}
