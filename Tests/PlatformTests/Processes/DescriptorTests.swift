import Foundation
import Platform
import Testing

struct DescriptorTests {
  private let ends: (reading: Descriptor, writing: Descriptor)

  init() throws { ends = try Descriptor.pipe() }

  private func read(_ count: Int) -> (Descriptor.Transfer, [UInt8]) {
    var bytes = [UInt8](repeating: 0, count: count)
    let transfer = bytes.withUnsafeMutableBytes { ends.reading.read(into: $0) }
    return (transfer, bytes)
  }

  @Test func bytesGoThroughAPipe() throws {
    ends.writing.writeByte(7)
    try ends.writing.writeAll([8, 9])
    #expect(read(2) == (.count(2), [7, 8]))
    ends.writing.close()
    #expect(read(2) == (.count(1), [9, 0]))
    #expect(read(2).0 == .ended)
    ends.reading.close()
  }

  @Test func nonblockingEndsDoNotWait() throws {
    ends.reading.makeNonblocking()
    ends.writing.makeNonblocking()
    #expect(read(1).0 == .wouldBlock)
    let block = [UInt8](repeating: 1, count: 1 << 16)
    var last = Descriptor.Transfer.count(0)
    while case .count = last { last = block.withUnsafeBytes { ends.writing.write($0) } }
    #expect(last == .wouldBlock)
    ends.reading.close()
    ends.writing.close()
  }

  @Test func pollTellsWhatIsReady() throws {
    var poll = Poll()
    poll.add(ends.reading, .reading)
    poll.add(ends.writing, .writing)
    poll.wait(milliseconds: 0)
    #expect(!poll.isReady(0) && poll.isReady(1))
    ends.writing.writeByte(1)
    poll.wait(milliseconds: nil)
    #expect(poll.isReady(0) && !poll.isAbandoned(0))
    ends.writing.close()
    var rest = Poll()
    rest.add(ends.reading, [])
    rest.wait(milliseconds: nil)
    #expect(rest.isAbandoned(0))
    ends.reading.close()
  }

  /// A process that somebody else starts has neither end.
  @Test func endsAreNotInherited() throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    let numbers = "\(ends.reading.number) \(ends.writing.number)"
    process.arguments = ["-c", "for n in \(numbers); do [ ! -e /dev/fd/$n ] || exit 1; done"]
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    ends.reading.close()
    ends.writing.close()
  }

  @Test func descriptorsAreBelowTheirLimit() {
    #expect(ends.reading.number < Descriptor.limit && ends.writing.number < Descriptor.limit)
    ends.reading.close()
    ends.writing.close()
  }
}
