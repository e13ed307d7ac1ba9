import CKernels
import Tensors
import Testing

/// Blocks that are kept for reuse. They are the process's, so tests that count them or set the limit
/// have a process of their own.
@Suite(
  "Memory kept for tensors",
  .enabled(if: TensorMemory.limit > 0, "with an address sanitizer nothing is kept"))
struct TensorMemoryTests {
  @Test func blocksAreAtMostAQuarterLarger() {
    for bytes in [1, 64, 65_535] { #expect(ck_block_size(bytes) == bytes) }
    #expect(ck_block_size(65_536) == 65_536)
    #expect(ck_block_size(65_537) == 81_920)
    #expect(ck_block_size(64 << 20) == 64 << 20)
    #expect(ck_block_size(64 << 20 + 1) == 64 << 20 + 1)
    var bytes = 65_536
    while bytes < 64 << 20 {
      for request in [bytes - 1, bytes, bytes + 1] where request >= 65_536 {
        let size = ck_block_size(request)
        #expect(size >= request && 4 * (size - request) <= request, "\(request): \(size)")
        #expect(ck_block_size(size) == size)
      }
      bytes += bytes / 7
    }
  }

  @Test func blocksStartAtCacheLines() {
    for bytes in [1, 100, 65_536, 100_000, 5 << 20, 70 << 20] {
      guard let block = ck_take_block(bytes) else {
        Issue.record("no block of \(bytes) bytes")
        continue
      }
      #expect(Int(bitPattern: block) % 64 == 0)
      block.storeBytes(of: 1, toByteOffset: bytes - 1, as: UInt8.self)
      ck_give_block(block, bytes)
    }
  }

  @Test func tensorsReuseWhatOthersLeft() async {
    await #expect(processExitsWith: .success) {
      var x = Tensor<Float>.linspace(0, 1, count: 300_000)
      for _ in 0..<3 { x = x * 0.5 + 1 }
      let before = ck_count_blocks()
      for _ in 0..<1000 { x = x * 0.5 + 1 }
      let after = ck_count_blocks()
      expectOrExit(after.fresh == before.fresh)
      expectOrExit(after.reused == before.reused + 2000)
      // Another size of the same class, of another type.
      let before2 = ck_count_blocks()
      let y = Tensor<Double>.linspace(0, 1, count: 150_100)
      expectOrExit(ck_count_blocks().reused == before2.reused + 1)
      expectOrExit(y.scalars[150_099] == 1 && x.scalars.allSatisfy { $0 >= 1 && $0 <= 2 })
    }
  }

  @Test func theLimitHolds() async {
    await #expect(processExitsWith: .success) {
      expectOrExit(TensorMemory.limit > 0 && TensorMemory.limit <= 256 << 20)
      TensorMemory.limit = 10 << 20
      // Blocks of 1.25 MiB and of all sizes.
      do { _ = (0..<20).map { Tensor<Float>.arange(Float(300_000 + $0)) } }
      expectOrExit(TensorMemory.keptBytes > 8 << 20 && TensorMemory.keptBytes <= 10 << 20)
      for count in stride(from: 10_000, to: 3_000_000, by: 70_001) {
        _ = Tensor<Float>.arange(Float(count))
        expectOrExit(TensorMemory.keptBytes <= 10 << 20)
      }
      // What was used last is what is kept.
      let before = ck_count_blocks()
      _ = Tensor<Float>.arange(2_530_036)
      _ = Tensor<Float>.arange(2_530_036)
      expectOrExit(ck_count_blocks().reused > before.reused)
      TensorMemory.limit = 1 << 20
      expectOrExit(TensorMemory.keptBytes <= 1 << 20)
      // One that is larger than the limit is not kept, and throws nothing out.
      do { _ = Tensor<Float>.arange(20_000) }
      let kept = TensorMemory.keptBytes
      expectOrExit(kept > 0)
      do { _ = Tensor<Float>.arange(1_000_000) }
      expectOrExit(TensorMemory.keptBytes == kept)
      TensorMemory.release()
      expectOrExit(TensorMemory.keptBytes == 0)
      TensorMemory.limit = 0
      do { _ = Tensor<Float>.arange(1_000_000) }
      expectOrExit(TensorMemory.keptBytes == 0)
    }
  }

  @Test func aLongLoopDoesNotGrow() async {
    await #expect(processExitsWith: .success) {
      TensorMemory.limit = 32 << 20
      var source = NumberSource(5)
      // Sizes without a pattern: more classes than the limit has room for.
      for _ in 0..<3000 {
        let count = Int(source.uniform(16_000...2_000_000))
        _ = Tensor<Float>(shape: [count]) { $0.initialize(repeating: 1) }
        expectOrExit(TensorMemory.keptBytes <= 32 << 20)
      }
    }
  }

  @Test func blocksAreFreedOnOtherThreads() async {
    await #expect(processExitsWith: .success) {
      TensorMemory.limit = 64 << 20
      // Each task takes what others made, and drops it.
      let sums = await withTaskGroup(of: Tensor<Double>.self) { group in
        var results: [Double] = []
        func add(_ number: Int) {
          group.addTask { .full([20_000 + 500 * (number % 7)], Double(number)) + 1 }
        }
        for number in 0..<8 { add(number) }
        var next = 8
        for await tensor in group {
          results.append(tensor.min().scalar == tensor.max().scalar ? tensor.max().scalar : .nan)
          if next < 400 { add(next) }
          next += 1
        }
        return results
      }
      expectOrExit(sums.sorted() == (1...400).map { Double($0) })
      expectOrExit(TensorMemory.keptBytes <= 64 << 20)
    }
  }

  @Test func valuesDoNotDependOnIt() async {
    await #expect(processExitsWith: .success) {
      func run() -> [Float] {
        let x = sample([300, 400], seed: 1, as: Float.self)
        let w = sample([400, 200], seed: 2, as: Float.self)
        return gradient(at: w) { w in square(tanh(matmul(x, w)).softmax()).sum() }.scalars
      }
      let first = run()
      let kept = run()
      TensorMemory.limit = 0
      expectOrExit(run() == first && kept == first)
    }
  }
}

/// In a process of its own a failed expectation ends it.
private func expectOrExit(_ condition: Bool, line: Int = #line) {
  if !condition { fatalError("line \(line)") }
}
