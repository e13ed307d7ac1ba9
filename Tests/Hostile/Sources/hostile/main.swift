import Foundation
import Synchronization

// hostile [--whole] [--part P] [--minutes M] [--seed S] [--jobs J] [--perturb PATH] [--worker PATH] [class[:index] …]
//
// Runs the built `perturb` where things go wrong, and prints a table: class, runs, failures. Ends with
// 0 where there are none. A run's name is its class and its index; the name alone repeats it.

struct Options {
  var isWhole = false
  /// The part of all runs, for a machine that has less time.
  var part = 1.0
  /// After how long no further run begins.
  var minutes = Double.infinity
  var seed: UInt64 = 1
  var jobs = 4
  var perturb = ".build/release/perturb"
  var worker = ""
  var names: [String] = []

  init(_ arguments: [String]) {
    var arguments = arguments[...]
    while let argument = arguments.popFirst() {
      switch argument {
      case "--whole": isWhole = true
      case "--part": part = arguments.popFirst().flatMap(Double.init) ?? 1
      case "--minutes": minutes = arguments.popFirst().flatMap(Double.init) ?? minutes
      case "--seed": seed = arguments.popFirst().flatMap(UInt64.init) ?? 1
      case "--jobs": jobs = arguments.popFirst().flatMap(Int.init) ?? 4
      case "--perturb": perturb = arguments.popFirst() ?? perturb
      case "--worker": worker = arguments.popFirst() ?? worker
      default: names.append(argument)
      }
    }
  }
}

private func absolute(_ path: String) -> String { URL(fileURLWithPath: path).path }

let options = Options(Array(CommandLine.arguments.dropFirst()))
let folder = FileManager.default.temporaryDirectory.path + "/hostile-\(getpid())"
try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
chmod(folder, 0o777)

/// A copy where another user may run it.
func copied(_ path: String, _ name: String) -> String {
  let target = "\(folder)/\(name)"
  do { try FileManager.default.copyItem(atPath: absolute(path), toPath: target) } catch {
    print("cannot copy '\(path)': \(error.localizedDescription)")
    exit(2)
  }
  chmod(target, 0o755)
  return target
}

let beside = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent().path
let tools = Tools(
  perturb: copied(options.perturb, "perturb"),
  worker: copied(options.worker.isEmpty ? "\(beside)/worker" : options.worker, "worker"),
  clock: Clock(path: "\(beside)/libhostileclock.so"),
  folder: folder, token: String(UInt64.random(in: 0...UInt64.max), radix: 36),
  path: ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin", seed: options.seed)
/// The least address space, in 4 MiB, in which the system can load the program: a limit below it is none of
/// the program's.
let leastSpace: UInt64 = {
  let trial = Trial(tools, "space", seed: 0)
  for size in 1...64 {
    let command = trial.start(["--version"]) { $0.addressSpace = UInt64(size) << 22 }
    if command?.wait().code == 0 { return UInt64(size) }
  }
  return 64
}()

guard let reference = Reference(tools) else { exit(2) }

/// The names of all runs, in an order in which none of the slow kinds come last together.
let work: [(kind: HostileClass, index: Int)] = HostileClass.all.flatMap { kind in
  let count = Double(options.isWhole ? kind.whole : kind.small) * options.part
  return (0..<max(1, Int(count))).map { (kind, $0) }
}.filter { kind, index in
  options.names.isEmpty || options.names.contains(kind.name)
    || options.names.contains("\(kind.name):\(index)")
}
var order = Random(options.seed)
let shuffled = work.shuffled(using: &order)

struct Results {
  var runs: [String: Int] = [:]
  var failures: [String: Int] = [:]
}

let results = Mutex(Results())
let begin = ContinuousClock.now

/// Does these runs, so many at a time.
func run(_ work: [(kind: HostileClass, index: Int)], jobs: Int) {
  let next = Atomic<Int>(0)
  let queue = DispatchGroup()
  for _ in 0..<jobs {
    queue.enter()
    Thread.detachNewThread {
      while true {
        let place = next.add(1, ordering: .relaxed).oldValue
        guard place < work.count, (ContinuousClock.now - begin) / .seconds(60) < options.minutes
        else { break }
        run(work[place].kind, work[place].index)
      }
      queue.leave()
    }
  }
  queue.wait()
}

@Sendable func run(_ kind: HostileClass, _ index: Int) {
  let name = "\(kind.name):\(index)"
  let seed = name.utf8.reduce(options.seed &* 1_000_003) {
    ($0 ^ UInt64($1)) &* 1_099_511_628_211
  }
  let trial = Trial(tools, name, seed: seed)
  kind.run(trial, reference)
  results.withLock { results in
    results.runs[kind.name, default: 0] += 1
    guard !trial.faults.isEmpty else { return }
    results.failures[kind.name, default: 0] += 1
    print("\(name): \(trial.faults.joined(separator: "; "))")
    for command in trial.commands { print("    perturb \(command)") }
    fflush(nil)
  }
}

run(shuffled.filter { !$0.kind.isAlone }, jobs: options.jobs)
run(shuffled.filter { $0.kind.isAlone }, jobs: 1)

let seconds = Int((ContinuousClock.now - begin) / .seconds(1))
let (runs, failures) = results.withLock { ($0.runs, $0.failures) }
print("\n| class | runs | failures |\n|---|---:|---:|")
for kind in HostileClass.all {
  if let count = runs[kind.name] {
    print("| \(kind.name) | \(count) | \(failures[kind.name] ?? 0) |")
  }
}
let total = failures.values.reduce(0, +)
print("| all | \(runs.values.reduce(0, +)) | \(total) |\n")
print("seed \(options.seed), \(seconds) s")
try? FileManager.default.removeItem(atPath: folder)
exit(total == 0 ? 0 : 1)
