import Foundation
import Platform
import Testing

struct ThisProcessTests {
  @Test func itsNumberIsTheSystems() {
    #expect(ThisProcess.number == Int(ProcessInfo.processInfo.processIdentifier))
  }

  @Test func aThreadsTimeGrowsWithItsWork() {
    let start = ThisProcess.threadProcessorSeconds
    var value = 1.0
    while ThisProcess.threadProcessorSeconds == start { value = Elementary.sin(value) }
    #expect(ThisProcess.threadProcessorSeconds > start)
    #expect(value.isFinite)
  }

  @Test func aPipeIsNoTerminal() throws {
    let ends = try Descriptor.pipe()
    #expect(!ThisProcess.isTerminal(ends.writing.number))
    #expect(ThisProcess.terminalColumns(ends.writing.number) == nil)
    ends.reading.close()
    ends.writing.close()
  }

  @Test func addressSpaceHasAnEnd() {
    #expect(ThisProcess.hasAddressSpace(1 << 20))
    #expect(!ThisProcess.hasAddressSpace(1 << 60))
  }
}
