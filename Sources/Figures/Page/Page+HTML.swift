extension Page {
  /// The page as an HTML document.
  ///
  /// It follows the reader's light or dark surroundings and the width of the window. Equal pages
  /// give equal bytes.
  /// - Returns: The document's text, to be stored as UTF-8.
  /// - Throws: ``FigureError`` where a figure can't be drawn.
  public func html() throws(FigureError) -> String {
    var html = """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8"/>
      <meta name="viewport" content="width=device-width, initial-scale=1"/>
      <meta name="color-scheme" content="light dark"/>
      <title>\(escapedMarkup(title))</title>
      <style>
      \(Self.style)
      </style>
      </head>
      <body>
      <header>
      <h1>\(InlineText.html(title))</h1>

      """
    if !lead.isEmpty { html += "<p class=\"lead\">\(InlineText.html(lead))</p>\n" }
    html += contents + "</header>\n<main>\n"
    for (index, section) in sections.enumerated() {
      html += "<section id=\"section-\(index + 1)\">\n<h2>\(InlineText.html(section.title))</h2>\n"
      for (place, block) in section.blocks.primitives().enumerated() {
        html += try block.html(id: "figure-\(index + 1)-\(place + 1)") + "\n"
      }
      html += "</section>\n"
    }
    html += "</main>\n"
    if !footer.isEmpty { html += "<footer><p>\(InlineText.html(footer))</p></footer>\n" }
    return html + "</body>\n</html>\n"
  }

  /// Links to the sections, where there are more than a few.
  private var contents: String {
    guard sections.count > 3 else { return "" }
    let items = sections.enumerated().map { index, section in
      "<li><a href=\"#section-\(index + 1)\">\(InlineText.html(section.title))</a></li>"
    }
    return "<nav aria-labelledby=\"contents\"><h2 id=\"contents\">Contents</h2><ol>"
      + items.joined()
      + "</ol></nav>\n"
  }

  private static let style = """
    :root { color-scheme: light dark; --ink: #1b1f24; --dim: #57606a; --line: #d9dde2;
      --ground: #ffffff; --block: #f5f6f8; --link: #0060a0; }
    @media screen and (prefers-color-scheme: dark) {
      :root { --ink: #e8eaed; --dim: #a5adb7; --line: #333a42; --ground: #15181c;
        --block: #1e2329; --link: #6cb8f0; }
    }
    * { box-sizing: border-box; }
    body { margin: 0 auto; padding: 2.5rem 1.25rem 4rem; max-width: 66rem; color: var(--ink);
      background: var(--ground); line-height: 1.55;
      font-family: "Helvetica Neue", Helvetica, Arial, "Liberation Sans", sans-serif; }
    h1 { font-size: 2rem; line-height: 1.2; margin: 0 0 0.6rem; }
    h2 { font-size: 1.35rem; line-height: 1.3; margin: 3rem 0 0.6rem; padding-top: 1.2rem;
      border-top: 1px solid var(--line); }
    p, ul { max-width: 44rem; margin: 0.7rem 0; }
    .lead { font-size: 1.12rem; color: var(--dim); }
    a { color: var(--link); }
    nav { margin: 1.6rem 0 0; }
    nav h2 { font-size: 1rem; margin: 0 0 0.4rem; padding: 0; border: 0; }
    nav ol { columns: 2 20rem; column-gap: 2rem; padding: 0 0 0 1.6rem; margin: 0; }
    nav li { break-inside: avoid; padding: 0.1rem 0; }
    code, pre { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono",
      monospace; font-size: 0.88em; }
    :not(pre) > code { background: var(--block); padding: 0.1em 0.3em; border-radius: 3px; }
    pre { background: var(--block); padding: 0.8rem 1rem; border-radius: 6px; overflow-x: auto;
      line-height: 1.4; }
    figure { margin: 1.4rem 0; }
    figure svg, figure img { display: block; max-width: 100%; height: auto; }
    .wide { overflow-x: auto; margin-left: -0.8rem; }
    .wide svg { min-width: var(--least); }
    .narrow { display: none; }
    @media (max-width: 42rem) {
      body { padding: 1.5rem 1rem 3rem; }
      h1 { font-size: 1.6rem; }
      .wide:not(.only) { display: none; }
      .narrow { display: block; margin: 0 -0.6rem; }
    }
    figcaption { color: var(--dim); font-size: 0.92rem; max-width: 44rem; margin-top: 0.3rem; }
    .table { overflow-x: auto; margin: 1.2rem 0; }
    .caption, summary { color: var(--dim); max-width: 44rem; margin: 1.2rem 0 0.3rem; }
    summary { cursor: pointer; }
    .caption + .table, details .table { margin-top: 0; }
    table { border-collapse: collapse; font-size: 0.94rem; }
    th, td { padding: 0.32rem 0.9rem; text-align: left; border-bottom: 1px solid var(--line);
      white-space: nowrap; }
    th:first-child, td:first-child { padding-left: 0.2rem; }
    th { border-bottom: 2px solid var(--line); font-weight: 600; vertical-align: bottom;
      white-space: normal; }
    @media (max-width: 42rem) { th, td { padding: 0.3rem 0.5rem; } }
    .number { text-align: right; font-variant-numeric: tabular-nums; }
    footer { margin-top: 3rem; border-top: 1px solid var(--line); color: var(--dim);
      font-size: 0.9rem; }
    """
}
