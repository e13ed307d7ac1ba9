/// A page of text, tables and figures, as one HTML file that needs nothing else.
///
/// ```swift
/// let page = Page("Gallery", lead: "What perturbing does.") {
///   Section("Argmax") {
///     "Close to the softmax, as `theory` says."
///     Illustration(figure, caption: "Bars are two standard errors.")
///     Table(["class", "value"], rows: [["0", 0.0055]])
///   }
/// }
/// let html = try page.html()
/// ```
public struct Page: Sendable {
  /// The headline.
  public var title: String
  /// A few sentences below the headline, with a paragraph's inline marks.
  public var lead: String
  /// The sections in their order.
  public var sections: [Section]
  /// A line at the end, say how the page was made; with a paragraph's inline marks.
  public var footer: String

  /// A page of sections.
  public init(
    _ title: String, lead: String = "", footer: String = "",
    @SectionBuilder sections: () throws -> [Section]
  ) rethrows {
    self.title = title
    self.lead = lead
    self.footer = footer
    self.sections = try sections()
  }
}

/// A part of a page with a headline of its own.
public struct Section: Sendable {
  /// The headline.
  public var title: String
  /// What the section holds.
  public var blocks: [any Block]

  /// A section of blocks.
  public init(_ title: String, @BlockBuilder blocks: () throws -> [any Block]) rethrows {
    self.title = title
    self.blocks = try blocks()
  }
}

/// Collects the sections of a page; conditions and loops are allowed.
@resultBuilder
public enum SectionBuilder {
  /// One section.
  public static func buildExpression(_ section: Section) -> [Section] { [section] }
  /// Several sections.
  public static func buildExpression(_ sections: [Section]) -> [Section] { sections }
  /// All sections in their order.
  public static func buildBlock(_ parts: [Section]...) -> [Section] { parts.flatMap(\.self) }
  /// The sections of a condition that may not hold.
  public static func buildOptional(_ part: [Section]?) -> [Section] { part ?? [] }
  /// The sections of a condition's first branch.
  public static func buildEither(first part: [Section]) -> [Section] { part }
  /// The sections of a condition's second branch.
  public static func buildEither(second part: [Section]) -> [Section] { part }
  /// The sections of a loop.
  public static func buildArray(_ parts: [[Section]]) -> [Section] { parts.flatMap(\.self) }
}
