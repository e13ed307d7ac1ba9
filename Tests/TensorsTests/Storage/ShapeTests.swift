import Tensors
import Testing

struct ShapeTests {
  @Test func isACollectionOfExtents() {
    var shape: Shape = [2, 3, 4]
    #expect(shape.rank == 3)
    #expect(shape.elementCount == 24)
    #expect(Array(shape) == [2, 3, 4])
    #expect(shape.array == [2, 3, 4])
    #expect(shape[2] == 4)
    shape[1] = 0
    #expect(shape.elementCount == 0)
    shape.append(5)
    #expect(shape == [2, 0, 4, 5])
    #expect(shape.description == "[2, 0, 4, 5]")
    #expect(Shape().elementCount == 1)
    #expect(Shape() == [])
  }

  @Test func equalShapesHashAlike() {
    var reduced: Shape = [1, 2, 3]
    reduced = reduced.removing(2)
    #expect(reduced == [1, 2])
    #expect(Set([reduced, [1, 2]]).count == 1)
    #expect(Shape([1, 2]) != [1, 2, 0])
    #expect(Shape([1, 2]) == Shape([1, 2]))
    #expect(Shape([2, 1]) != Shape([1, 2]))
  }

  @Test func axesComeAndGo() {
    let shape: Shape = [2, 3]
    #expect(shape.inserting(7, at: 0) == [7, 2, 3])
    #expect(shape.inserting(7, at: 2) == [2, 3, 7])
    #expect(shape.removing(0) == [3])
    #expect(shape.replacing(1, with: 9) == [2, 9])
  }
}
