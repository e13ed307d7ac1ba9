import Optimizers
import Testing

struct BoundsTests {
  @Test(arguments: [
    (0.25, 0.25), (1.25, 0.75), (-0.25, 0.25), (2.25, 0.25), (-1.75, 0.25), (1e9 + 0.25, 0.25),
  ])
  func whatLiesOutsideIsReflectedUntilItIsInside(x: Double, expected: Double) {
    #expect(Bounds.mirrored(x, 0, 1) == expected)
    #expect(Bounds.mirrored(x + 2, 2, 3) == expected + 2)
  }

  @Test func oneBoundReflectsOnce() {
    #expect(Bounds.mirrored(3, -.infinity, 1) == -1)
    #expect(Bounds.mirrored(-3, 1, .infinity) == 5)
    #expect(Bounds.mirrored(-3, -.infinity, .infinity) == -3)
  }
}
