/// Which optimum of ⟨input, output⟩ a solver returns.
public enum Sense: Sendable, Hashable {
  /// The output y maximises ⟨input, y⟩ over the feasible outputs.
  case maximize
  /// The output y minimises ⟨input, y⟩ over the feasible outputs.
  case minimize
}

/// What kind of output a solver has: what whoever sums its outputs may make use of.
public enum SolverOutput: Sendable, Hashable {
  /// Any numbers.
  case dense
  /// Zeros and ones only, as for the largest few or a path; they may be kept as bits.
  case indicator
  /// One entry is 1, the others are 0.
  case oneHot
  /// One-hot at the first of the largest entries of the input. This is ``ArgMax``'s output, which can
  /// be found without a solver while the input is being made.
  case largest
  /// One-hot at the first of the smallest entries of the input, as ``ArgMin``'s output is.
  case smallest
}

/// In which precision a solver works.
public enum SolverPrecision: Sendable, Hashable {
  /// In that of its input. Of a solver that writes the `Float` form alone, the `Double` form is made
  /// from it, input by input; `.single` says so, and blocks are rounded as a whole.
  case either
  /// In single precision: it writes the `Float` forms, and `Double` ones are made from them.
  case single
  /// In double precision: it writes the `Double` forms, and `Float` ones are made from them. What it is
  /// given in double precision never passes through `Float`.
  case double
}
