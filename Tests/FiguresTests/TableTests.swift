import Figures
import Testing

@Suite struct TableTests {
  private func html(_ table: Table) throws -> String {
    try Page("p") { Section("s") { table } }.html()
  }

  private func rows(_ count: Int) -> [[Table.Cell]] {
    (0..<count).map { [.number($0, decimals: 0)] }
  }

  @Test func foldedTablesStandBehindTheirCaption() throws {
    let folded = Document(try html(Table(["n"], rows: rows(13), caption: "All", isFolded: true)))
    #expect(folded.error == nil)
    #expect(folded.all("details").count == 1)
    #expect(folded.all("summary").map(\.text) == ["All, 13 rows"])
    let open = Document(try html(Table(["n"], rows: rows(13), caption: "All")))
    #expect(open.all("details").isEmpty)
    #expect(open.all("p").contains { $0.text == "All" })
    #expect(try html(Table([], rows: rows(1), isFolded: true)).contains(">A table of 1 row<"))
  }

  @Test func tablesAreNamedByTheirCaptions() throws {
    let document = Document(try html(Table(["n"], rows: rows(1), caption: "One")))
    let name = document.all("table")[0].attributes["aria-labelledby"]
    #expect(name != nil)
    #expect(document.elements.first { $0.attributes["id"] == name }?.text == "One")
  }

  @Test func printedNumbersKeepTheirDigits() throws {
    let cells = Document(
      try html(
        Table(
          ["printed", "ours"],
          rows: [
            [.number(asPrinted: "0.0860"), .number(0.086, decimals: 4)],
            [.number(asPrinted: "-2.0993764"), .number(-2.1, decimals: 4)],
          ]))
    ).all("td")
    #expect(cells.allSatisfy { $0.attributes["class"] == "number" })
    // With figure spaces up to the seven decimals of the other.
    #expect(cells[0].text == "0.0860\u{2007}\u{2007}\u{2007}")
    #expect(cells[2].text == "\u{2212}2.0993764")
  }
}
