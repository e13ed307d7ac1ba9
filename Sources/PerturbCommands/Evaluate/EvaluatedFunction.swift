internal import Perturbations

/// The functions that `perturb evaluate` knows.
package enum EvaluatedFunction: String, CaseIterable, Sendable {
  case argmax
  case ranking
  case sort
  case topK = "top-k"
  case or
  case and
  case shortestPath = "shortest-path"
  case lp

  package static let names = allCases.map(\.rawValue)

  package init(named name: String) throws(CommandError) {
    guard let function = Self(rawValue: name) else {
      throw .unknown("function", name, expected: Self.names)
    }
    self = function
  }

  /// What the function gives, in a few words.
  var summary: String {
    switch self {
    case .argmax: "1 for the largest entry, 0 for the others"
    case .ranking: "the rank of each entry, 0 for the smallest"
    case .sort: "the entries in order, the smallest first"
    case .topK: "1 for the k largest entries, 0 for the others (--k)"
    case .or: "1 if any entry is 0 or more, -1 if none is"
    case .and: "1 if all entries are 0 or more, -1 if not"
    case .shortestPath: "1 for the edges of the shortest path, 0 for others (--graph)"
    case .lp: "an optimum of a linear, integer or quadratic model (--model)"
    }
  }
}

extension Noise {
  /// The noise of that name; one without a score where no gradient is asked for.
  static func forCommand(
    _ name: String, hasGradient: Bool
  ) throws(CommandError) -> Noise {
    guard let noise = named(name) else {
      throw .unknown("noise", name, expected: all.map(\.name))
    }
    return noise.hasScore || hasGradient ? noise : noise.valueOnly
  }
}

/// What becomes of costs that noise makes negative, by the names on the command line.
enum NegativeCostsName {
  static let all: [(name: String, policy: NegativeCosts)] = [
    ("allowed", .allowed), ("clipped", .clipped(to: 0)), ("shifted", .shifted),
  ]

  static func policy(_ name: String) throws(CommandError) -> NegativeCosts {
    guard let found = all.first(where: { $0.name == name }) else {
      throw .unknown("choice for negative costs", name, expected: all.map(\.name))
    }
    return found.policy
  }
}
