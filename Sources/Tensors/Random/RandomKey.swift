internal import CKernels

/// A key of random numbers: the same key always gives the same draws.
///
/// A key is two words of the counter-based generator threefry2x32 with 20 rounds, used as JAX uses
/// it (its partitionable form, the default since JAX 0.5): the children and the draws of a key are
/// functions of the key and an index, so any of them can be made again in any order and on any
/// machine, bit for bit as in JAX. A key has no state: drawing twice from one key gives the same
/// numbers twice. Take a child for each purpose.
///
/// ```swift
/// let (noiseKey, dataKey) = RandomKey(42).split()
/// let noise: [Float] = noiseKey.normal(1000)
/// ```
///
/// - SeeAlso: J. K. Salmon, M. A. Moraes, R. O. Dror, D. E. Shaw, "Parallel random numbers: as easy
///   as 1, 2, 3" (SC 2011), section 3.3.
public struct RandomKey: Sendable, Hashable {
  let first: UInt32
  let second: UInt32

  /// The key of a seed: `jax.random.PRNGKey(seed)` with 64-bit types enabled, and for seeds below
  /// 2³² without them too.
  public init(_ seed: UInt64) {
    self.init(words: (UInt32(truncatingIfNeeded: seed >> 32), UInt32(truncatingIfNeeded: seed)))
  }

  /// The key with these two words, JAX's key data.
  public init(words: (UInt32, UInt32)) {
    first = words.0
    second = words.1
  }

  /// The two words of the key, JAX's key data.
  public var words: (UInt32, UInt32) { (first, second) }

  init(_ key: ck_key) {
    self.init(words: (key.first, key.second))
  }

  var kernelKey: ck_key { ck_key(first: first, second: second) }
}

extension RandomKey: CustomStringConvertible {
  /// The key as the expression that makes it again.
  public var description: String { "RandomKey(words: (\(first), \(second)))" }
}

extension RandomKey {
  /// Child `index` of the key: `jax.random.split(key, n)[index]`, which is the same for every `n`.
  ///
  /// - Complexity: O(1); one block of threefry.
  public func child(_ index: UInt64) -> RandomKey {
    var child = ck_key()
    ck_table_current().pointee.random.children(kernelKey, index, 1, &child)
    return RandomKey(child)
  }

  /// Child `index` of the key, for an integer of any type: the step of a loop, a position.
  ///
  /// - Precondition: `index` is not negative and below 2⁶⁴.
  /// - Complexity: O(1); one block of threefry.
  public func child(_ index: some BinaryInteger) -> RandomKey {
    guard let number = UInt64(exactly: index) else {
      trap("RandomKey.child", "there is no child \(index), expected a number from 0 on")
    }
    return child(number)
  }

  /// Two independent keys: `jax.random.split(key)`.
  public func split() -> (RandomKey, RandomKey) {
    (child(0), child(1))
  }

  /// The first `count` children of the key: `jax.random.split(key, count)`.
  ///
  /// - Precondition: `count` is not negative.
  /// - Complexity: O(`count`)
  public func split(_ count: Int) -> [RandomKey] {
    requireRandom(count >= 0, "RandomKey.split: a count of \(count) keys is negative")
    let children = [ck_key](unsafeUninitializedCapacity: count) { buffer, initialized in
      if let start = buffer.baseAddress {
        ck_table_current().pointee.random.children(kernelKey, 0, count, start)
      }
      initialized = count
    }
    return children.map(RandomKey.init)
  }

  /// The key with a number folded in: `jax.random.fold_in(key, data)`.
  ///
  /// It is the same key as `child(_:)` of that number; the name says that the number identifies
  /// something, such as a step of training or a device.
  public func fold(in data: UInt32) -> RandomKey {
    child(UInt64(data))
  }

  /// The key with an integer of any type folded in.
  ///
  /// - Precondition: `data` is not negative and below 2³², as in JAX.
  public func fold(in data: some BinaryInteger) -> RandomKey {
    guard let number = UInt32(exactly: data) else {
      trap("RandomKey.fold", "\(data) is not a number from 0 to 4294967295")
    }
    return child(UInt64(number))
  }
}

/// Traps with a message where a condition that the caller owes does not hold.
func requireRandom(_ condition: Bool, _ message: @autoclosure () -> String) {
  if !condition { fatalError(message()) }
}
