import CLauncher
import Foundation

/// The machine's processes, as /proc has them.
enum Processes {
  /// Those whose environment has a variable, zombies left out.
  static func holding(_ variable: String) -> [Int32] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    let wanted = Data(variable.utf8)
    return names.compactMap { Int32($0) }.filter { number in
      FileManager.default.contents(atPath: "/proc/\(number)/environ")?.range(of: wanted) != nil
    }
  }
}

/// A process that this one has started.
struct Running {
  let process: pid_t

  init?(_ arguments: [String], _ environment: [String], _ how: Launch) {
    func withWords<R>(_ words: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> R) -> R {
      let copies = words.map { strdup($0) }
      defer { for copy in copies { free(copy) } }
      return body(copies + [nil])
    }
    let process = withWords(arguments) { arguments in
      withWords(environment) { environment in
        how.folder.withCString { folder in
          (how.output ?? "").withCString { output in
            (how.error ?? "").withCString { error in
              var c = launch()
              c.folder = folder
              c.output = how.output == nil ? nil : output
              c.error = how.error == nil ? nil : error
              c.closes_input = how.closesInput ? 1 : 0
              c.descriptors = how.descriptors
              c.address_space = how.addressSpace
              c.processes = how.processes
              return launch_process(arguments, environment, &c)
            }
          }
        }
      }
    }
    if process < 0 { return nil }
    self.process = process
  }

  /// The exit code, or the negative number of the signal; nil where it takes longer.
  func wait(seconds: Double) -> Int? {
    let end = ContinuousClock.now + .seconds(seconds)
    var code: Int32 = 0
    var nap: Int32 = 1
    while reap(process, &code) == 0 {
      if ContinuousClock.now > end { return nil }
      pause_milliseconds(nap)
      nap = min(nap + 1, 20)
    }
    return Int(code)
  }

  func signal(_ number: Int32) { kill(process, number) }

  /// Ends it, whatever it does.
  func end() {
    kill(-process, SIGKILL)
    kill(process, SIGKILL)
    _ = wait(seconds: 60)
  }
}

/// What a process is started with beside its arguments.
struct Launch {
  var folder = "."
  /// Another program than `perturb`.
  var program: String?
  /// Variables beside those that all have.
  var environment: [String] = []
  /// Where its output goes; nil for a closed one.
  var output: String?
  var error: String?
  var closesInput = false
  var descriptors: UInt64 = 0
  var addressSpace: UInt64 = 0
  var processes: UInt64 = 0

  /// What a shell would be told before.
  var limits: String {
    var words: [String] = []
    if descriptors > 0 { words.append("-n \(descriptors)") }
    if processes > 0 { words.append("-u \(processes)") }
    if addressSpace > 0 { words.append("-v \(addressSpace >> 10)") }
    let closed = [
      closesInput ? "<&- " : "", output == nil ? ">&- " : "", error == nil ? "2>&- " : "",
    ]
    return (words.isEmpty ? "" : "(ulimit \(words.joined(separator: " "))) ") + closed.joined()
  }
}
