extension Smoothing {
  /// How far a pass over the samples of a call is.
  ///
  /// A call takes one pass or several: a value one; a gradient with standard errors, a Hessian, a
  /// diagnosis more, each with its own ``total``. ``completed`` grows from report to report and ends at
  /// the total, unless the call fails.
  ///
  /// Reports come after pieces of work of a size that depends on the problem and the number of threads:
  /// for a function that is called for one sample at a time, after some 16 of them. They come from any of
  /// the threads that take part, one at a time, while the others wait; so a report should do little, and
  /// must not call the same function again.
  public struct Progress: Sendable, Hashable {
    /// Samples that are done, over all rows of a batch.
    public let completed: Int
    /// Samples of the pass, over all rows of a batch. For zero order, which sums its directions by parts
    /// of the parameters, those of each part.
    public let total: Int

    /// The part that is done, 0 to 1.
    public var fraction: Double { total > 0 ? Double(completed) / Double(total) : 1 }
  }
}

/// Who is told how far a call is, see ``Smoothing/Progress``.
public typealias ProgressObserver = @Sendable (Smoothing.Progress) -> Void

extension Perturbed {
  /// The same function, whose calls tell how far they are.
  ///
  /// - Parameter observer: Who is told, see ``Smoothing/Progress``; nil for nobody.
  /// - Returns: A function that gives the same numbers.
  public func reportingProgress(to observer: ProgressObserver?) -> Perturbed {
    var copy = self
    copy.smoothing.progress = observer
    return copy
  }
}

extension PerturbedMaximum {
  /// The same maximum, whose calls tell how far they are.
  ///
  /// - Parameter observer: Who is told, see ``Smoothing/Progress``; nil for nobody.
  /// - Returns: A maximum that gives the same numbers.
  public func reportingProgress(to observer: ProgressObserver?) -> PerturbedMaximum {
    var copy = self
    copy.smoothing.progress = observer
    return copy
  }
}

extension ZeroOrder {
  /// The same estimator, whose calls tell how far they are.
  ///
  /// - Parameter observer: Who is told, see ``Smoothing/Progress``; nil for nobody.
  /// - Returns: An estimator that gives the same numbers.
  public func reportingProgress(to observer: ProgressObserver?) -> ZeroOrder {
    var copy = self
    copy.smoothing.progress = observer
    return copy
  }
}
