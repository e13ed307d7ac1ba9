import Foundation
import Platform
import Testing

struct ProcessorsTests {
  @Test func thereIsAtLeastOne() {
    #expect(Processors.count >= 1)
    #expect(Processors.count >= ProcessInfo.processInfo.activeProcessorCount)
  }

  @Test func oneThreadCanWorkForEach() {
    #expect(Processors.threads == Processors.count)
  }
}
