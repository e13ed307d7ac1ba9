#!/usr/bin/env python3
"""The shortest path from node 0 to node 8 of a map of nine nodes, by Dijkstra's method.

Reads a matrix of costs, 81 numbers row by row, and prints the steps of the path as a matrix of zeros
and ones: entry [i, j] is the step from node i to node j. Costs below 0 count as 0.

    perturb evaluate --theta-file costs.json --sigma 0.05 -- python3 solver.py
"""
import json
import sys

NODES = 9
EDGES = [(0, 2), (0, 3), (2, 3), (2, 7), (3, 7), (2, 5), (6, 7), (1, 4), (6, 8), (5, 6), (4, 5), (4, 8)]
NEIGHBOURS = [[] for _ in range(NODES)]
for a, b in EDGES:
    NEIGHBOURS[a].append(b)
    NEIGHBOURS[b].append(a)


def shortest_path(costs, start=0, end=8):
    """Nodes are taken by distance, then by number, and keep the step that reached them first."""
    distance = [float("inf")] * NODES
    before = [None] * NODES
    distance[start] = 0.0
    open_nodes = set(range(NODES))
    while open_nodes:
        node = min(open_nodes, key=lambda k: (distance[k], k))
        open_nodes.remove(node)
        if node == end:
            break
        for other in NEIGHBOURS[node]:
            length = distance[node] + max(costs[node * NODES + other], 0.0)
            if length < distance[other]:
                distance[other], before[other] = length, node
    steps = [0] * (NODES * NODES)
    node = end
    while node != start:
        steps[before[node] * NODES + node] = 1
        node = before[node]
    return steps


if __name__ == "__main__":
    for line in sys.stdin:
        print(json.dumps(shortest_path(json.loads(line))), flush=True)
