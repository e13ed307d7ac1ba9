import PerturbCommands
import Testing

/// Every number that document 001 prints, with the same keys.
@Suite struct OptaxNotebookTests {
  static let notebook = Result { try OptaxNotebook() }

  @Test func everyPrintedNumber() throws {
    let notebook = try Self.notebook.get()
    #expect(notebook.items.count == 28)
    for item in notebook.items {
      #expect(
        item.difference <= item.tolerance,
        "\(item.name): \(item.computed), the document prints \(item.printed)")
    }
  }

  @Test func bothDescentsDescend() throws {
    let notebook = try Self.notebook.get()
    #expect(notebook.oneHotLosses.count == 200)
    #expect(notebook.rankingLosses.count == 20)
    #expect((notebook.oneHotLosses.last ?? 1) < 0.02)
    #expect((notebook.rankingLosses.last ?? 60) < notebook.rankingLosses[0] / 2)
  }
}
