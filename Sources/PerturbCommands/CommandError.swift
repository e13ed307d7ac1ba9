/// What a command says before it ends without success: one line that names the value and what was
/// expected.
package struct CommandError: Error, CustomStringConvertible {
  package let description: String

  package init(_ description: String) { self.description = description }

  /// An unknown name, with the nearest of those there are.
  static func unknown(_ kind: String, _ name: String, expected names: [String]) -> CommandError {
    let guess = nearest(to: name, among: names).map { "did you mean '\($0)'? " } ?? ""
    return CommandError(
      "unknown \(kind) '\(name)': \(guess)expected one of \(names.joined(separator: ", "))")
  }
}

/// The name with the fewest edits to `name`, unless none is near.
package func nearest(to name: String, among names: [String]) -> String? {
  // Edits are counted in memory of both lengths.
  guard name.utf8.count <= 256 else { return nil }
  let name = name.lowercased()
  let distances = names.map { (name: $0, edits: editCount(Array(name), Array($0.lowercased()))) }
  guard let best = distances.min(by: { $0.edits < $1.edits }) else { return nil }
  if best.edits <= max(1, best.name.count / 3) { return best.name }
  return name.count < 3 ? nil : names.first { $0.lowercased().contains(name) }
}

/// How many letters to insert, delete, replace or swap with their neighbour to make b of a.
private func editCount(_ a: [Character], _ b: [Character]) -> Int {
  var rows = [Array(0...b.count)]
  for i in a.indices {
    var row = [i + 1]
    for j in b.indices {
      var best = min(
        rows[i][j + 1] + 1, row[j] + 1, rows[i][j] + (a[i] == b[j] ? 0 : 1))
      if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
        best = min(best, rows[i - 1][j - 1] + 1)
      }
      row.append(best)
    }
    rows.append(row)
  }
  return rows[a.count][b.count]
}
