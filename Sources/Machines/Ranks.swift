package import Perturbations
internal import Synchronization

/// Processes that run one program and share the samples of its estimates.
///
/// Every rank computes its share of the blocks of each pass. The partial sums go to rank 0, which puts
/// them together in their tree and sends what comes out to all, so that every rank has the same bits and
/// goes the same way. What is no sum of samples rank 0 finds for all.
package final class Ranks: Sharing {
  let transport: any Transport
  /// Whether all have been told that one has failed: nobody listens any more.
  private let failure = Mutex(false)
  /// One step after the other.
  let turn = Mutex(())

  package init(_ transport: any Transport) { self.transport = transport }

  package var rank: Int { transport.rank }
  package var count: Int { transport.count }
  package var isFirst: Bool { rank == 0 }
  package var hasFailed: Bool { failure.withLock { $0 } }

  package func run<P: Pass>(
    _ pass: P, blocks: Range<Int>, on threads: Threads
  ) throws -> PassPart {
    let share = Share(rank, of: count)
    let units = share.units(segments: pass.segments, blocks: blocks)
    let word =
      pass.fingerprint.word ^ UInt64(truncatingIfNeeded: blocks.lowerBound &* 31 &+ blocks.count)
    let whole = try exchange(.pass, word) {
      try threads.run(pass, units).encoded()
    } combine: { bodies in
      var whole = PassPart(segments: pass.segments)
      for body in bodies { try whole.merge(PassPart(decoding: body, layout: pass.layout)) }
      return whole.encoded()
    }
    return try PassPart(decoding: whole, layout: pass.layout)
  }

  package func single(_ numbers: () throws -> [Double]) throws -> [Double] {
    let bytes = try exchange(.single, 0) {
      rank == 0 ? try numbers().flatMap { Message.bytes($0.bitPattern) } : []
    } combine: {
      $0[0]
    }
    return stride(from: 0, to: bytes.count - 7, by: 8).map {
      Double(bitPattern: Message.word(bytes, $0))
    }
  }

  package func total(_ number: Int) throws -> Int {
    let bytes = try exchange(.total, 0) {
      Message.bytes(UInt64(bitPattern: Int64(number)))
    } combine: { bodies in
      var sum: UInt64 = 0
      for body in bodies where body.count == 8 { sum &+= Message.word(body, 0) }
      return Message.bytes(sum)
    }
    return bytes.count == 8 ? Int(Int64(bitPattern: Message.word(bytes, 0))) : 0
  }

  /// Waits until all have come to where something is written.
  ///
  /// - Throws: Where one of them has failed.
  package func waitForAll() throws {
    _ = try exchange(.output, 0) {
      []
    } combine: { _ in
      []
    }
  }

  /// Tells the others that this rank is done, and waits for them.
  ///
  /// - Parameter error: Why it failed; nil where it did not.
  /// - Throws: The error of the first rank that failed, unless it was known already.
  package func end(_ error: (any Error)? = nil) throws {
    defer { transport.finish() }
    if hasFailed { return }
    _ = try exchange(.end, 0) {
      if let error { throw error }
      return []
    } combine: { _ in
      []
    }
  }

  /// One step: each rank's part is made, rank 0 makes the whole of them, and all have it.
  private func exchange(
    _ step: Message.Step, _ word: UInt64, part: () throws -> [UInt8],
    combine: ([[UInt8]]) throws -> [UInt8]
  ) throws -> [UInt8] {
    try turn.withLock { _ in
      var own: (any Error)?
      var message = Message(step, word, [])
      do { message.body = try part() } catch {
        own = error
        message = Message(step, word, failed: rank, Array("\(error)".utf8))
      }
      let messages = try transport.gather(message.bytes)
      if rank == 0 {
        message = reply(step, word, messages, combine, &own)
      }
      let bytes = try transport.broadcast(rank == 0 ? message.bytes : [])
      guard let whole = Message(bytes) else {
        throw MachinesError.unusable("a message of rank 0 is cut off")
      }
      guard let failed = whole.failed else { return whole.body }
      failure.withLock { $0 = true }
      if let own { throw own }
      throw MachinesError.rankFailed(
        failed, of: count, String(decoding: whole.body, as: UTF8.self))
    }
  }

  /// What rank 0 tells all.
  private func reply(
    _ step: Message.Step, _ word: UInt64, _ messages: [[UInt8]],
    _ combine: ([[UInt8]]) throws -> [UInt8], _ own: inout (any Error)?
  ) -> Message {
    let found = messages.map { Message($0) }
    for case let message? in found where message.failed != nil { return message }
    for (rank, message) in found.enumerated() {
      guard let message, message.step == step, message.word == word else {
        let error = MachinesError.outOfStep(rank, of: count)
        own = own ?? error
        return Message(step, word, failed: rank, Array("is at another step than rank 0".utf8))
      }
    }
    do {
      return Message(step, word, try combine(found.map { $0?.body ?? [] }))
    } catch {
      own = error
      return Message(step, word, failed: 0, Array("\(error)".utf8))
    }
  }
}
