import Figures
import Testing

@Suite struct TableTests {
  private func html(_ table: Table) throws -> String {
    try Page("p") { Section("s") { table } }.html()
  }

  private func rows(_ count: Int) -> [[Table.Cell]] {
    (0..<count).map { [.number($0, decimals: 0)] }
  }

  @Test func longTablesAreFoldedBehindTheirCaption() throws {
    let long = Document(try html(Table(["n"], rows: rows(13), caption: "Thirteen")))
    #expect(long.error == nil)
    #expect(long.all("details").count == 1)
    #expect(long.all("summary").map(\.text) == ["Thirteen, 13 rows"])
    let short = Document(try html(Table(["n"], rows: rows(12), caption: "Twelve")))
    #expect(short.all("details").isEmpty)
    #expect(short.all("p").contains { $0.text == "Twelve" })
  }

  @Test func whetherATableIsFoldedCanBeSaid() throws {
    #expect(
      try html(Table(["n"], rows: rows(2), isFolded: true)).contains("<summary>A table of 2 rows"))
    #expect(try !html(Table(["n"], rows: rows(50), isFolded: false)).contains("<details>"))
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
