internal import Platform
public import Solvers

/// The HiGHS library of the system, which is found when it is first asked for and stays loaded.
///
/// Looked for, in this order: the file that the environment names in `PERTURBATIONS_HIGHS`; the loader's
/// `libhighs` (a system's package, Homebrew); and PyPI's `highsbox` beside the `python3` of an active
/// virtual environment or of the `PATH`. Versions from 1.7 on with 32-bit indices are accepted.
///
/// - SeeAlso: Q. Huangfu and J. A. J. Hall, "Parallelizing the dual revised simplex method" (Math. Prog.
///   Comp. 10, 2018); https://highs.dev
public struct HiGHSLibrary: Sendable {
  /// The library's version, as "1.15.1".
  public let version: String
  /// What it was loaded as: a path, or a name that the loader found.
  public let name: String

  let functions: Functions

  /// The library.
  ///
  /// - Throws: `SolverError.failed` with one line that says how to get it, where there is none.
  public static func load() throws(SolverError) -> HiGHSLibrary { try found.get() }

  /// Whether there is one.
  public static var isAvailable: Bool { (try? found.get()) != nil }

  private static let found: Result<HiGHSLibrary, SolverError> = find()

  private static func find() -> Result<HiGHSLibrary, SolverError> {
    let named = Environment.value("PERTURBATIONS_HIGHS")
    var reason: String?
    for candidate in named.map({ [$0] }) ?? candidates() {
      do throws(DynamicLibrary.Failure) {
        let library = try DynamicLibrary(candidate)
        switch check(library, candidate) {
        case .success(let found): return .success(found)
        case .failure(let problem): reason = reason ?? problem.reason
        }
      } catch {
        if named != nil { reason = error.description }
      }
    }
    let what = reason.map { "HiGHS cannot be used: \($0)" } ?? "HiGHS is not installed"
    return .failure(
      .failed(
        reason:
          "\(what); expected libhighs 1.7 or later: install it (`pip install highsbox`, `brew install "
          + "highs`, or a system's package), or name the file in PERTURBATIONS_HIGHS"))
  }

  private struct Problem: Error { var reason: String }

  private static func check(
    _ library: DynamicLibrary, _ name: String
  ) -> Result<HiGHSLibrary, Problem> {
    let functions: Functions
    do throws(MissingFunction) {
      functions = try Functions(library)
    } catch {
      return .failure(Problem(reason: "'\(name)' has no function Highs_\(error.name)"))
    }
    let (major, minor, patch) = (
      functions.versionMajor(), functions.versionMinor(), functions.versionPatch()
    )
    let version = "\(major).\(minor).\(patch)"
    guard major == 1, minor >= 7 else {
      return .failure(Problem(reason: "'\(name)' is version \(version)"))
    }
    guard let instance = functions.create() else {
      return .failure(Problem(reason: "'\(name)' makes no instance"))
    }
    defer { functions.destroy(instance) }
    guard functions.sizeOfInteger(instance) == 4 else {
      return .failure(Problem(reason: "'\(name)' was built with 64-bit indices"))
    }
    return .success(HiGHSLibrary(version: version, name: name, functions: functions))
  }

  private static func candidates() -> [String] {
    var names = ["libhighs.so.1", "libhighs.so", "libhighs.dylib", "libhighs.1.dylib"]
    names += ["/opt/homebrew/lib/libhighs.dylib", "/usr/local/lib/libhighs.dylib"]
    names.append("/usr/local/lib/libhighs.so")
    let folders =
      (Environment.value("VIRTUAL_ENV").map { ["\($0)/bin"] } ?? [])
      + (Environment.value("PATH")?.split(separator: ":").map(String.init) ?? [])
    for folder in folders where Files.kind("\(folder)/python3") == .file {
      for version in Files.names(in: "\(folder)/../lib").sorted()
      where version.hasPrefix("python3") {
        let place = "\(folder)/../lib/\(version)/site-packages/highsbox/highs_dist/lib/libhighs"
        for suffix in ["so", "dylib"] where Files.kind("\(place).\(suffix)") == .file {
          names.append("\(place).\(suffix)")
        }
      }
    }
    return names
  }
}
