internal import Platform
public import Solvers

extension LinearModel {
  /// The model in an MPS or LP file, read by HiGHS.
  ///
  /// - Parameter path: A file whose name ends in `.mps` or `.lp`, or in either with `.gz`.
  /// - Returns: The model and the sense that the file gives it.
  /// - Throws: `SolverError.failed` with one line that names the file, where there is no HiGHS, no such
  ///   file, or one that it cannot read; also for semi-continuous variables, which a ``LinearModel``
  ///   has not.
  public static func read(_ path: String) throws(SolverError) -> (model: LinearModel, sense: Sense)
  {
    let functions = try HiGHSLibrary.load().functions
    switch Files.kind(path) {
    case .file: break
    case .missing: throw .failed(reason: "model file '\(path)': no such file")
    case .folder, .special: throw .failed(reason: "model file '\(path)': not a regular file")
    }
    let endings = [".mps", ".lp", ".mps.gz", ".lp.gz"]
    guard endings.contains(where: path.lowercased().hasSuffix) else {
      throw .failed(reason: "model file '\(path)': expected a name that ends in .mps or .lp")
    }
    guard let instance = functions.create() else { throw .failed(reason: "HiGHS cannot start") }
    defer { functions.destroy(instance) }
    _ = functions.setBool(instance, "output_flag", 0)
    guard functions.readModel(instance, path) == 0 else {
      throw .failed(reason: "model file '\(path)': HiGHS cannot read it as a model")
    }
    do throws(SolverError) {
      return try LinearModel.copy(from: instance, functions)
    } catch {
      throw .failed(reason: "model file '\(path)': \(error)")
    }
  }

  private static func copy(
    from instance: Functions.Instance, _ functions: Functions
  ) throws(SolverError) -> (model: LinearModel, sense: Sense) {
    let columns = Int(functions.columnCount(instance))
    let rows = Int(functions.rowCount(instance))
    let entries = Int(functions.entryCount(instance))
    let hessianEntries = Int(functions.hessianEntryCount(instance))
    var model = LinearModel()
    model.costs = [Double](repeating: 0, count: columns)
    model.lower = model.costs
    model.upper = model.costs
    model.rowLower = [Double](repeating: 0, count: rows)
    model.rowUpper = model.rowLower
    var starts = [Int32](repeating: 0, count: rows + 1)
    model.columns = [Int32](repeating: 0, count: entries)
    model.coefficients = [Double](repeating: 0, count: entries)
    var quadraticStarts = [Int32](repeating: 0, count: columns + 1)
    var quadraticRows = [Int32](repeating: 0, count: hessianEntries)
    var quadraticValues = [Double](repeating: 0, count: hessianEntries)
    var kinds = [Int32](repeating: 0, count: columns)
    var (ofColumns, ofRows, ofEntries, ofHessian): (Int32, Int32, Int32, Int32) = (0, 0, 0, 0)
    var (sense, offset): (Int32, Double) = (1, 0)
    let status = functions.getModel(
      instance, 2, 1, &ofColumns, &ofRows, &ofEntries, &ofHessian, &sense, &offset, &model.costs,
      &model.lower, &model.upper, &model.rowLower, &model.rowUpper, &starts, &model.columns,
      &model.coefficients, &quadraticStarts, &quadraticRows, &quadraticValues, &kinds)
    guard status == 0 else { throw .failed(reason: "HiGHS does not give the model") }
    starts[rows] = Int32(entries)
    model.rowStarts = starts
    for (column, kind) in kinds.enumerated() {
      guard kind == 0 || kind == 1 else {
        throw .failed(
          reason:
            "column \(column) is semi-continuous or semi-integer; expected one that is neither")
      }
      let isBinary = kind == 1 && model.lower[column] == 0 && model.upper[column] == 1
      model.kinds.append(kind == 0 ? .continuous : isBinary ? .binary : .integer)
      model.names.append(name(column, instance, functions))
    }
    quadraticStarts[columns] = Int32(hessianEntries)
    for column in 0..<columns where hessianEntries > 0 {
      for entry in Int(quadraticStarts[column])..<Int(quadraticStarts[column + 1]) {
        model.quadratic.append((Int(quadraticRows[entry]), column, quadraticValues[entry]))
      }
    }
    return (model, sense < 0 ? .maximize : .minimize)
  }

  private static func name(
    _ column: Int, _ instance: Functions.Instance, _ functions: Functions
  ) -> String? {
    // As much as `kHighsMaximumStringLength`, and a zero at its end.
    var text = [CChar](repeating: 0, count: 512 + 1)
    guard functions.columnName(instance, Int32(column), &text) == 0 else { return nil }
    let end = text.firstIndex(of: 0) ?? text.count
    let name = String(decoding: text[..<end].map(UInt8.init(bitPattern:)), as: UTF8.self)
    return name.isEmpty ? nil : name
  }
}
