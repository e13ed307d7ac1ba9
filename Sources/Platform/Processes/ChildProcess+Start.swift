// Where processes can be started.
#if os(macOS) || os(Linux)
  private import CProcesses

  #if canImport(Darwin)
    private import Darwin
  #elseif canImport(Glibc)
    private import Glibc
  #elseif canImport(Musl)
    private import Musl
  #endif

  extension ChildProcess {
    /// Starts a program in a process group of its own.
    ///
    /// It handles no signal and blocks none; what this process ignores, it ignores. On Linux it is
    /// killed when the calling thread ends, and so with this process, however that ends.
    ///
    /// - Parameters:
    ///   - program: A path if it has a slash, otherwise a name to look up in `PATH`.
    ///   - arguments: Its arguments, without NUL characters.
    ///   - variable: "NAME=value", added to the environment.
    ///   - input: The reading end of a pipe, for the caller to close; nil for an input at its end.
    ///   - output: Where its standard output goes.
    ///   - error: Where its standard error goes.
    /// - Returns: The process's number, which is its group's as well.
    /// - Throws: ``SystemFailure``, also where the program cannot be executed.
    package static func start(
      _ program: String, _ arguments: [String], variable: String, input: Descriptor?,
      output: Descriptor, error: Descriptor
    ) throws(SystemFailure) -> Int32 {
      let path = try executable(program)
      var words: [UnsafeMutablePointer<CChar>?] = ([program] + arguments).map { strdup($0) }
      defer { for word in words { free(word) } }
      guard !words.contains(where: { $0 == nil }) else { throw SystemFailure(ENOMEM) }
      words.append(nil)
      let process = cp_start(
        path, words, variable, input?.number ?? -1, output.number, error.number)
      guard process > 0 else { throw SystemFailure(-process) }
      return process
    }

    /// The path of a program.
    private static func executable(_ program: String) throws(SystemFailure) -> String {
      if program.contains("/") { return program }
      let path = Environment.value("PATH") ?? "/usr/bin:/bin"
      var found: SystemFailure?
      for folder in path.split(separator: ":", omittingEmptySubsequences: false) {
        let candidate = (folder.isEmpty ? "." : String(folder)) + "/" + program
        guard Files.kind(candidate) == .file else { continue }
        if access(candidate, X_OK) == 0 { return candidate }
        found = SystemFailure(EACCES)
      }
      throw found ?? SystemFailure(ENOENT)
    }

    /// What can be read from when a process has ended.
    ///
    /// - Returns: A descriptor for the caller to close; nil where the system has none or none is left.
    package static func watch(_ process: Int32) -> Descriptor? {
      let number = cp_watch(process)
      return number < 0 ? nil : Descriptor(number)
    }
  }
#endif
