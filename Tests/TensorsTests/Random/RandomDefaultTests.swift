import Tensors
import Testing

@Suite struct RandomDefaultTests {
  @Test func explicitKeyWins() throws {
    #expect(try RandomKey.resolve(RandomKey(9)) == RandomKey(9))
    try RandomKey.withDefault(RandomKey(1)) { () throws in
      #expect(try RandomKey.resolve(RandomKey(9)) == RandomKey(9))
      // It used none of the default's keys.
      #expect(try RandomKey.resolve(nil) == RandomKey(1).child(0))
    }
  }

  @Test func defaultHandsOutItsChildrenInOrder() throws {
    let keys = try RandomKey.withDefault(RandomKey(4)) {
      try (0..<3).map { _ in try RandomKey.resolve(nil) }
    }
    #expect(keys == RandomKey(4).split(3))
  }

  @Test func innerDefaultHidesTheOuter() throws {
    try RandomKey.withDefault(RandomKey(1)) { () throws in
      #expect(try RandomKey.resolve(nil) == RandomKey(1).child(0))
      try RandomKey.withDefault(RandomKey(2)) { () throws in
        #expect(try RandomKey.resolve(nil) == RandomKey(2).child(0))
      }
      #expect(try RandomKey.resolve(nil) == RandomKey(1).child(1))
    }
  }

  @Test func withoutDefaultItIsAnError() {
    #expect(throws: MissingKey.noDefault) { try RandomKey.resolve(nil) }
    #expect(
      "\(MissingKey.noDefault)"
        == "no key: give `key:`, or run inside RandomKey.withDefault(key) { … }")
    // Nor is one left over from an earlier default.
    RandomKey.withDefault(RandomKey(1)) {}
    #expect(throws: MissingKey.noDefault) { try RandomKey.resolve(nil) }
  }

  /// Samples are evaluated in no fixed order: only a default of their own gives them keys.
  @Test func samplesDoNotShareTheDefaultAroundThem() throws {
    try RandomKey.withDefault(RandomKey(1)) { () throws in
      try TraceContext.evaluating(for: TraceContext.current) { () throws in
        #expect(throws: MissingKey.insideSample) { try RandomKey.resolve(nil) }
        #expect(try RandomKey.resolve(RandomKey(3)) == RandomKey(3))
        try RandomKey.withDefault(RandomKey(2)) { () throws in
          #expect(try RandomKey.resolve(nil) == RandomKey(2).child(0))
        }
      }
      #expect(try RandomKey.resolve(nil) == RandomKey(1).child(0))
    }
  }

  @Test func tasksShareTheDefault() async throws {
    let keys = try await RandomKey.withDefault(RandomKey(6)) {
      try await withThrowingTaskGroup(of: RandomKey.self) { group in
        for _ in 0..<20 { group.addTask { try RandomKey.resolve(nil) } }
        return try await group.reduce(into: Set<RandomKey>()) { $0.insert($1) }
      }
    }
    #expect(keys == Set(RandomKey(6).split(20)))
  }
}
