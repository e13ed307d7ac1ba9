extension String {
  func padded(left width: Int) -> String {
    String(repeating: " ", count: max(0, width - count)) + self
  }

  func padded(right width: Int) -> String {
    self + String(repeating: " ", count: max(0, width - count))
  }
}
