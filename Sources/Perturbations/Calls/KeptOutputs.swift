internal import Synchronization
internal import Tensors

/// Outputs of all samples, for a pullback that follows: numbers, bits, or the indices of ones; and
/// which samples have none.
final class KeptOutputs<Scalar: TensorFloatingPoint>: @unchecked Sendable {
  private let memory: UnsafeMutableRawPointer
  private let samples: Int
  let width: Int
  let form: OutputForm
  let bytesPerSample: Int
  /// Set once, when the pass that writes the outputs has ended.
  var isComplete = false
  /// Whether the samples were evaluated elsewhere and their outputs are not known here.
  var isLost = false
  private let absent = Mutex<[Place: [Int]]>([:])

  private struct Place: Hashable {
    let row: Int
    let sample: Int
  }

  /// Bytes for one sample.
  static func bytesPerSample(width: Int, _ form: OutputForm) -> Int {
    switch form {
    case .dense, .vote: width * MemoryLayout<Scalar>.size
    case .bits: (width + 7) / 8
    case .index: MemoryLayout<Int32>.size
    }
  }

  init(rows: Int, samples: Int, width: Int, form: OutputForm) {
    self.samples = samples
    self.width = width
    self.form = form
    bytesPerSample = Self.bytesPerSample(width: width, form)
    memory = .allocate(byteCount: Swift.max(rows * samples * bytesPerSample, 1), alignment: 64)
  }

  deinit { memory.deallocate() }

  /// Where the outputs of a sample and of those after it are.
  func pointer(row: Int, sample: Int) -> UnsafeMutableRawPointer {
    memory + (row * samples + sample) * bytesPerSample
  }

  // MARK: Bits

  /// Keeps outputs [count, width] of zeros and ones, from a sample on.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func pack(_ outputs: UnsafePointer<Scalar>, count: Int, row: Int, sample: Int) {
    let bytes = pointer(row: row, sample: sample).assumingMemoryBound(to: UInt8.self)
    for i in 0..<count {
      let (values, target) = (outputs + i * width, bytes + i * bytesPerSample)
      for byte in 0..<bytesPerSample {
        var bits: UInt8 = 0
        for j in 0..<Swift.min(8, width - 8 * byte) where values[8 * byte + j] != 0 {
          bits |= 1 << UInt8(j)
        }
        target[byte] = bits
      }
    }
  }

  /// Writes the outputs that ``pack(_:count:row:sample:)`` kept.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func unpack(row: Int, sample: Int, count: Int, into outputs: UnsafeMutablePointer<Scalar>) {
    let bytes = UnsafePointer(pointer(row: row, sample: sample).assumingMemoryBound(to: UInt8.self))
    for i in 0..<count {
      let (values, source) = (outputs + i * width, bytes + i * bytesPerSample)
      for j in 0..<width { values[j] = source[j >> 3] >> UInt8(j & 7) & 1 == 0 ? 0 : 1 }
    }
  }

  // MARK: Absent samples

  /// Notes the positions without an output in the block that starts at a sample.
  func setAbsent(_ positions: [Int], row: Int, sample: Int) {
    if !positions.isEmpty {
      absent.withLock { $0[Place(row: row, sample: sample)] = positions }
    }
  }

  func absent(row: Int, sample: Int) -> [Int] {
    absent.withLock { $0[Place(row: row, sample: sample)] ?? [] }
  }
}
