internal import Figures
internal import Perturbations
internal import Platform

/// The worked examples and how they are run.
package struct Gallery {
  /// All examples, in the order they are shown.
  package static let examples: [any GalleryExample] = [
    ArgMaxExample(), ArgMaxBatchExample(), DecoratorExample(), NormGradientExample(), OrExample(),
    ShortestPathExample(), PathGradientExample(), PathAscentExample(), OptaxExample(),
    VarianceExample(), ZeroOrderExample(), CitiesExample(), DecisionsExample(),
  ]

  package let chosen: [any GalleryExample]
  package let samples: Int?
  package let seed: UInt64

  /// A gallery of the named examples, of all without names.
  ///
  /// - Throws: ``CommandError`` for a name that no example has and for fewer than one sample.
  package init(_ names: [String] = [], samples: Int? = nil, seed: UInt64 = 0) throws(CommandError) {
    for name in names where !Self.examples.contains(where: { $0.name == name }) {
      throw .unknown("example", name, expected: Self.examples.map(\.name))
    }
    if let samples, samples < 1 {
      throw CommandError("samples is \(samples), expected at least 1")
    }
    chosen = names.isEmpty ? Self.examples : Self.examples.filter { names.contains($0.name) }
    self.samples = samples
    self.seed = seed
  }

  /// Runs the chosen examples, prints what they show, and writes the folder.
  ///
  /// - Parameters:
  ///   - path: The folder.
  ///   - converter: Makes a PNG of each figure beside its SVG; none where nil.
  ///   - console: Where to print.
  /// - Throws: ``CommandError``; the folder is then as it was.
  package func run(
    into path: String, converter: PictureConverter? = nil, console: Console
  ) throws {
    try converter?.check()
    let folder = OutputFolder(path)
    try folder.check(names: ["index.html", "results.json"])
    var files: [OutputFolder.File] = []
    var sections: [Section] = []
    var results: [JSON.Member] = []
    let clock = ContinuousClock()
    let start = clock.now
    try console.print(
      """
      document: what the document that an example works through prints
      s.e.: standard error, the scatter that so many samples leave

      """)
    for (index, example) in chosen.enumerated() {
      let progress = ProgressLine(console, "[\(index + 1)/\(chosen.count)] \(example.name)")
      progress.show(0)
      let begin = clock.now
      let report: GalleryReport
      do {
        report = try example.run(
          GalleryContext(
            seed: seed, name: example.name, samples: samples, progress: { progress.show($0) },
            status: { progress.show($0) }))
        var names: [String] = []
        for (name, svg) in try report.figureFiles() {
          names.append(name + ".svg")
          files.append(OutputFolder.File(name: name + ".svg", text: svg))
          guard let converter else { continue }
          progress.show("picture of \(name)")
          names.append(name + ".png")
          files.append(
            OutputFolder.File(name: name + ".png", bytes: try converter.picture(svg, name)))
        }
        sections.append(try report.section(example.title))
        results.append(
          JSON.Member(
            name: example.name,
            value: report.json(
              title: example.title, seconds: (clock.now - begin) / .seconds(1),
              figures: names)))
      } catch {
        progress.clear()
        throw CommandError("example \(example.name): \(error)")
      }
      progress.clear()
      if index > 0 { try console.print() }
      try console.print("\(example.title)\n" + String(repeating: "=", count: example.title.count))
      try console.write(report.terminalText(figureFolder: path))
    }
    let json: JSON = [
      "generator": .string("perturb gallery \(PerturbVersion.number)"),
      "seed": .number(String(seed)), "samples": samples.map { JSON($0) } ?? .null,
      "examples": .object(results),
    ]
    files.append(OutputFolder.File(name: OutputFolder.resultsName, text: json.text + "\n"))
    files.append(OutputFolder.File(name: "index.html", text: try page(sections).html()))
    try folder.write(files)
    let seconds = (clock.now - start) / .seconds(1)
    try console.print(
      "\n\(chosen.count) example\(chosen.count == 1 ? "" : "s") in \(Digits.seconds(seconds)): "
        + "\(path)/index.html, \(path)/results.json and "
        + (converter == nil
          ? "\(files.count - 2) figures" : "\((files.count - 2) / 2) figures as SVG and PNG"))
  }

  private func page(_ sections: [Section]) -> Page {
    var page = Page(
      "Differentiable optimizers with perturbations",
      lead: "An argmax, a logical OR, a shortest path: functions without a useful derivative. "
        + "Perturb the input with noise and average the outputs, and each becomes smooth; its "
        + "gradient follows from the same samples. These are the worked examples of the method's "
        + "first implementations ([Berthet et al. 2020](https://arxiv.org/abs/2002.08676)), and two "
        + "documents on zero-order gradients and automatic differentiation; a column **document** "
        + "has the numbers that the document at hand prints, one headed **s.e.** standard errors.",
      footer: "Made by `\(command)`; every number is in [results.json](results.json).",
      sections: {})
    page.sections = sections
    return page
  }

  private var command: String {
    (["perturb gallery"] + (chosen.count == Self.examples.count ? [] : chosen.map(\.name))
      + (samples.map { ["--samples \($0)"] } ?? []) + (seed == 0 ? [] : ["--seed \(seed)"]))
      .joined(separator: " ")
  }
}
