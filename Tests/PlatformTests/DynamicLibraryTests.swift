import Platform
import Testing

struct DynamicLibraryTests {
  #if os(Linux)
    private static let names = ["libm.so.6", "libc.so"]
  #else
    private static let names = ["/usr/lib/libSystem.dylib"]
  #endif

  @Test func aFunctionIsFoundAndCalled() throws {
    let library = try DynamicLibrary(firstOf: ["libnobodyhasthis.so"] + Self.names)
    typealias Cosine = @convention(c) (Double) -> Double
    let cosine = try #require(library.function("cos", as: Cosine.self))
    #expect(cosine(1) == Elementary.cos(1.0))
    #expect(library.function("nobody_has_this", as: Cosine.self) == nil)
    #expect(library.address("nobody_has_this") == nil)
  }

  @Test func whatIsMissingIsNamed() {
    let error = #expect(throws: DynamicLibrary.Failure.self) {
      try DynamicLibrary(firstOf: ["libnobodyhasthis.so", "libnorthis.so"])
    }
    #expect(error?.description.contains("libnobodyhasthis.so") == true)
    #expect(throws: DynamicLibrary.Failure.self) { try DynamicLibrary(firstOf: []) }
  }
}
