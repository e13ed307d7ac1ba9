#if os(Linux)
  import Fuzzing
  import Platform
  import Testing

  /// Whoever starts a process gives it its name.
  @Suite("States of processes of any name") struct ProcessTableFuzzTests {
    @Test func parents() throws {
      let fuzzer = Fuzzer(
        "process-states", corpus: ["a name", "sh", ") R 1 (", "(sd-pam)", ")", " ) S 77 77"])
      try fuzzer.run { name in
        let status = Array("7 (".utf8) + name + Array(") S 42 7 7 0 -1 4194304".utf8)
        if ProcessTable.parent(inStatus: status) != 42 { throw Fuzzer.Failure("another parent") }
        _ = ProcessTable.parent(inStatus: name)
      }
    }
  }
#endif
