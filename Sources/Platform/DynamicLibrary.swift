#if canImport(Darwin)
  private import Darwin
#elseif canImport(Glibc)
  private import Glibc
#elseif canImport(Musl)
  private import Musl
#elseif canImport(Android)
  private import Android
#elseif canImport(WASILibc)
  private import WASILibc
#endif

/// A library that is found when the program runs, if it is there.
///
/// It stays loaded until the process ends, so that functions taken from it are good for as long.
package struct DynamicLibrary: @unchecked Sendable {
  /// Why a library could not be loaded, in the loader's words.
  package struct Failure: Error, CustomStringConvertible {
    package let description: String
  }

  private let handle: UnsafeMutableRawPointer

  /// Loads a library.
  ///
  /// - Parameter name: A path where it has a slash, otherwise a name for the loader to look up:
  ///   `libOpenCL.so.1`.
  /// - Throws: ``Failure``.
  package init(_ name: String) throws(Failure) {
    #if os(WASI)
      throw Failure(description: "cannot load \(name): WebAssembly has no libraries to load")
    #else
      guard let handle = dlopen(name, RTLD_NOW | RTLD_LOCAL) else {
        throw Failure(description: dlerror().map { String(cString: $0) } ?? "cannot load \(name)")
      }
      self.handle = handle
    #endif
  }

  /// The first library of these names that can be loaded; where none can, the failure of the first.
  package init(firstOf names: [String]) throws(Failure) {
    var first: Failure?
    for name in names {
      do throws(Failure) {
        self = try DynamicLibrary(name)
        return
      } catch { first = first ?? error }
    }
    throw first ?? Failure(description: "no library is named")
  }

  /// The address of a symbol, if the library has it.
  package func address(_ name: String) -> UnsafeMutableRawPointer? {
    #if os(WASI)
      nil
    #else
      dlsym(handle, name)
    #endif
  }

  /// A function of the library, if it has it.
  ///
  /// ```swift
  /// typealias Cosine = @convention(c) (Double) -> Double
  /// let cosine = library.function("cos", as: Cosine.self)
  /// ```
  ///
  /// - Parameters:
  ///   - name: The function's symbol.
  ///   - type: Its type, `@convention(c)`. Nothing checks that it is the right one.
  /// - Returns: The function, or nil.
  package func function<Function>(_ name: String, as type: Function.Type) -> Function? {
    precondition(
      MemoryLayout<Function>.size == MemoryLayout<UnsafeMutableRawPointer>.size,
      "not the type of a C function")
    return address(name).map { unsafeBitCast($0, to: Function.self) }
  }
}
