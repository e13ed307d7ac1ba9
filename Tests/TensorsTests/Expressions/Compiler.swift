#if os(macOS) || os(Linux)
  import Foundation

  /// The Swift compiler beside the tests, asked about programs that import the module that was built.
  enum Compiler {
    /// The folder of the build that this test is part of: the first above the test's binary that has
    /// the module.
    static let build: URL? = {
      var folder = URL(filePath: CommandLine.arguments[0]).resolvingSymlinksInPath()
      while folder.path.count > 1 {
        folder.deleteLastPathComponent()
        let module = folder.appending(path: "Modules/Tensors.swiftmodule")
        if FileManager.default.fileExists(atPath: module.path) { return folder }
      }
      return nil
    }()

    /// Why there is nothing to ask, or nil.
    static let missing: String? = {
      guard build != nil else { return "no build folder with the module above the test's binary" }
      guard let version = try? run(["swiftc", "--version"]), version.status == 0 else {
        return "no swiftc in PATH"
      }
      return nil
    }()

    /// An expression that a compiler was asked about: its line, and what was said about it.
    struct Answer {
      let status: Int32
      /// All that was printed.
      let text: String
      /// The errors by line of the source, counted from 1.
      let errors: [Int: [String]]
    }

    /// Type-checks a program and gives what was said about it.
    ///
    /// - Parameters:
    ///   - source: The program.
    ///   - scopes: How many combinations of overloads an expression may take before the compiler says
    ///     that it is too complex. A count, so that the answer does not depend on the machine.
    /// - Returns: What was said.
    /// - Throws: Where the compiler cannot be started.
    static func check(_ source: String, scopes: Int) throws -> Answer {
      guard let build else { throw CocoaError(.fileNoSuchFile) }
      let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      defer { try? FileManager.default.removeItem(at: folder) }
      let file = folder.appending(path: "expressions.swift")
      try source.write(to: file, atomically: true, encoding: .utf8)
      let (status, text) = try run(
        [
          "swiftc", "-typecheck", "-swift-version", "6", "-diagnostic-style=llvm",
          "-module-cache-path", folder.path,
        ] + ModuleFlags.flags(build: build) + [
          "-Xfrontend", "-solver-scope-threshold=\(scopes)", "-suppress-warnings", file.path,
        ])
      var errors: [Int: [String]] = [:]
      let pattern = #/expressions\.swift:(\d+):\d+: error: (.*)/#
      for line in text.split(separator: "\n") {
        guard let match = line.firstMatch(of: pattern), let number = Int(match.1) else { continue }
        errors[number, default: []].append(String(match.2))
      }
      return Answer(status: status, text: text, errors: errors)
    }

    private static func run(_ arguments: [String]) throws -> (status: Int32, text: String) {
      let process = Process()
      process.executableURL = URL(filePath: "/usr/bin/env")
      #if os(macOS)
        process.arguments = ["xcrun"] + arguments
      #else
        process.arguments = arguments
      #endif
      let pipe = Pipe()
      process.standardOutput = pipe
      process.standardError = pipe
      try process.run()
      let data = try pipe.fileHandleForReading.readToEnd() ?? Data()
      process.waitUntilExit()
      return (process.terminationStatus, String(decoding: data, as: UTF8.self))
    }
  }
#endif
