import Figures
import Testing

@Suite struct PageTests {
  static let page = Page(
    "Gallery <1>",
    lead: "What **perturbing** does & why, see [the paper](https://arxiv.org/abs/2002.08676).",
    footer: "Made by `perturb gallery`."
  ) {
    Section("Argmax") {
      "Close to the softmax, as `theory < practice` says."
      Illustration(Samples.argmax, caption: "Bars are **two** standard errors.")
      Table(
        ["class", "perturbed", "softmax", "note"],
        rows: [
          ["0", 0.0053, .number(0.0055, decimals: 4), "a & b"], ["1", 0.81, 0.813, ""],
          ["2", 12, .number(3.2e-9), "∞"], ["total", .number(1.0, decimals: 2).strong, 1],
        ], caption: "Values")
    }
    Section("The surface") { Samples.surfaces }
    Section("The path") {
      Samples.networks
      Bullets(["one", "`two`"])
    }
    Section("Output") {
      Monospaced("  step  loss\n     0  <1.0>\n")
      LinkedImage("or.svg", alternative: "The \"OR\"", caption: "A file beside the page.")
      for figure in [Samples.variances, Samples.map, Samples.throughput] { figure }
    }
  }

  @Test func pagesAreSound() throws {
    let html = try Self.page.html()
    #expect(try Self.page.html() == html)
    let document = Document(html)
    #expect(document.error == nil)
    let ids = document.elements.compactMap { $0.attributes["id"] }
    #expect(Set(ids).count == ids.count)
    // Each figure in its two forms, the map in one.
    #expect(document.all("svg").count == 11)
    #expect(document.all("figure").count == 7)
    #expect(
      document.all("a").filter { $0.attributes["href"]?.hasPrefix("#section") == true }.count == 4)
    #expect(document.all("h1")[0].text == "Gallery <1>")
    #expect(document.all("pre")[0].text == "  step  loss\n     0  <1.0>\n")
    #expect(document.all("strong").map(\.text) == ["perturbing", "two", "1.00\u{2007}\u{2007}"])
    // Nothing is fetched from elsewhere.
    for element in document.elements {
      for name in ["src", "href"] where element.name != "a" {
        #expect(element.attributes[name].map { !$0.contains("//") } ?? true)
      }
    }
  }

  @Test func decimalPointsAreAligned() throws {
    let cells = Document(try Self.page.html()).all("td").filter {
      $0.attributes["class"] == "number"
    }.map(\.text)
    // 0.0053, 0.81, 12 and 1.00 with figure spaces up to four decimals.
    #expect(cells.contains("0.0053"))
    #expect(cells.contains("0.81\u{2007}\u{2007}"))
    #expect(cells.contains("12\u{2008}\u{2007}\u{2007}\u{2007}\u{2007}"))
    #expect(cells.contains("3.2×10⁻⁹"))
  }

  @Test func longerPagesHaveContents() throws {
    let document = Document(try Self.page.html())
    let links = document.all("a").compactMap { $0.attributes["href"] }.filter { $0.hasPrefix("#") }
    let sections = document.all("section").compactMap { $0.attributes["id"] }
    #expect(links == sections.map { "#" + $0 })
    #expect(document.all("nav").count == 1)
    #expect(document.all("h2").map(\.text).contains("Contents"))
  }

  @Test func programsNameTheirLanguageAndMayBeFolded() throws {
    let document = Document(
      try Page("p") {
        Section("s") { Monospaced("let x = 1 < 2", language: "swift", summary: "The program") }
      }.html())
    #expect(document.all("code").map { $0.attributes["class"] } == ["language-swift"])
    #expect(document.all("code")[0].text == "let x = 1 < 2")
    #expect(document.all("summary").map(\.text) == ["The program"])
  }

  @Test func linksThatCouldRunScriptsStayText() throws {
    let html = try Page("p", lead: "[a](javascript:alert(1)) [b](x.html) [c](http://c) **d `e") {}
      .html()
    #expect(!html.contains("href=\"javascript"))
    #expect(html.contains("[a](javascript:alert(1))"))
    #expect(html.contains("<a href=\"x.html\">b</a>"))
    #expect(html.contains("<a href=\"http://c\">c</a>"))
    #expect(html.contains("**d `e"))
  }

  @Test func figuresThatFailFailThePage() {
    let page = Page("p") { Section("s") { Figure { Line(x: [1], y: [Double]()) } } }
    #expect(throws: FigureError.self) { try page.html() }
  }

  @Test func blocksOfOnesOwnAreTakenApart() throws {
    struct Both: Block {
      var body: [any Block] {
        "first"
        Monospaced("second")
      }
    }
    let html = try Page("p") { Section("s") { Both() } }.html()
    #expect(html.contains("<p>first</p>") && html.contains("<code>second</code>"))
  }
}
