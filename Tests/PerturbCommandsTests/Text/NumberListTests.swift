import PerturbCommands
import Testing

struct NumberListTests {
  @Test(arguments: ["1,-2,3.5", "1 -2 3.5", " 1, -2; 3.5 ", "[1, -2, 3.5]", "1e0,-2.0,+3.5"])
  func numbersMayBeSeparatedByCommasOrSpaces(text: String) throws {
    #expect(try NumberList(text).values == [1, -2, 3.5])
  }

  @Test func numbersAfterAListOptionAreJoinedAndOthersStay() {
    func joined(_ arguments: String...) -> [String] {
      joiningNumberLists(arguments, options: ["--theta"])
    }
    #expect(joined("--theta", "-1", "2", "--k", "-3") == ["--theta=-1,2", "--k", "-3"])
    #expect(joined("--theta=-1", "2", "argmax") == ["--theta=-1,2", "argmax"])
    #expect(joined("argmax", "--theta", "x") == ["argmax", "--theta=x"])
    #expect(joined("--theta", "--json") == ["--theta", "--json"])
    #expect(joined("--theta") == ["--theta"])
    #expect(joined("--theta", "") == ["--theta=[]"])
    #expect(joined("--", "--theta", "1") == ["--", "--theta", "1"])
    #expect(joined("--sigma", "-1") == ["--sigma", "-1"])
  }
}

struct NearestNameTests {
  private static let names = ["argmax", "ranking", "sort", "top-k", "or", "and", "shortest-path"]

  @Test(arguments: [
    ("agrmax", "argmax"), ("rank", "ranking"), ("srot", "sort"), ("topk", "top-k"), ("ro", "or"),
    ("ARGMAX", "argmax"), ("path", "shortest-path"),
  ])
  func aSlipFindsTheNameThatWasMeant(slip: String, meant: String) {
    #expect(nearest(to: slip, among: Self.names) == meant)
  }

  @Test func aWordFromElsewhereFindsNone() {
    #expect(nearest(to: "convolution", among: Self.names) == nil)
  }
}
