/// The time that a pump has been able to use: what passes while its process is stopped or gets no
/// processor, or while the machine sleeps, does not count against workers, which may have had none
/// either.
package struct PumpClock {
  /// How long the pump is to wait at most: what passes beyond that and the same again was not its to
  /// use.
  package let tick: Duration
  /// The time since the clock was made.
  package private(set) var now = Duration.zero
  private var last = SuspendingClock.now

  /// - Parameter timeout: The shortest time that matters.
  package init(timeout: Duration?) { tick = min(.milliseconds(100), (timeout ?? .seconds(1)) / 8) }

  /// Reads the clock.
  ///
  /// - Parameter waited: How long the pump wanted to wait at most.
  package mutating func advance(waited: Duration = .zero) {
    let reading = SuspendingClock.now
    now += min(reading - last, waited + tick)
    last = reading
  }
}
