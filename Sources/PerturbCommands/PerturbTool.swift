internal import ArgumentParser
internal import Platform

/// The command line, from its arguments to its exit code.
package enum PerturbTool {
  /// The options after which a list of numbers may follow.
  static let listOptions = Set(
    RootCommand.configuration.subcommands.flatMap { (try? $0.parse([]))?.listOptions ?? [] })

  /// What small problems take, in bytes.
  private static let leastMemory = 48 << 20

  /// Runs the process's own arguments and ends the process.
  package static func main() -> Never {
    ThisProcess.spareAddressSpace()
    Descriptor.openMissingStandard()
    Signals.unblock([Signals.interrupt, Signals.termination, Signals.hangup])
    if let scarcity {
      Console.standard.report("perturb: \(scarcity)")
      ThisProcess.leave(1)
    }
    ThisProcess.leave(runOnRanks(Array(CommandLine.arguments.dropFirst())))
  }

  /// What there is too little of. Memory and descriptors that are not there in the middle of a
  /// computation, or of libdispatch's, end the process without a word.
  private static var scarcity: String? {
    if !ThisProcess.hasAddressSpace(leastMemory) {
      return "less than \(leastMemory >> 20) MiB of address space are left, expected more "
        + "(ulimit -v)"
    }
    let pipes = (0..<4).map { _ in try? Descriptor.pipe() }
    for pipe in pipes {
      pipe?.reading.close()
      pipe?.writing.close()
    }
    return pipes.contains { $0 == nil }
      ? "less than 8 descriptors are left, expected more (ulimit -n)" : nil
  }

  /// Runs a command.
  ///
  /// What goes wrong is said in one line on the standard error, after which nothing was written
  /// elsewhere; a wrong way to call a command is followed by one line that says where help is.
  ///
  /// - Parameters:
  ///   - arguments: As after the program's name.
  ///   - console: Where to write.
  /// - Returns: The exit code: 0 for success, 1 if the command failed, 128 and the signal's
  ///   number if one ended it, 64 if it was called wrongly.
  package static func run(_ arguments: [String], console: Console) -> Int32 {
    let arguments = joiningNumberLists(arguments, options: listOptions)
    do {
      let command = try RootCommand.parseAsRoot(arguments)
      if let command = command as? any ConsoleCommand {
        try command.run(on: console)
      } else {
        var command = command
        try command.run()
      }
      return 0
    } catch let error as CommandError {
      console.report("perturb: \(error)")
      return 1
    } catch let interrupted as Interrupted {
      console.report("perturb: \(interrupted.text)")
      return interrupted.code
    } catch {
      return report(error, arguments, console)
    }
  }

  /// Help and versions go to the standard output; of a wrong call, the parser's first line and where
  /// help is.
  private static func report(
    _ error: any Error, _ arguments: [String], _ console: Console
  ) -> Int32 {
    let code = RootCommand.exitCode(for: error).rawValue
    if code == 0 {
      do { try console.print(RootCommand.fullMessage(for: error)) } catch {
        console.report("perturb: \(error)")
        return 1
      }
      return 0
    }
    let message = RootCommand.message(for: error).split(separator: "\n").first.map(String.init)
    let command = RootCommand.commandNames.first { arguments.first == $0 }
    let text = (message ?? "\(error)").lowercasedFirst
    console.report("perturb: \(suggestingCommand(text, arguments))")
    console.report("See 'perturb \(command.map { $0 + " " } ?? "")--help'.")
    return code
  }

  /// An unknown command is an unexpected argument to the parser; here it gets its own words.
  private static func suggestingCommand(_ text: String, _ arguments: [String]) -> String {
    guard let first = arguments.first, !first.hasPrefix("-"),
      !RootCommand.commandNames.contains(first)
    else { return text }
    return CommandError.unknown("command", first, expected: RootCommand.commandNames).description
  }
}

/// A command that writes to a console it is given.
protocol ConsoleCommand: ParsableCommand {
  func run(on console: Console) throws
}

struct RootCommand: ParsableCommand {
  static let commandNames = configuration.subcommands.compactMap {
    $0.configuration.commandName
  }

  static let configuration = CommandConfiguration(
    commandName: "perturb",
    abstract: "Make any function differentiable by perturbing its input.",
    discussion: """
      Noise is added to the input, the outputs are averaged: the average is smooth, and its \
      gradient follows from the same samples, whatever the function is.

        perturb gallery
        perturb evaluate argmax --theta -0.6,1.9,1.1 --sigma 0.5 --noise gumbel
        perturb diagnose ranking --theta 0.3,0.1,0.2
      """,
    version: PerturbVersion.text,
    subcommands: [
      GalleryCommand.self, EvaluateCommand.self, CombineCommand.self, DiagnoseCommand.self,
      MinimizeCommand.self, ReplayCommand.self,
    ])
}

enum PerturbVersion {
  static let number = "0.1.0"
  static let text = "perturb \(number)"
}
