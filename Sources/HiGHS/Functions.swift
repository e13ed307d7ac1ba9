internal import Platform

/// The functions of `highs_c_api.h` that are used. `HighsInt` is 32 bits wide, which is checked.
struct Functions: Sendable {
  typealias Instance = UnsafeMutableRawPointer
  typealias Text = UnsafePointer<CChar>

  let create: @convention(c) () -> Instance?
  let destroy: @convention(c) (Instance) -> Void
  let versionMajor: @convention(c) () -> Int32
  let versionMinor: @convention(c) () -> Int32
  let versionPatch: @convention(c) () -> Int32
  let sizeOfInteger: @convention(c) (Instance) -> Int32
  let setBool: @convention(c) (Instance, Text, Int32) -> Int32
  let setInteger: @convention(c) (Instance, Text, Int32) -> Int32
  let setNumber: @convention(c) (Instance, Text, Double) -> Int32
  let setString: @convention(c) (Instance, Text, Text) -> Int32
  let readModel: @convention(c) (Instance, Text) -> Int32
  let columnCount: @convention(c) (Instance) -> Int32
  let rowCount: @convention(c) (Instance) -> Int32
  let entryCount: @convention(c) (Instance) -> Int32
  let hessianEntryCount: @convention(c) (Instance) -> Int32
  let columnName: @convention(c) (Instance, Int32, UnsafeMutablePointer<CChar>) -> Int32
  let getModel: GetModel
  let passModel: PassModel
  let changeCosts: @convention(c) (Instance, Int32, Int32, UnsafePointer<Double>) -> Int32
  let run: @convention(c) (Instance) -> Int32
  let modelStatus: @convention(c) (Instance) -> Int32
  let solution:
    @convention(c) (
      Instance, UnsafeMutablePointer<Double>?, UnsafeMutablePointer<Double>?,
      UnsafeMutablePointer<Double>?, UnsafeMutablePointer<Double>?
    ) -> Int32
  let clearSolver: @convention(c) (Instance) -> Int32
  let zeroClocks: @convention(c) (Instance) -> Int32

  typealias Numbers = UnsafePointer<Double>
  typealias Integers = UnsafePointer<Int32>
  typealias NumbersOut = UnsafeMutablePointer<Double>
  typealias IntegersOut = UnsafeMutablePointer<Int32>

  /// Columns, rows, entries of A and of Q, formats of A and Q, sense, offset, costs, bounds of columns
  /// and of rows, A, Q, integrality.
  typealias PassModel =
    @convention(c) (
      Instance, Int32, Int32, Int32, Int32, Int32, Int32, Int32, Double, Numbers?, Numbers?,
      Numbers?, Numbers?, Numbers?, Integers?, Integers?, Numbers?, Integers?, Integers?, Numbers?,
      Integers?
    ) -> Int32

  /// The same the other way; formats are given, all else is written.
  typealias GetModel =
    @convention(c) (
      Instance, Int32, Int32, IntegersOut, IntegersOut, IntegersOut, IntegersOut, IntegersOut,
      NumbersOut, NumbersOut?, NumbersOut?, NumbersOut?, NumbersOut?, NumbersOut?, IntegersOut?,
      IntegersOut?, NumbersOut?, IntegersOut?, IntegersOut?, NumbersOut?, IntegersOut?
    ) -> Int32

  init(_ library: DynamicLibrary) throws(MissingFunction) {
    func function<F>(_ name: String) throws(MissingFunction) -> F {
      guard let found = library.function("Highs_\(name)", as: F.self) else {
        throw MissingFunction(name: name)
      }
      return found
    }
    create = try function("create")
    destroy = try function("destroy")
    versionMajor = try function("versionMajor")
    versionMinor = try function("versionMinor")
    versionPatch = try function("versionPatch")
    sizeOfInteger = try function("getSizeofHighsInt")
    setBool = try function("setBoolOptionValue")
    setInteger = try function("setIntOptionValue")
    setNumber = try function("setDoubleOptionValue")
    setString = try function("setStringOptionValue")
    readModel = try function("readModel")
    columnCount = try function("getNumCol")
    rowCount = try function("getNumRow")
    entryCount = try function("getNumNz")
    hessianEntryCount = try function("getHessianNumNz")
    columnName = try function("getColName")
    getModel = try function("getModel")
    passModel = try function("passModel")
    changeCosts = try function("changeColsCostByRange")
    run = try function("run")
    modelStatus = try function("getModelStatus")
    solution = try function("getSolution")
    clearSolver = try function("clearSolver")
    zeroClocks = try function("zeroAllClocks")
  }
}

struct MissingFunction: Error { var name: String }
