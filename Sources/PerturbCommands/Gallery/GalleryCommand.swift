internal import ArgumentParser

struct GalleryCommand: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "gallery",
    abstract: "Work through the examples and write a page with pictures.",
    usage: "perturb gallery [<name> ...] [<options>]",
    discussion: """
      Examples:
      \(Gallery.examples.map { "  " + $0.name.padded(right: 15) + $0.title }
        .joined(separator: "\n"))

      Prints what the examples show, beside what theory says, and writes a folder
      with index.html, one SVG per figure, and results.json with every number.
      """)

  @Argument(help: ArgumentHelp("Which examples to run; all without a name.", valueName: "name"))
  var names: [String] = []

  @Option(
    name: .customLong("out"), parsing: .unconditional,
    help: ArgumentHelp("The folder to write.", valueName: "folder"))
  var folder = "gallery"

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "How many samples to average everywhere. (default: each example's own)", valueName: "N"),
    transform: { try Parsing.count($0) })
  var samples: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("The random key of the run. (default: 0)", valueName: "K"),
    transform: { try Parsing.seed($0) })
  var seed: UInt64 = 0

  func run(on console: Console) throws {
    try Gallery(names, samples: samples, seed: seed).run(into: folder, console: console)
  }
}
