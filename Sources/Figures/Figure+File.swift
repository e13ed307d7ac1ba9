internal import Platform

extension Figure {
  /// Writes the figure to a file as SVG.
  ///
  /// Whoever reads the file finds the old picture or the new one, never half of it; where the figure
  /// can't be drawn, nothing is written.
  ///
  /// - Parameter path: The file, replaced where it is there; its folder must be there.
  /// - Throws: ``FigureError``: what ``svg(id:)`` throws, and `notWritable`.
  public func write(to path: String) throws(FigureError) {
    try writeText(try svg(), to: path)
  }
}

extension Page {
  /// Writes the page to a file as HTML, all at once as ``Figure/write(to:)`` does.
  ///
  /// - Parameter path: The file, replaced where it is there; its folder must be there.
  /// - Throws: ``FigureError``: what ``html()`` throws, and `notWritable`.
  public func write(to path: String) throws(FigureError) {
    try writeText(try html(), to: path)
  }
}

private func writeText(_ text: String, to path: String) throws(FigureError) {
  do throws(SystemFailure) {
    try Files.write(text.utf8, to: path)
  } catch {
    throw .notWritable(path: path, reason: error.reason)
  }
}
