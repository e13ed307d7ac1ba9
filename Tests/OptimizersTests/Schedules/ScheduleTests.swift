import Optimizers
import Testing

@Suite struct ScheduleTests {
  struct Known: Decodable { let values: [String: [Double]] }

  static let schedules: [(String, Schedule)] = [
    ("step", .step(0.2, factor: 0.3, every: 7)),
    ("steps", .steps(0.2, factor: 0.1, at: [5, 12])),
    ("exponential", .exponential(0.2, factor: 0.9)),
    ("exponential_every_10", .exponential(0.2, factor: 0.5, every: 10)),
    ("polynomial", .polynomial(from: 0.3, to: 0.01, exponent: 2.5, over: 15, after: 4)),
    ("cosine", .cosine(0.2, over: 20, finalFraction: 0.1)),
    ("warmup_cosine", .warmupCosine(from: 0.01, to: 0.2, downTo: 0.002, warmup: 10, total: 40)),
    ("one_cycle", .oneCycle(0.2, over: 40)),
  ]

  @Test(arguments: schedules)
  func `values of PyTorch's and optax's schedules`(name: String, schedule: Schedule) throws {
    let known = try fixture("schedules", as: Known.self).values
    #expect(Set(known.keys) == Set(Self.schedules.map(\.0)))
    let values = try #require(known[name])
    #expect(values.count >= 20)
    for (step, value) in values.enumerated() {
      #expect(abs(schedule(step) - value) <= 1e-7 * value, "step \(step)")
    }
  }

  @Test func `closed forms at their corners`() {
    let constant: Schedule = 0.5
    #expect(constant(0) == 0.5)
    #expect(constant(1_000_000) == 0.5)
    let whole: Schedule = 2
    #expect(whole(3) == 2)
    let cosine = Schedule.cosine(0.2, over: 10)
    #expect(cosine(0) == 0.2)
    #expect(abs(cosine(5) - 0.1) < 1e-16)
    #expect(cosine(10) == 0)
    #expect(cosine(11) == 0)
    let warmup = Schedule.warmup(to: 1, over: 4, then: .step(1, factor: 0.5, every: 2))
    #expect((0..<9).map { warmup($0) } == [0, 0.25, 0.5, 0.75, 1, 1, 0.5, 0.5, 0.25])
    #expect(Schedule.warmup(to: 1, over: 4)(100) == 1)
    let cycle = Schedule.oneCycle(1, over: 10, risingFraction: 0.5, divisor: 10, finalDivisor: 100)
    #expect(abs(cycle(0) - 0.1) < 1e-16)
    #expect(cycle(5) == 1)
    #expect(abs(cycle(10) - 0.001) < 1e-18)
    #expect(Schedule.inverseTime(1, decay: 0.5)(2) == 0.5)
    #expect(Schedule { Double($0 * $0) }(3) == 9)
  }

  @Test func `steps are integers of any type`() {
    let schedule = Schedule.inverseTime(1, decay: 0.5)
    let (small, large, step) = (UInt8(2), UInt64.max, Int32(2))
    #expect(schedule(small) == 0.5)
    #expect(schedule(step) == 0.5)
    #expect(schedule(large) == schedule(Int.max))
  }
}
