internal import Machines
internal import Perturbations
internal import Platform
internal import Synchronization

extension PerturbTool {
  /// Runs a command on all ranks that `mpirun` has started, of which the first prints and writes; on this
  /// process alone where there are none.
  ///
  /// - Parameter arguments: As after the program's name.
  /// - Returns: The exit code.
  static func runOnRanks(_ arguments: [String]) -> Int32 {
    let console = Console.standard
    let ranks: Ranks?
    do {
      let patience = Environment.value("PERTURBATIONS_PATIENCE").flatMap { Double($0) }
      ranks = try Machines.start(patience: .seconds(max(1, min(patience ?? 60, 1e6))))
    } catch {
      console.report("perturb: \(error)")
      return 1
    }
    guard let ranks else { return run(arguments, console: console) }
    let said = Mutex("")
    let shared = Console(
      // Nothing is written before every rank has come so far.
      write: { text in
        try ranks.waitForAll()
        if ranks.isFirst { try console.write(text) }
      },
      writeError: { text in
        if ranks.isFirst { return console.writeError(text) }
        said.withLock { $0 += text }
      },
      showsProgress: ranks.isFirst && console.showsProgress, handlesSignals: console.handlesSignals,
      columns: console.columns)
    let code = SharedWork.$sharing.withValue(ranks) { run(arguments, console: shared) }
    let text = said.withLock { $0 }.split(separator: "\n").first.map(String.init) ?? ""
    do {
      try ranks.end(code == 0 ? nil : RankFailure(description: text.withoutPrefix("perturb: ")))
      return code
    } catch {
      if code == 0 { shared.report("perturb: \(error)") }
      return code == 0 ? 1 : code
    }
  }
}

/// What a rank has said that failed.
private struct RankFailure: Error, CustomStringConvertible {
  let description: String
}

extension String {
  fileprivate func withoutPrefix(_ prefix: String) -> String {
    hasPrefix(prefix) ? String(dropFirst(prefix.count)) : self
  }
}
