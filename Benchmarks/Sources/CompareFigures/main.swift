// Draws the figures of docs/performance.md from results.json:
//
//   compare-figures results.json folder

import Figures
import Foundation

/// What compare.py wrote, as far as it is drawn.
struct Results: Decodable {
  struct Row: Decodable {
    let group: String
    let `case`: String
    let mode: String
    let ratios: [String: Double]
    let fastest: String?
  }
  struct Growth: Decodable {
    /// For each participant, pairs of a size and seconds.
    typealias Series = [String: [[Double]]]
    let N: Series
    let d: Series
    let batch: Series
    /// For each case, pairs of a number of threads and seconds.
    let threads: Series
  }
  struct Memory: Decodable {
    struct Row: Decodable {
      let `case`: String
      let bytes: [String: Double]
    }
    let rows: [Row]
  }
  let rows: [Row]
  let growth: Growth?
  let memory: Memory?
  let accuracy: Accuracy?

  /// The time to a relative error of the gradient of 1 %.
  struct Accuracy: Decodable {
    struct Row: Decodable {
      let `case`: String
      /// The time of the fastest peer over ours, by formula and best sampled.
      let exactRatio: Double?
      let sampledRatio: Double?
    }
    let rows: [Row]
  }
}

let names = [
  "ours": "ours", "torch": "PyTorch", "optax": "optax", "jax": "JAX", "jax64": "JAX, double",
  "torchopt": "TorchOpt",
]

func save(_ figure: Figure, _ name: String, in folder: URL) throws {
  try figure.svg().write(
    to: folder.appending(path: name + ".svg"), atomically: true, encoding: .utf8)
}

func ratios(_ rows: [Results.Row]) -> Figure {
  let shown = rows.filter { $0.fastest != nil }
  let titles = shown.map { $0.case + ($0.mode == "gradient" ? ", with gradient" : "") }
  let values = shown.map { row in row.fastest.flatMap { row.ratios[$0] } ?? .nan }
  return Figure(
    "How many times faster than the fastest peer", x: .logarithmic("ratio of medians"),
    width: 900, height: 110 + 24 * Double(shown.count)
  ) {
    Bars(
      Array(titles.reversed()), Array(values.reversed()), orientation: .horizontal,
      showsValues: true)
    Rule(x: 1)
  }
}

func accuracy(_ rows: [Results.Accuracy.Row]) -> Figure {
  let bars = rows.flatMap { row in
    [("\(row.case), formula", row.exactRatio), ("\(row.case), sampled", row.sampledRatio)]
  }.compactMap { title, ratio in ratio.map { (title, $0) } }
  return Figure(
    "A gradient right to 1 %: time of the fastest peer over ours",
    x: .logarithmic("ratio of times"), width: 900, height: 110 + 24 * Double(bars.count)
  ) {
    Bars(
      bars.map(\.0).reversed(), bars.map(\.1).reversed(), orientation: .horizontal,
      showsValues: true)
    Rule(x: 1)
  }
}

func lines(_ title: String, x: String, _ series: Results.Growth.Series) -> Panel {
  Panel(title, x: .logarithmic(x), y: .logarithmic("value and gradient", unit: "ms")) {
    for name in ["ours", "torch", "optax"] {
      if let points = series[name] {
        Line(
          x: points.map { $0[0] }, y: points.map { 1e3 * $0[1] }, label: names[name] ?? name,
          marker: .circle)
      }
    }
  }
}

func threads(_ series: Results.Growth.Series) -> Figure {
  let titles = series.keys.sorted()
  let values = titles.map { title in
    let points = series[title] ?? []
    return points.count > 1 ? points[0][1] / points[1][1] : .nan
  }
  return Figure(
    "Two threads against one", x: "time of one thread over that of two", width: 800,
    height: 120 + 28 * Double(titles.count)
  ) {
    Bars(titles, values, orientation: .horizontal, showsValues: true)
  }
}

func memory(_ memory: Results.Memory) -> Figure {
  Figure(
    "Memory against the number of samples", x: .logarithmic("samples N"),
    y: Axis("peak resident memory", unit: "MB")
  ) {
    for row in memory.rows {
      let points = row.bytes.compactMap { size, bytes in Double(size).map { ($0, bytes / 1e6) } }
        .sorted { $0.0 < $1.0 }
      Line(x: points.map(\.0), y: points.map(\.1), label: row.case, marker: .circle)
    }
  }
}

guard CommandLine.arguments.count == 3 else {
  FileHandle.standardError.write(Data("usage: compare-figures results.json folder\n".utf8))
  exit(2)
}
let results = try JSONDecoder().decode(
  Results.self, from: Data(contentsOf: URL(filePath: CommandLine.arguments[1])))
let folder = URL(filePath: CommandLine.arguments[2])
if !results.rows.isEmpty { try save(ratios(results.rows), "comparison", in: folder) }
if let found = results.accuracy { try save(accuracy(found.rows), "accuracy", in: folder) }
if let growth = results.growth {
  let figure = Figure("Argmax with Gumbel noise", columns: 3, width: 1200, height: 360) {
    lines("d = 5", x: "samples N", growth.N)
    lines("N = 10,000", x: "elements d", growth.d)
    lines("d = 10, N = 1,000", x: "batch", growth.batch)
  }
  try save(figure, "growth", in: folder)
  try save(threads(growth.threads), "threads", in: folder)
}
if let results = results.memory { try save(memory(results), "memory", in: folder) }
