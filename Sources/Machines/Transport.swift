/// How processes that share their work reach one another: all of them come to the same calls.
package protocol Transport: Sendable {
  /// Which of them this one is, from 0.
  var rank: Int { get }
  var count: Int { get }

  /// Brings a message of each to rank 0.
  ///
  /// - Returns: The messages by rank, on rank 0; nothing elsewhere.
  func gather(_ message: [UInt8]) throws -> [[UInt8]]

  /// Brings a message of rank 0 to all.
  func broadcast(_ message: [UInt8]) throws -> [UInt8]

  /// Ends this process's part; nothing follows.
  func finish()
}
