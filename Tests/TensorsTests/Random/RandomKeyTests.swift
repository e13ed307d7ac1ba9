import Tensors
import Testing

@Suite struct RandomKeyTests {
  /// Random123's known answers for threefry2x32 with 20 rounds (its file kat_vectors), which
  /// `jax.random`'s own tests use too: counter, key, result.
  @Test(
    arguments: [
      (0x0000_0000_0000_0000, (0, 0), (0x6b20_0159, 0x99ba_4efe)),
      (0xffff_ffff_ffff_ffff, (0xffff_ffff, 0xffff_ffff), (0x1cb9_96fc, 0xbb00_2be7)),
      (0x243f_6a88_85a3_08d3, (0x1319_8a2e, 0x0370_7344), (0xc492_3a9c, 0x483d_f7a0)),
    ] as [(UInt64, (UInt32, UInt32), (UInt32, UInt32))])
  func knownAnswers(counter: UInt64, key: (UInt32, UInt32), expected: (UInt32, UInt32)) {
    #expect(RandomKey(words: key).child(counter).words == expected)
  }

  @Test func keysAreThoseOfJAX() throws {
    let cases: [RandomCase] = try RandomFixtures.load("jax_random")
    #expect(cases.count == 5)
    for expected in cases {
      let key = RandomKey(expected.seed)
      #expect(words([key]) == expected.key)
      #expect(words([key.split().0, key.split().1]) == expected.split2)
      #expect(words(key.split(5)) == expected.split5)
      #expect(words([key.fold(in: 0)]) == expected.foldIn0)
      #expect(words([key.fold(in: 7)]) == expected.foldIn7)
    }
    let cases64: [RandomCase64] = try RandomFixtures.load("jax_random_float64")
    #expect(cases64.count == 5)
    for expected in cases64 {
      #expect(words([RandomKey(expected.seed)]) == expected.key)
    }
  }

  @Test func childrenDoNotDependOnTheirNumber() {
    let key = RandomKey(3)
    let many = key.split(1000)
    for count in [1, 2, 7, 16, 33, 999] {
      #expect(key.split(count) == Array(many.prefix(count)))
    }
    for index in [0, 1, 15, 16, 31, 32, 517, 999] {
      #expect(key.child(UInt64(index)) == many[index])
    }
    #expect(Set(many).count == many.count)
    #expect(key.child(1 << 32) != key.child(0))
    #expect(key.split(0).isEmpty)
  }

  @Test func describesItself() {
    #expect(RandomKey(1 << 40 + 5).description == "RandomKey(words: (256, 5))")
  }

  private func words(_ keys: [RandomKey]) -> [UInt32] {
    keys.flatMap { [$0.words.0, $0.words.1] }
  }
}
