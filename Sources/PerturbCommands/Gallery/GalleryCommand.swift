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
      with index.html, one SVG per figure, and results.json with every number. With
      --png each figure is also made a PNG for slides, where rsvg-convert is installed.
      """)

  @Argument(help: ArgumentHelp("Which examples to run; all without a name.", valueName: "name"))
  var names: [String] = []

  @Option("The folder to write.", "folder")
  var out = "gallery"

  @Option(
    "How many samples to average everywhere. (default: each example's own)", "N", in: .count)
  var samples: Setting<Int?>

  @Option("The random key of the run.", "K")
  var seed: UInt64 = 0

  @Flag(help: "Write each figure as a PNG, too; needs rsvg-convert.")
  var png = false

  func run(on console: Console) throws {
    try checkSettings()
    try Gallery(names, samples: samples.value, seed: seed).run(
      into: out, converter: png ? PictureConverter() : nil, console: console)
  }
}
