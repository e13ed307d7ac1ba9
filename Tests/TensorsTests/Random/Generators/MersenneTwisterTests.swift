import Tensors
import Testing

@Suite struct MersenneTwisterTests {
  @Test func wordsAreThePublishedOnes() throws {
    let expected = try GeneratorFixture().numbers("mt19937 seed 5489").map { UInt32($0) }
    var bits = MersenneTwister(seed: 5489)
    #expect(expected.map { _ in bits.nextWord() } == expected)
    // mt19937ar.out and the C++ standard, [rand.predef]: the 10,000th number.
    for _ in expected.count..<9_999 { _ = bits.nextWord() }
    #expect(bits.nextWord() == 4_123_659_995)
  }

  @Test func aStateGoesOn() {
    var bits = MersenneTwister(seed: 7)
    for _ in 0..<700 { _ = bits.nextWord() }
    var copy = MersenneTwister(words: bits.words, position: bits.position)
    #expect(copy == bits)
    for _ in 0..<1_300 { #expect(copy.nextWord() == bits.nextWord()) }
  }

  @Test func sixtyFourBitsAreTwoWords() {
    var (bits, words) = (MersenneTwister(seed: 3), MersenneTwister(seed: 3))
    let (high, low) = (words.nextWord(), words.nextWord())
    #expect(bits.next() == UInt64(high) << 32 | UInt64(low))
    // As a generator of the standard library.
    #expect(Int.random(in: 0..<10, using: &bits) < 10)
  }
}
