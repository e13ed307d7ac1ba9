#if MPI
  internal import CMPI
  internal import Platform
  internal import Synchronization

  /// Ranks that `mpirun` has started.
  ///
  /// Each tells rank 0, and rank 0 tells each, a few times in the time of its patience that it is there,
  /// whatever else it does. One that is not heard of for longer ends all of them.
  final class MPITransport: Transport {
    let rank: Int
    let count: Int
    /// How long nothing may be heard of another rank that is waited for.
    private let patience: Duration
    /// MPI is called by one thread at a time.
    private let calls = Mutex(Calls())
    private let isOver = Atomic(false)
    private let silence: Mutex<[Duration]>

    /// Signs of life that are under way, by rank.
    private struct Calls: @unchecked Sendable {
      var sent: [Int: cmpi_request] = [:]
      var awaited: [Int: cmpi_request] = [:]
      let byte: UnsafeMutableRawPointer = .allocate(byteCount: 1, alignment: 1)
    }

    private enum Tag: Int32 {
      case size = 1
      case body, life
    }

    /// The rank's place among those that were started together; nil where MPI cannot be used.
    init?(patience: Duration) {
      guard cmpi_start() != 0 else { return nil }
      rank = Int(cmpi_rank())
      count = Int(cmpi_count())
      self.patience = patience
      silence = Mutex([Duration](repeating: .zero, count: Int(cmpi_count())))
      let pause = min(patience / 10, .milliseconds(500))
      _ = Thread.start { [self] in
        var last = ContinuousClock.now
        while !isOver.load(ordering: .acquiring) {
          tellOfLife()
          hear()
          // In steps, so that a machine that slept is not taken for a rank that is gone.
          let now = ContinuousClock.now
          check(after: min(now - last, pause * 2))
          last = now
          ThisProcess.sleep(pause)
        }
      }
    }

    /// Those whose signs of life matter.
    private var others: Range<Int> { rank == 0 ? 1..<count : 0..<1 }

    private func tellOfLife() {
      calls.withLock { calls in
        if isOver.load(ordering: .acquiring) { return }
        for other in others {
          // One is enough on the way.
          if var request = calls.sent[other], cmpi_test(&request) == 0 { continue }
          var request = cmpi_request()
          if cmpi_send(calls.byte, 1, Int32(other), Tag.life.rawValue, &request) != 0 {
            calls.sent[other] = request
          }
        }
      }
    }

    private func hear() {
      let heard = calls.withLock { calls in
        var heard: [Int] = []
        if isOver.load(ordering: .acquiring) { return heard }
        for other in others {
          if var request = calls.awaited[other] {
            switch cmpi_test(&request) {
            case 0:
              calls.awaited[other] = request
              continue
            case 1: heard.append(other)
            default: break
            }
          }
          var request = cmpi_request()
          if cmpi_receive(calls.byte, 1, Int32(other), Tag.life.rawValue, &request) != 0 {
            calls.awaited[other] = request
          }
        }
        return heard
      }
      silence.withLock { silence in for other in heard { silence[other] = .zero } }
    }

    // MARK: Messages

    func gather(_ message: [UInt8]) throws -> [[UInt8]] {
      guard rank == 0 else {
        var size = message.count
        try withUnsafeMutableBytes(of: &size) { try send($0, .size) }
        var message = message
        try message.withUnsafeMutableBytes { try send($0, .body) }
        return []
      }
      var messages = [[UInt8]](repeating: [], count: count)
      messages[0] = message
      var sizes = [Int](repeating: 0, count: count)
      try sizes.withUnsafeMutableBytes { sizes in
        try receive(Array(1..<count), .size) { rank in
          .init(rebasing: sizes[rank * 8..<(rank + 1) * 8])
        }
      }
      // In memory that stays where it is until all has come.
      let memory = sizes.map { UnsafeMutableRawBufferPointer.allocate(byteCount: $0, alignment: 8) }
      defer { for part in memory { part.deallocate() } }
      try receive(Array(1..<count), .body) { memory[$0] }
      for rank in 1..<count { messages[rank] = Array(memory[rank]) }
      return messages
    }

    func broadcast(_ message: [UInt8]) throws -> [UInt8] {
      var size = message.count
      try withUnsafeMutableBytes(of: &size) { try broadcast($0) }
      var message = rank == 0 ? message : [UInt8](repeating: 0, count: size)
      try message.withUnsafeMutableBytes { try broadcast($0) }
      return message
    }

    /// The most bytes that go at once: MPI counts in 32 bits.
    private static let most = 1 << 30

    private func pieces(_ bytes: UnsafeMutableRawBufferPointer) -> [UnsafeMutableRawBufferPointer] {
      stride(from: 0, to: bytes.count, by: Self.most).map {
        .init(rebasing: bytes[$0..<min($0 + Self.most, bytes.count)])
      }
    }

    private func send(_ bytes: UnsafeMutableRawBufferPointer, _ tag: Tag) throws {
      for piece in pieces(bytes) {
        try wait(1) { _, request in
          cmpi_send(piece.baseAddress, Int32(piece.count), 0, tag.rawValue, &request)
        }
      }
    }

    private func receive(
      _ ranks: [Int], _ tag: Tag, _ memory: (Int) -> UnsafeMutableRawBufferPointer
    ) throws {
      let parts = ranks.map { (rank: $0, pieces: pieces(memory($0))) }
      for place in 0..<(parts.map(\.pieces.count).max() ?? 0) {
        let left = parts.filter { place < $0.pieces.count }
        try wait(left.count) { position, request in
          let (rank, piece) = (left[position].rank, left[position].pieces[place])
          return cmpi_receive(
            piece.baseAddress, Int32(piece.count), Int32(rank), tag.rawValue, &request)
        }
      }
    }

    private func broadcast(_ bytes: UnsafeMutableRawBufferPointer) throws {
      for piece in pieces(bytes) {
        try wait(1) { _, request in
          cmpi_broadcast(piece.baseAddress, Int32(piece.count), &request)
        }
      }
    }

    /// Begins so many things, and waits until all are done.
    private func wait(_ count: Int, _ begin: (Int, inout cmpi_request) -> Int32) throws {
      var open: [cmpi_request] = []
      try calls.withLock { _ in
        for position in 0..<count {
          var request = cmpi_request()
          guard begin(position, &request) != 0 else { throw Self.failure }
          open.append(request)
        }
      }
      var turns = 0
      while true {
        let isBroken = calls.withLock { _ in
          var isBroken = false
          for place in open.indices.reversed() {
            let state = cmpi_test(&open[place])
            if state < 0 { isBroken = true }
            if state != 0 { open.remove(at: place) }
          }
          return isBroken
        }
        if isBroken { throw Self.failure }
        if open.isEmpty { return }
        turns += 1
        if turns < 200 { continue }
        ThisProcess.sleep(turns < 1000 ? .microseconds(20) : .microseconds(200))
      }
    }

    private static let failure = MachinesError.unusable("a message could not be sent or received")

    /// Ends all where one that matters gives no sign of life any more; one rank says so.
    private func check(after step: Duration) {
      let silent = silence.withLock { silence in
        for other in others { silence[other] += step }
        return others.first { silence[$0] > (rank > 1 ? patience * 2 : patience) }
      }
      guard let silent, !isOver.load(ordering: .acquiring) else { return }
      if rank <= 1 {
        let seconds = patience.components.seconds
        let text =
          "perturb: rank \(silent) of \(count) has not been heard of for \(seconds) s: all ranks end\n"
        try? Descriptor(2).writeAll(text.utf8)
      }
      calls.withLock { _ in
        if !isOver.load(ordering: .acquiring) { cmpi_abort(1) }
      }
      ThisProcess.leave(1)
    }

    func finish() {
      calls.withLock { calls in
        isOver.store(true, ordering: .releasing)
        for var request in calls.awaited.values { cmpi_cancel(&request) }
        cmpi_end()
      }
    }
  }
#endif
