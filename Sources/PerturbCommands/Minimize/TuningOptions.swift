internal import ArgumentParser
internal import Perturbations
internal import Platform

/// All that decides what a tuning run does: options, members of a configuration file, and what a
/// checkpoint keeps, each declared here once.
///
/// What is resumable decides how long and how a run goes on, not where to.
struct TuningOptions: ParsableArguments {
  @Argument(parsing: .postTerminator, help: "The program and its arguments, after --.")
  var program: [String] = []

  @Option("Where each input starts: 0.5,2 or 0.5 2.", "numbers")
  var start: Setting<NumberList?>

  @Option("The least value of each input; -inf for none.", "numbers")
  var lower: Setting<BoundList<LowerSide>?>

  @Option("The greatest value of each input; inf for none.", "numbers")
  var upper: Setting<BoundList<UpperSide>?>

  @Option(
    "How far each input is moved, as multiples of sigma; 'range' takes the distance of its bounds.",
    "numbers")
  var scales: Setting<InputScales?>

  @Option("Inputs on a logarithmic scale, by index from 0 or name; 'all' for all.", "inputs")
  var log: Setting<InputChoice?>

  @Option("What the inputs are called: gain,rate.", "names")
  var names: Setting<NameList?>

  @Option("One of the methods above.", "method", default: .adam)
  var method: Setting<TuningMethod>

  @Option(
    "How gradients are estimated: antithetic, forward or naive.", "name", default: .antithetic)
  var estimator: Setting<ZeroOrder.Method>

  @Option(
    "Their directions: normal, orthogonal, rademacher or sphere. (default: normal; orthogonal for "
      + "lbfgs)", "name")
  var directions: Setting<TuningDirections?>

  @Option(
    "Directions for an estimate (default: \(TuningSettings.defaultSamples)); for cma-es, the "
      + "population.", "N", in: .count)
  var samples: Setting<Int?>

  @Option(
    "How far inputs are moved, in units of the input, or of its logarithm. (default: "
      + "\(TuningMethod.defaults(\.defaultSigma)))", "S", in: .positive)
  var sigma: Setting<Double?>

  @Option(
    "How far a step goes along a gradient. (default: "
      + "\(TuningMethod.defaults(\.defaultLearningRate)))", "rate", in: .positive)
  var learningRate: Setting<Double?>

  @Option("Momentum of sgd.", "m", default: 0, in: .finite)
  var momentum: Setting<Double>

  @Option("The most steps.", "T", default: 100, in: .count, resumable: true)
  var steps: Setting<Int>

  @Option("End where the objective is this or less.", "value", in: .finite, resumable: true)
  var until: Setting<Double?>

  @Option(
    "The most evaluations, those of the sensitivity at the end included.", "count", in: .count,
    resumable: true)
  var evaluations: Setting<Int?>

  @Option("The random key.", "K", default: 0)
  var seed: Setting<UInt64>

  @OptionGroup var running: ProgramOptions
}

/// The side on which bounds are.
protocol BoundSide {
  /// The number that stands for no bound.
  static var none: Double { get }
}

enum LowerSide: BoundSide { static var none: Double { -.infinity } }
enum UpperSide: BoundSide { static var none: Double { .infinity } }

/// One bound for each input, infinite where there is none; null in JSON.
struct BoundList<Side: BoundSide>: OptionValue {
  let bounds: [Double]

  static var isList: Bool { true }

  init(argument text: String) throws(BadValue) {
    var bounds: [Double] = []
    for part in try ListText.parts(text) {
      guard let bound = part == "null" ? Side.none : Double(part), !bound.isNaN else {
        throw .part(part, problem: "is not a number, expected numbers such as 0.5,2")
      }
      if bound == -Side.none {
        throw .part(part, problem: "is no bound, expected a number, or \(Side.none) for none")
      }
      bounds.append(bound)
    }
    self.bounds = bounds
  }

  var json: JSON { .array(bounds.map { JSON($0) }) }
}

/// How far each input is moved.
enum InputScales: OptionValue {
  /// By the distance of its bounds.
  case range
  case numbers(NumberList)

  static var isList: Bool { true }

  init(argument text: String) throws(BadValue) {
    self = text == "range" ? .range : .numbers(try NumberList(argument: text))
  }

  var json: JSON {
    switch self {
    case .range: "range"
    case .numbers(let list): list.json
    }
  }
}

/// Some of the inputs, by index or name.
enum InputChoice: OptionValue {
  case all
  case some([String])

  static var isList: Bool { true }

  init(argument text: String) throws(BadValue) {
    self = text == "all" ? .all : .some(try ListText.parts(text))
  }

  var json: JSON {
    switch self {
    case .all: "all"
    case .some(let parts): .array(parts.map { part in Int(part).map { JSON($0) } ?? .string(part) })
    }
  }

  /// The indices, counted from 0.
  func indices(_ names: [String]) throws(CommandError) -> [Int] {
    guard case .some(let parts) = self else { return Array(names.indices) }
    var indices: [Int] = []
    for part in parts {
      guard let index = Int(part) ?? names.firstIndex(of: part) else {
        throw .unknown("input in log", part, expected: names)
      }
      guard names.indices.contains(index) else {
        throw CommandError("log has the input \(index), expected an index below \(names.count)")
      }
      indices.append(index)
    }
    return indices
  }
}
