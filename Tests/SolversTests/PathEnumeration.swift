import Solvers

/// A step from node to node and the cost it pays.
struct Step {
  let tail: Int
  let head: Int
  let slot: Int
}

/// The steps that an edge list allows.
func steps(_ graph: Graph) -> [Step] {
  graph.edges.enumerated().flatMap { slot, edge in
    let there = Step(tail: edge.source, head: edge.target, slot: slot)
    let back = Step(tail: edge.target, head: edge.source, slot: slot)
    return graph.isDirected ? [there] : [there, back]
  }
}

/// All paths from `source` to `target` that visit no node twice, as the slots they pay.
func simplePaths(_ steps: [Step], from source: Int, to target: Int) -> [[Int]] {
  func extend(_ node: Int, visited: Set<Int>, slots: [Int]) -> [[Int]] {
    if node == target { return [slots] }
    return steps.filter { $0.tail == node && !visited.contains($0.head) }.flatMap {
      extend($0.head, visited: visited.union([$0.head]), slots: slots + [$0.slot])
    }
  }
  return extend(source, visited: [source], slots: [])
}

/// All cycles through nodes that can be reached from `source` and lead to `target`, as slots.
func cyclesBetween(_ steps: [Step], from source: Int, to target: Int) -> [[Int]] {
  func isReachable(_ start: Int, _ end: Int) -> Bool {
    !simplePaths(steps, from: start, to: end).isEmpty
  }
  return steps.filter { isReachable(source, $0.tail) && isReachable($0.head, target) }
    .flatMap { step in
      simplePaths(steps, from: step.head, to: step.tail).map { $0 + [step.slot] }
    }
}

func indicator(_ slots: [Int], count: Int) -> [Double] {
  var marks = [Double](repeating: 0, count: count)
  for slot in slots { marks[slot] = 1 }
  return marks
}

extension TestGenerator {
  /// A graph of random edges (parallel ones happen), with a path from node 0 to the last node.
  mutating func graph(nodes: Int, edges: Int, directed: Bool, acyclic: Bool = false) -> Graph {
    while true {
      let pairs = (0..<edges).map { _ in
        let tail = Int.random(in: 0..<nodes, using: &self)
        let head = (tail + Int.random(in: 1..<nodes, using: &self)) % nodes
        return acyclic ? (min(tail, head), max(tail, head)) : (tail, head)
      }
      if let graph = try? Graph(nodeCount: nodes, edges: pairs, directed: directed),
        !simplePaths(steps(graph), from: 0, to: nodes - 1).isEmpty
      {
        return graph
      }
    }
  }
}
