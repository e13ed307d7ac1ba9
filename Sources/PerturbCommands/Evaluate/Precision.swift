internal import Perturbations
internal import Solvers
internal import Tensors

/// In which precision inputs are perturbed and outputs taken.
package enum Precision: String, OptionChoice {
  case single
  case double

  static var kind: String { "precision" }
}

/// A type of numbers that commands compute with: what a ``Precision`` stands for.
protocol CommandScalar: TensorFloatingPoint {
  static var precision: Precision { get }

  /// A function, perturbed.
  static func perturbed(
    _ function: CommandFunction, _ smoothing: Smoothing
  ) throws -> Perturbed<Tensor<Self>, Tensor<Self>>

  /// A solver's output for one input.
  static func solve(_ solver: some Solver, _ input: [Double]) throws -> [Double]
}

extension Float: CommandScalar {
  static var precision: Precision { .single }

  static func perturbed(
    _ function: CommandFunction, _ smoothing: Smoothing
  ) throws -> Perturbed<Tensor<Float>, Tensor<Float>> {
    switch function {
    case .solver(let solver): try Perturbed(solver, smoothing)
    case .batches(let function): try Perturbed(batchFunction: function, smoothing)
    }
  }

  static func solve(_ solver: some Solver, _ input: [Double]) throws -> [Double] {
    try solver(input.map { Float($0) }).map(Double.init)
  }
}

extension Double: CommandScalar {
  static var precision: Precision { .double }

  static func perturbed(
    _ function: CommandFunction, _ smoothing: Smoothing
  ) throws -> Perturbed<Tensor<Double>, Tensor<Double>> {
    switch function {
    case .solver(let solver): try Perturbed(solver, smoothing)
    case .batches(let function): try Perturbed(batchFunction: function, smoothing)
    }
  }

  static func solve(_ solver: some Solver, _ input: [Double]) throws -> [Double] {
    try solver(input)
  }
}

/// What is perturbed.
enum CommandFunction {
  case solver(any Solver)
  /// Such as a program.
  case batches(any BatchFunction)
}
