internal import CAllocationCounter

#if canImport(Darwin)
  private import Darwin
#elseif canImport(Glibc)
  private import Glibc
#endif

/// Gives a reader many inputs that were made from valid ones.
///
/// ```swift
/// try Fuzzer("JSON", corpus: ["[1, 2]"]).run { bytes in … }
/// ```
///
/// The inputs of a reader are the same in each run: 400 of them, or as many as the environment's
/// `PERTURBATIONS_FUZZ` says; `PERTURBATIONS_FUZZ_SEED` makes others. While an input is read it lies in
/// ``inputFile``, and stays there where it ends the process; `PERTURBATIONS_FUZZ_INPUT` names a file that
/// is then read alone.
package struct Fuzzer {
  /// An input that was not read as it has to be.
  package struct Failure: Error, CustomStringConvertible {
    package let description: String

    package init(_ description: String) { self.description = description }
  }

  private let reader: String
  private let corpus: [[UInt8]]
  private let words: [String]
  private let bytesPerByte: Int
  private let isBinary: Bool

  /// - Parameters:
  ///   - reader: The reader's name, from which the seed of its inputs follows.
  ///   - corpus: Valid inputs.
  ///   - words: What inputs are made of.
  ///   - bytesPerByte: How much memory a byte of the input may take.
  ///   - isBinary: Whether inputs are numbers of 8 bytes and not text.
  package init(
    _ reader: String, corpus: [[UInt8]], words: [String] = [], bytesPerByte: Int = 100,
    isBinary: Bool = false
  ) {
    self.reader = reader
    self.corpus = corpus
    self.words = words
    self.bytesPerByte = bytesPerByte
    self.isBinary = isBinary
  }

  package init(
    _ reader: String, corpus: [String], words: [String] = [], bytesPerByte: Int = 100
  ) {
    self.init(
      reader, corpus: corpus.map { Array($0.utf8) }, words: words, bytesPerByte: bytesPerByte)
  }

  /// Whether memory is counted: with glibc and without sanitizers.
  package static var canCountMemory: Bool { allocation_counter_works() != 0 }

  /// How many inputs each reader is given.
  package static var inputs: Int { environment("PERTURBATIONS_FUZZ").flatMap(Int.init) ?? 400 }

  /// Where the input is that is read at the moment.
  package var inputFile: String {
    "\(Self.environment("TMPDIR") ?? "/tmp")/perturbations-fuzz-\(getpid())-\(reader)"
  }

  private static func environment(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }
  }

  /// Gives the reader its inputs, the valid ones first.
  ///
  /// - Parameters:
  ///   - count: How many.
  ///   - read: Reads an input. It returns where the input is refused as it should be, and throws where
  ///     what was read breaks a promise.
  /// - Throws: ``Failure`` that names the number of the first input that breaks a promise, takes more
  ///   memory than `bytesPerByte` says and 1 MiB, or takes more than 5 µs a byte and 2 s of the
  ///   processor's time; the input is then in ``inputFile``.
  package func run(count: Int = inputs, _ read: ([UInt8]) throws -> Void) throws {
    if let path = Self.environment("PERTURBATIONS_FUZZ_INPUT") {
      return try check(Self.content(path), "of \(path)", read)
    }
    let file = open(inputFile, O_RDWR | O_CREAT | O_TRUNC, 0o600)
    defer { close(file) }
    let seed = Self.environment("PERTURBATIONS_FUZZ_SEED").flatMap { UInt64($0) } ?? 1
    let start = reader.utf8.reduce(seed &* 0x9E37_79B9_7F4A_7C15) {
      ($0 ^ UInt64($1)) &* 0x100_0000_01B3
    }
    for number in 0..<max(count, corpus.count) {
      let input: [UInt8]
      if number < corpus.count {
        input = corpus[number]
      } else {
        // The seeds of neighbours are far apart: their streams don't overlap.
        var mix = SplitMix64(state: start &+ UInt64(number))
        var mutator = Mutator(corpus: corpus, words: words, isBinary: isBinary, seed: mix.next())
        input = mutator.next()
      }
      _ = ftruncate(file, 0)
      _ = input.withUnsafeBytes { pwrite(file, $0.baseAddress, $0.count, 0) }
      try check(input, "\(number), in \(inputFile),", read)
    }
    unlink(inputFile)
  }

  private static func content(_ path: String) -> [UInt8] {
    let file = open(path, O_RDONLY)
    defer { close(file) }
    var bytes: [UInt8] = []
    var part = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = part.withUnsafeMutableBytes { cRead(file, $0) }
      if count <= 0 { return bytes }
      bytes += part[..<count]
    }
  }

  private func check(
    _ input: [UInt8], _ place: String, _ read: ([UInt8]) throws -> Void
  ) throws {
    let start = Self.processorSeconds
    allocation_counter_start()
    let outcome = Result { try read(input) }
    let peak = allocation_counter_stop().peak
    let seconds = Self.processorSeconds - start
    let problem: String
    if case .failure(let error) = outcome {
      problem = "\(error)"
    } else if peak > bytesPerByte * input.count + 1 << 20 {
      problem = "it takes \(peak) bytes"
    } else if seconds > 5e-6 * Double(input.count) + 2 {
      problem = "it takes \(seconds) s"
    } else {
      return
    }
    throw Failure("\(reader): input \(place) of \(input.count) bytes: \(problem)")
  }

  /// Of this thread.
  private static var processorSeconds: Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + 1e-9 * Double(time.tv_nsec)
  }

  // MARK: Growth

  /// Gives the reader a piece of input many times in a row, and sixteen times as many.
  ///
  /// - Parameters:
  ///   - pieces: What is repeated, between two texts.
  ///   - read: Reads an input; what it throws means nothing.
  /// - Throws: ``Failure`` where sixteen times the input takes more than 80 times the processor's time:
  ///   where time grows as the square, it is 256.
  package func checkGrowth(
    of pieces: [(before: String, piece: String, after: String)],
    _ read: ([UInt8]) throws -> Void
  ) throws {
    for (before, piece, after) in pieces {
      func seconds(_ size: Int) -> Double {
        let times = size / max(piece.utf8.count, 1)
        let input = Array((before + String(repeating: piece, count: times) + after).utf8)
        return (0..<3).map { _ in
          let start = Self.processorSeconds
          try? read(input)
          return Self.processorSeconds - start
        }.min() ?? 0
      }
      let (short, long) = (seconds(1 << 13), seconds(1 << 17))
      if long > 80 * max(short, 5e-5) {
        throw Failure(
          "\(reader): '\(piece)' again and again: \(short) s, 16 times as often \(long) s")
      }
    }
  }
}

// At file scope, where the name means the library's function.
private func cRead(_ file: Int32, _ part: UnsafeMutableRawBufferPointer) -> Int {
  read(file, part.baseAddress, part.count)
}
