internal import Platform
internal import Programs

/// Makes PNG pictures of SVG figures, by `rsvg-convert` where that is installed.
package struct PictureConverter: Sendable {
  /// Pixels of the picture for one of the figure, so that slides show sharp text.
  private static let zoom = 2

  private let program: String

  /// - Parameter program: What takes the arguments of `rsvg-convert`: a name in `PATH`, or a path.
  package init(_ program: String = "rsvg-convert") { self.program = program }

  /// Checks, before any work is done, that the program is there.
  ///
  /// - Throws: ``CommandError`` that names what is missing.
  package func check() throws(CommandError) {
    let answer = try? shell(#"command -v "$0" >/dev/null && echo 1 || echo 0"#, [])
    guard answer == [1] else {
      throw CommandError(
        "no PNG pictures can be made (--png): '\(program)' is not in PATH; it comes with librsvg "
          + "(librsvg2-bin in Debian, librsvg in Homebrew)")
    }
  }

  /// The picture of a figure.
  ///
  /// - Parameters:
  ///   - svg: The figure.
  ///   - name: What errors call it.
  /// - Returns: The bytes of a PNG file.
  /// - Throws: ``CommandError`` where the program fails or makes no picture.
  package func picture(_ svg: String, _ name: String) throws(CommandError) -> [UInt8] {
    do {
      let source = try Files.writeTemporary(svg.utf8, prefix: "perturb")
      let target = source + ".png"
      defer {
        Files.removeFile(source)
        Files.removeFile(target)
      }
      _ = try shell(
        #""$0" --zoom \#(Self.zoom) --output "$2" "$1" >&2 && echo "$3""#, [source, target])
      return try Files.read(target)
    } catch {
      throw CommandError("no PNG picture of figure '\(name)' can be made: \(error)")
    }
  }

  /// What a line prints of `sh`, to which `$0` is the program and `$1` … are the arguments, followed by
  /// a number.
  private func shell(_ line: String, _ arguments: [String]) throws(ProgramError) -> [Double] {
    let shell = try ExternalProgram(
      "sh", arguments: ["-c", line, program] + arguments + ["{0}"], jobs: 1, retries: 0)
    defer { shell.stop() }
    return try shell([0])
  }
}
