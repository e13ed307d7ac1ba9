/// The shortest decimal text that reads back as the number, without a fraction of zero: 0.1, 2, 1e-07.
package func shortestText(_ value: some BinaryFloatingPoint & CustomStringConvertible) -> String {
  let text = value.description
  return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
}
