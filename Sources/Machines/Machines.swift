internal import Perturbations
internal import Platform

/// Many processes that share the samples of every estimate.
///
/// ```swift
/// try await Machines.run {
///   let slope = try gradient(at: theta) { try soft($0, key: key).sum() }   // over all ranks
///   if Machines.isFirst { print(slope) }
/// }
/// ```
///
/// `mpirun -n 8 program` starts eight processes, ranks 0 to 7. All run the same program and come to the
/// same calls with the same inputs; each evaluates its share of the samples, and all have the same
/// result, with the bits of one process. Only estimates are shared: what else a program does, every rank
/// does. Calls are made one after the other.
///
/// Needs the package's trait `MPI`. Without it, and where a program is started by itself, there is
/// one rank.
public enum Machines {
  /// How many ranks there are.
  public static var count: Int { (SharedWork.sharing as? Ranks)?.count ?? 1 }

  /// Which of them this process is, from 0.
  public static var rank: Int { (SharedWork.sharing as? Ranks)?.rank ?? 0 }

  /// Whether this is the rank that prints and writes files.
  public static var isFirst: Bool { rank == 0 }

  /// Runs a function on all ranks, whose estimates are shared.
  ///
  /// Where it fails on one rank, it fails on all: with its error there, and with
  /// ``MachinesError/rankFailed(_:of:_:)`` elsewhere. A rank that is not heard of for some time ends all of them
  /// with one line.
  ///
  /// - Parameters:
  ///   - patience: How long nothing may be heard of a rank that is waited for.
  ///   - isolation: The actor the function runs on, the caller's unless given.
  ///   - body: What to run; once in a process, since MPI is ended after it.
  /// - Returns: What it returns.
  /// - Throws: What it throws, and ``MachinesError``.
  public static func run<Result>(
    patience: Duration = .seconds(60), isolation: isolated (any Actor)? = #isolation,
    _ body: () async throws -> Result
  ) async throws -> Result {
    guard let ranks = try start(patience: patience) else { return try await body() }
    let result: Result
    do {
      result = try await SharedWork.$sharing.withValue(
        ranks, operation: body, isolation: isolation)
    } catch {
      try? ranks.end(error)
      throw error
    }
    try ranks.end()
    return result
  }

  /// Runs a function that does not wait on all ranks.
  ///
  /// - Parameters:
  ///   - patience: How long nothing may be heard of a rank that is waited for.
  ///   - body: What to run; once in a process, since MPI is ended after it.
  /// - Returns: What it returns.
  /// - Throws: What it throws, and ``MachinesError``.
  public static func run<Result>(
    patience: Duration = .seconds(60), _ body: () throws -> Result
  ) throws -> Result {
    guard let ranks = try start(patience: patience) else { return try body() }
    let result: Result
    do { result = try SharedWork.$sharing.withValue(ranks, operation: body) } catch {
      try? ranks.end(error)
      throw error
    }
    try ranks.end()
    return result
  }

  /// The ranks that were started with this process; nil where it was started by itself.
  package static func start(patience: Duration) throws(MachinesError) -> Ranks? {
    #if MPI
      // What Open MPI, MPICH and Slurm tell a process that they have started.
      let names = ["OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "PMI_RANK", "PMIX_RANK"]
      guard names.contains(where: { Environment.value($0) != nil }) else { return nil }
      guard let transport = MPITransport(patience: patience) else {
        throw .unusable("it does not serve several threads")
      }
      return Ranks(transport)
    #else
      return nil
    #endif
  }
}
