import Foundation
import Programs
import Testing

struct PumpClockTests {
  @Test func timeThatAPumpWaitsCounts() {
    var clock = PumpClock(timeout: nil)
    usleep(20_000)
    clock.advance(waited: .milliseconds(20))
    #expect(clock.now >= .milliseconds(20))
  }

  /// What passes while the process is stopped looks like this.
  @Test func timeThatItDidNotHaveCountsForATickOnly() {
    var clock = PumpClock(timeout: .milliseconds(80))
    #expect(clock.tick == .milliseconds(10))
    usleep(100_000)
    clock.advance(waited: .milliseconds(5))
    #expect(clock.now == .milliseconds(15))
    #expect(PumpClock(timeout: .seconds(1000)).tick == .milliseconds(100))
  }
}
