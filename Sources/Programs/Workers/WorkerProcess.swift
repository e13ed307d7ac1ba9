internal import Dispatch
internal import Subprocess
internal import Synchronization
internal import Tensors

#if canImport(System)
  internal import System
#else
  internal import SystemPackage
#endif

#if canImport(Darwin)
  internal import Darwin
#elseif canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// Starts processes in groups of their own and waits for their ends, by swift-subprocess.
///
/// What swift-subprocess does is asynchronous, and those who wait for evaluations block their
/// threads, those of the shared pools among them. So its tasks run on a thread of their own, which
/// nobody can block. Pipes are read and written elsewhere.
final class ProcessStarter: TaskExecutor {
  /// One thread starts the processes of all programs.
  static let shared = ProcessStarter()

  private let jobs = Mutex<[UnownedJob]>([])
  private let signal = DispatchSemaphore(value: 0)

  private init() {
    let isStarted = Thread.start { [self] in
      while true {
        signal.wait()
        guard let job = jobs.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) else { continue }
        job.runSynchronously(on: asUnownedTaskExecutor())
      }
    }
    if !isStarted { trap("ExternalProgram", "no thread can be started") }
  }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    jobs.withLock { $0.append(job) }
    signal.signal()
  }

  /// What becomes of a process.
  enum Event: Sendable {
    case started(group: Int32)
    case exited(code: Int32)
    case signaled(Int32)
    case notStarted(String)
  }

  /// The child's ends of its pipes; closed here when the process has them.
  struct Pipes: Sendable {
    var input: Int32?
    var output: Int32
    var error: Int32
  }

  /// Starts a process.
  ///
  /// - Parameters:
  ///   - program: A path if it has a slash, otherwise a name to look up in `PATH`.
  ///   - arguments: Its arguments.
  ///   - pipes: The child's ends of its pipes; no input means one that is at its end.
  ///   - report: Called with each event, the last of which is the process's end: it has been reaped
  ///     by then.
  func start(
    _ program: String, _ arguments: [String], _ pipes: Pipes,
    report: @escaping @Sendable (Event) -> Void
  ) {
    Task(executorPreference: self) {
      var options = PlatformOptions()
      options.processGroupID = 0
      let executable: Executable =
        program.contains("/") ? .path(FilePath(program)) : .name(program)
      let output = FileDescriptor(rawValue: pipes.output)
      let error = FileDescriptor(rawValue: pipes.error)
      do {
        let status: TerminationStatus
        if let input = pipes.input {
          status = try await run(
            executable, arguments: Arguments(arguments), platformOptions: options,
            input: .fileDescriptor(
              FileDescriptor(rawValue: input), closeAfterSpawningProcess: true),
            output: .fileDescriptor(output, closeAfterSpawningProcess: true),
            error: .fileDescriptor(error, closeAfterSpawningProcess: true)
          ) { Self.reportStart($0.processIdentifier, report) }.terminationStatus
        } else {
          status = try await run(
            executable, arguments: Arguments(arguments), platformOptions: options, input: .none,
            output: .fileDescriptor(output, closeAfterSpawningProcess: true),
            error: .fileDescriptor(error, closeAfterSpawningProcess: true)
          ) { Self.reportStart($0.processIdentifier, report) }.terminationStatus
        }
        switch status {
        case .exited(let code): report(.exited(code: code))
        case .signaled(let signal): report(.signaled(signal))
        }
      } catch {
        report(.notStarted(Self.reason(error)))
      }
    }
  }

  private static func reportStart(
    _ process: ProcessIdentifier, _ report: @Sendable (Event) -> Void
  ) {
    ProcessGroups.shared.insert(process.value)
    report(.started(group: process.value))
  }

  private static func reason(_ error: any Error) -> String {
    let text = "\(error)".prefix { $0 != "\n" }
    return text.isEmpty ? "unknown reason" : String(text)
  }
}
