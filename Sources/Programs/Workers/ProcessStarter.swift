internal import Dispatch
internal import Platform
internal import Subprocess
internal import Synchronization
internal import Tensors

#if canImport(System)
  internal import System
#else
  internal import SystemPackage
#endif

/// Starts processes in groups of their own and waits for their ends, by swift-subprocess.
///
/// What swift-subprocess does is asynchronous, and those who wait for evaluations block their
/// threads, those of the shared pool among them. So its tasks run on a thread of their own, which
/// nobody can block. One task that it starts at the end of each process goes to the shared pool
/// nevertheless (its cleanup handler is unstructured), and so `run` may return late, but it reaps the
/// process before that: a ``ProcessWatch`` tells how the process ended.
///
/// Pipes are read and written elsewhere.
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
    case ended(ChildProcess.End)
    case notStarted(String)
  }

  /// The child's ends of its pipes; closed here when the process has them.
  struct Pipes: Sendable {
    var input: Descriptor?
    var output: Descriptor
    var error: Descriptor
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
      let output = FileDescriptor(rawValue: pipes.output.number)
      let error = FileDescriptor(rawValue: pipes.error.number)
      do {
        if let input = pipes.input {
          _ = try await run(
            executable, arguments: Arguments(arguments), platformOptions: options,
            input: .fileDescriptor(
              FileDescriptor(rawValue: input.number), closeAfterSpawningProcess: true),
            output: .fileDescriptor(output, closeAfterSpawningProcess: true),
            error: .fileDescriptor(error, closeAfterSpawningProcess: true)
          ) { await Self.watch($0.processIdentifier, report) }
        } else {
          _ = try await run(
            executable, arguments: Arguments(arguments), platformOptions: options, input: .none,
            output: .fileDescriptor(output, closeAfterSpawningProcess: true),
            error: .fileDescriptor(error, closeAfterSpawningProcess: true)
          ) { await Self.watch($0.processIdentifier, report) }
        }
      } catch {
        report(.notStarted(Self.reason(error)))
      }
    }
  }

  /// Reports a process's start, and its end; returns when it may be reaped.
  private static func watch(
    _ process: ProcessIdentifier, _ report: @escaping @Sendable (Event) -> Void
  ) async {
    ProcessGroups.shared.insert(process.value)
    report(.started(group: process.value))
    await withCheckedContinuation { continuation in
      ProcessWatch(process.value).start(ended: { continuation.resume() }, reaped: report)
    }
  }

  private static func reason(_ error: any Error) -> String {
    let text = "\(error)".prefix { $0 != "\n" }
    return text.isEmpty ? "unknown reason" : String(text)
  }
}
