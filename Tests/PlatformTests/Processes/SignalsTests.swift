import Foundation
import Platform
import Testing

@Suite(.serialized) struct SignalsTests {
  /// The handlers that are no functions are small numbers: 0 for the default, 1 for none.
  @Test(arguments: [false, true])
  func aSignalThatIsIgnoredStaysIgnored(isIgnored: Bool) {
    let number = SIGUSR2
    signal(number, isIgnored ? SIG_IGN : SIG_DFL)
    Signals.handle(number) { _ in }
    let handler = unsafeBitCast(signal(number, SIG_DFL), to: Int.self)
    #expect(isIgnored ? handler == 1 : handler > 1)
  }
}
