internal import ArgumentParser

/// A count of samples: 1000000, 1_000_000, 1,000,000 or 1e6.
struct CountArgument: ExpressibleByArgument {
  let value: Int

  init(_ value: Int) { self.value = value }

  init?(argument: String) {
    let digits = argument.filter { $0 != "_" && $0 != "," }
    guard let value = Int(digits) ?? Double(digits).flatMap({ Int(exactly: $0) }) else {
      return nil
    }
    self.value = value
  }

  var defaultValueDescription: String { String(value) }
}
