import Tensors
import Testing

/// Traps on shapes name the file and the line of the call, not of this package.
struct CallSiteTests {
  // Inside the macro's closure every line is the macro's own.

  @Test func functionsNameTheirCaller() async {
    let line = #line + 1
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = matmul(Tensor<Float>.zeros([2, 3]), Tensor<Float>.zeros([2, 3]))
    }
    #expect(says(result, "TensorsTests/CallSiteTests.swift:\(line): Fatal error: matmul: shapes"))
  }

  @Test func methodsNameTheirCaller() async {
    let line = #line + 1
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor<Float>.zeros([2, 3]).reshaped([4])
    }
    #expect(says(result, "TensorsTests/CallSiteTests.swift:\(line): Fatal error: reshape: shape"))
  }

  @Test func functionsThatCallOthersPassItOn() async {
    let line = #line + 1
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = stack([Tensor<Float>.zeros([2]), Tensor<Float>.zeros([3])])
    }
    #expect(says(result, "TensorsTests/CallSiteTests.swift:\(line): Fatal error: stack: shapes"))
  }

  @Test func subscriptsNameTheirCaller() async {
    let line = #line + 1
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor<Float>.zeros([2, 3])[..., 5]
    }
    #expect(says(result, "TensorsTests/CallSiteTests.swift:\(line): Fatal error: subscript: entry"))
  }

  @Test func assignmentsNameTheirCaller() async {
    let line = #line + 1
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var x = Tensor<Float>.zeros([2, 3])
      x[0] = Tensor<Float>.zeros([4])
    }
    #expect(says(result, "TensorsTests/CallSiteTests.swift:\(line): Fatal error: subscript: a"))
  }

  @Test func reductionsNameTheirCaller() async {
    let line = #line + 1
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor<Float>.zeros([2, 3]).mean(axis: 2)
    }
    #expect(says(result, "TensorsTests/CallSiteTests.swift:\(line): Fatal error: sum: axis 2"))
  }

  @Test func softmaxNamesItsCaller() async {
    let line = #line + 1
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = softmax(Tensor<Float>.zeros([2, 3]), axis: -3)
    }
    #expect(says(result, "TensorsTests/CallSiteTests.swift:\(line): Fatal error: softmax: axis -3"))
  }

  @Test func rearrangementsNameTheirCaller() async {
    let line = #line + 1
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor<Float>.zeros([2, 3]).split(into: 2, axis: 1)
    }
    #expect(says(result, "TensorsTests/CallSiteTests.swift:\(line): Fatal error: split: axis 1"))
  }

  @Test func takingNamesItsCaller() async {
    let line = #line + 1
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor<Float>.zeros([2, 3]).take([0], axis: 4)
    }
    #expect(says(result, "TensorsTests/CallSiteTests.swift:\(line): Fatal error: take: axis 4"))
  }

  @Test func makingATensorNamesTheCaller() async {
    let line = #line + 1
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor<Float>(shape: [2, 3], scalars: [1])
    }
    #expect(says(result, "TensorsTests/CallSiteTests.swift:\(line): Fatal error: Tensor: shape"))
  }
}
