import Tensors
import Testing

@Suite struct RandomDefaultTests {
  @Test func explicitKeyWins() {
    RandomKey.withDefault(RandomKey(1)) {
      #expect(RandomKey.resolve(RandomKey(9)) == RandomKey(9))
      // It used none of the default's keys.
      #expect(RandomKey.resolve(nil) == RandomKey(1).child(0))
    }
  }

  @Test func defaultHandsOutItsChildrenInOrder() {
    let keys = RandomKey.withDefault(RandomKey(4)) {
      (0..<3).map { _ in RandomKey.resolve(nil) }
    }
    #expect(keys == RandomKey(4).split(3))
  }

  @Test func innerDefaultHidesTheOuter() {
    RandomKey.withDefault(RandomKey(1)) {
      #expect(RandomKey.resolve(nil) == RandomKey(1).child(0))
      RandomKey.withDefault(RandomKey(2)) {
        #expect(RandomKey.resolve(nil) == RandomKey(2).child(0))
      }
      #expect(RandomKey.resolve(nil) == RandomKey(1).child(1))
    }
  }

  @Test func withoutDefaultItIsSeedZero() {
    #expect(RandomKey.resolve(nil) == RandomKey(0))
    #expect(RandomKey.resolve(nil) == RandomKey(0))
  }

  @Test func tasksShareTheDefault() async {
    let keys = await RandomKey.withDefault(RandomKey(6)) {
      await withTaskGroup(of: RandomKey.self) { group in
        for _ in 0..<20 { group.addTask { RandomKey.resolve(nil) } }
        return await group.reduce(into: Set<RandomKey>()) { $0.insert($1) }
      }
    }
    #expect(keys == Set(RandomKey(6).split(20)))
  }
}
