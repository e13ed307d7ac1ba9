/// A part of a page: text, a table, a figure.
///
/// The library's blocks (``Paragraph``, ``Table``, ``Illustration`` …) write themselves. A block of
/// your own puts some of them together in its ``body``.
public protocol Block: Sendable {
  /// The blocks that this one is made of.
  @BlockBuilder var body: [any Block] { get }
}

/// Collects the blocks of a section: blocks, figures, and strings for paragraphs; conditions and
/// loops are allowed.
@resultBuilder
public enum BlockBuilder {
  /// One block.
  public static func buildExpression(_ block: any Block) -> [any Block] { [block] }
  /// Several blocks.
  public static func buildExpression(_ blocks: [any Block]) -> [any Block] { blocks }
  /// A paragraph.
  public static func buildExpression(_ text: String) -> [any Block] { [Paragraph(text)] }
  /// A figure without a caption.
  public static func buildExpression(_ figure: Figure) -> [any Block] { [Illustration(figure)] }
  /// All blocks in their order.
  public static func buildBlock(_ parts: [any Block]...) -> [any Block] { parts.flatMap(\.self) }
  /// The blocks of a condition that may not hold.
  public static func buildOptional(_ part: [any Block]?) -> [any Block] { part ?? [] }
  /// The blocks of a condition's first branch.
  public static func buildEither(first part: [any Block]) -> [any Block] { part }
  /// The blocks of a condition's second branch.
  public static func buildEither(second part: [any Block]) -> [any Block] { part }
  /// The blocks of a loop.
  public static func buildArray(_ parts: [[any Block]]) -> [any Block] { parts.flatMap(\.self) }
}

/// A block that writes itself.
protocol PrimitiveBlock: Block {
  /// The block as HTML; `id` is free for the block's own use and different for each block of a
  /// page.
  func html(id: String) throws(FigureError) -> String
}

extension PrimitiveBlock {
  /// Nothing further: the library writes this block itself.
  public var body: [any Block] { [] }
}

extension [any Block] {
  /// All primitives, in order. A block that contains itself is cut off at a depth of 64.
  func primitives(depth: Int = 0) -> [any PrimitiveBlock] {
    flatMap { block -> [any PrimitiveBlock] in
      if let primitive = block as? any PrimitiveBlock { return [primitive] }
      return depth < 64 ? block.body.primitives(depth: depth + 1) : []
    }
  }
}

/// Text. `Backquotes` set code, **two asterisks** set strong text, and [text](address) sets a link.
public struct Paragraph: PrimitiveBlock {
  private let text: String

  /// A paragraph of text.
  public init(_ text: String) { self.text = text }

  func html(id: String) -> String { "<p>\(InlineText.html(text))</p>" }
}

/// Points in a list, each with a paragraph's inline marks.
public struct Bullets: PrimitiveBlock {
  private let items: [String]

  /// A list of points.
  public init(_ items: [String]) { self.items = items }

  func html(id: String) -> String {
    "<ul>" + items.map { "<li>\(InlineText.html($0))</li>" }.joined() + "</ul>"
  }
}

/// Lines as they are, in a font of fixed width: output of programs, code.
public struct Monospaced: PrimitiveBlock {
  private let text: String
  private let language: String
  private let summary: String

  /// Text whose spaces and line breaks are kept.
  ///
  /// The language of a program, such as `swift`, is noted in the page for tools that look for it. Where
  /// there is a summary, the text is folded behind it.
  public init(_ text: String, language: String = "", summary: String = "") {
    self.text = text
    self.language = language
    self.summary = summary
  }

  func html(id: String) -> String {
    let kind = language.isEmpty ? "" : " class=\"language-\(escapedMarkup(language))\""
    let lines = "<pre tabindex=\"0\"><code\(kind)>\(escapedMarkup(text))</code></pre>"
    guard !summary.isEmpty else { return lines }
    return "<details><summary>\(InlineText.html(summary))</summary>\n\(lines)\n</details>"
  }
}

/// A figure with its caption, inside the page.
public struct Illustration: PrimitiveBlock {
  private let figure: Figure
  private let caption: String

  /// A figure; the caption takes a paragraph's inline marks.
  public init(_ figure: Figure, caption: String = "") {
    self.figure = figure
    self.caption = caption
  }

  /// The picture twice, of which the page's style shows one: as it is, and, for narrow windows, laid
  /// out anew with its panels below each other. As it is, it scrolls rather than shrink below four
  /// fifths, a map of many names below nine tenths.
  func html(id: String) throws(FigureError) -> String {
    let narrow = try figure.narrow()
    let smallest = (figure.width * (narrow == nil ? 0.9 : 0.8)).rounded()
    var content = "<div class=\"wide\(narrow == nil ? " only" : "")\" tabindex=\"0\""
    content += " style=\"--least:\(NumberText.coordinate(smallest))px\">\n"
    content += try figure.svg(id: id) + "</div>\n"
    if let narrow {
      content += "<div class=\"narrow\">\n\(try narrow.svg(id: id + "-narrow"))</div>\n"
    }
    return figureElement(content, caption)
  }
}

/// A picture in a file beside the page.
public struct LinkedImage: PrimitiveBlock {
  private let path: String
  private let alternative: String
  private let caption: String

  /// The picture at a path relative to the page; the alternative is read to those who can't see it.
  public init(_ path: String, alternative: String, caption: String = "") {
    self.path = path
    self.alternative = alternative
    self.caption = caption
  }

  func html(id: String) -> String {
    let (source, text) = (escapedMarkup(path), escapedMarkup(alternative))
    return figureElement("<img src=\"\(source)\" alt=\"\(text)\" loading=\"lazy\"/>\n", caption)
  }
}

private func figureElement(_ content: String, _ caption: String) -> String {
  let text = caption.isEmpty ? "" : "<figcaption>\(InlineText.html(caption))</figcaption>\n"
  return "<figure>\n\(content)\(text)</figure>"
}
