import Testing

/// Whether a process that was expected to stop said so.
func says(_ result: ExitTest.Result?, _ message: String) -> Bool {
  guard let result else { return false }
  return String(decoding: result.standardErrorContent, as: UTF8.self).contains(message)
}
