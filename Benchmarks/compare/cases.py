"""The cases of the comparison: their sizes, their inputs, and who takes part."""

import json
import pathlib
from dataclasses import dataclass, field

import numpy as np

HERE = pathlib.Path(__file__).resolve().parent


@dataclass
class Case:
    """One row, or two: the value, and the value with its gradient."""

    title: str
    name: str  # what the Swift side and the peers call it
    parameters: dict
    inputs: dict  # name -> array of doubles
    peers: list  # of "torch", "optax", "torchopt"; see peers_*.py
    modes: tuple = ("value", "gradient")
    noise: str = "normal"
    goal: dict = field(default_factory=dict)  # peer or "fastest" -> at least this ratio
    unit: str = "ms"
    per: float = 1.0  # divides the time: operations, steps
    group: str = "Perturbed functions"
    repeats: int = 1  # runs between two looks at the clock
    relative: float | None = None  # deterministic: compare to this relative error, not in errors
    exact: bool = True  # optax has the same key: same numbers


def spread(count, seed=0):
    """Inputs that no element dominates."""
    return np.random.RandomState(seed).normal(size=count).astype(np.float32).astype(np.float64)


def argmax(d, n, batch=0, goal=None, peers=("torch", "optax"), name="argmax", title=None):
    shape = (batch, d) if batch else (d,)
    return Case(
        title=title or (f"argmax, batch {batch} × d {d}, N {n:,}" if batch else f"argmax, d {d:,}, N {n:,}"),
        name=name,
        parameters={"samples": n, "sigma": 0.5, "batched": 1 if batch else 0},
        inputs={"theta": spread(shape) * 0.5, "cotangent": spread(shape, 1)},
        peers=list(peers), noise="gumbel", goal=goal or {})


def vector(title, name, d, n, goal=None, batch=0, output=None, noise="normal", **parameters):
    shape = (batch, d) if batch else (d,)
    return Case(
        title=title, name=name,
        parameters={"samples": n, "sigma": 0.5, "batched": 1 if batch else 0, **parameters},
        inputs={"theta": spread(shape) * 0.5, "cotangent": spread(output or shape, 1)},
        peers=["torch", "optax"], noise=noise, goal=goal or {})


# The nine nodes of document 000; every edge leads both ways, with a cost of its own each way.
NODES = 9
EDGES = [(0, 2, .2), (0, 3, .25), (1, 4, .4), (2, 3, .1), (2, 5, .6), (2, 7, .2), (3, 7, .25),
         (6, 7, .2), (5, 6, .1), (4, 5, .1), (4, 8, .1), (6, 8, .4)]


def graph_path(matrix):
    arcs = [(a, b) for a, b, _ in EDGES] + [(b, a) for a, b, _ in EDGES]
    costs = np.array([c for _, _, c in EDGES] * 2)
    if matrix:
        theta = np.zeros((NODES, NODES))
        for (a, b), cost in zip(arcs, costs):
            theta[a, b] = cost
    else:
        theta = costs
    return Case(
        title="shortest path, 9 nodes, N 100,000" + (", as a matrix" if matrix else ""),
        name="shortest-path",
        parameters={"samples": 100_000, "sigma": 0.05, "batched": 0, "nodes": NODES, "minimum": 0.001,
                    "matrix": 1 if matrix else 0},
        inputs={"theta": theta.astype(np.float32).astype(np.float64),
                "cotangent": spread(theta.shape, 1), "arcs": np.array(arcs, np.float64)},
        peers=["torch", "optax"], goal={"fastest": 10} if not matrix else {})


def grid_path():
    costs = np.random.RandomState(2).uniform(0.5, 2.0, (30, 30))
    return Case(
        title="shortest path, 30 × 30 grid, N 1,000", name="grid-path",
        parameters={"samples": 1000, "sigma": 0.1, "batched": 0, "rows": 30, "columns": 30, "minimum": 0.01},
        inputs={"theta": costs.astype(np.float32).astype(np.float64), "cotangent": spread((30, 30), 1)},
        peers=["torch", "optax"])


def network():
    inputs, hidden, outputs = 32, 64, 8
    return Case(
        title="two-layer network 32→64→8, N 20,000", name="network",
        parameters={"samples": 20_000, "sigma": 0.5, "batched": 0},
        inputs={"theta": spread(inputs), "cotangent": spread(outputs, 1),
                "w1": spread((inputs, hidden), 2) / inputs ** 0.5, "b1": spread(hidden, 3) * 0.1,
                "w2": spread((hidden, outputs), 4) / hidden ** 0.5, "b2": spread(outputs, 5) * 0.1},
        peers=["torch", "optax"])


def fenchel_young():
    batch, features, d = 64, 32, 20
    x, weight = spread((batch, features), 2), spread((features, d), 3) / features ** 0.5
    ranks = np.argsort(np.argsort(x @ weight[:, ::-1], -1), -1)
    return Case(
        title="Fenchel–Young step: linear model, ranking d 20, batch 64, N 1,000", name="fenchel-young",
        parameters={"samples": 1000, "sigma": 0.5, "rate": 0.1, "batched": 1},
        inputs={"x": x, "weight": weight, "y": ranks.astype(np.float64)}, peers=["torch", "jax"],
        modes=("gradient",), group="Training", exact=False)


def zero_order(method, goal=None):
    return Case(
        title=f"zero-order step of document 002, {method}, 100 samples", name="zero-order",
        parameters={"samples": 100, "sigma": 0.01, "antithetic": 1 if method == "antithetic" else 0},
        inputs={"w0": spread((1, 32), 2) / 32 ** 0.5, "b0": spread(1, 3) / 32 ** 0.5,
                "x": spread((64, 32), 4) * 0.1, "y": spread((64, 1), 5) * 0.1},
        peers=["torch", "jax", "torchopt"], modes=("gradient",), group="Zero order", repeats=20,
        goal=goal or {}, exact=False)


def zero_order_large():
    sizes = [512, 1024, 480, 10]
    inputs = {"x": spread((64, 512), 4), "y": spread((64, 10), 5)}
    for i, (a, b) in enumerate(zip(sizes, sizes[1:])):
        inputs[f"w{i}"] = spread((b, a), 10 + i) / a ** 0.5
        inputs[f"b{i}"] = spread(b, 20 + i) * 0.1
    return Case(
        title="zero-order step, network of 10⁶ parameters, 64 rows, 32 samples", name="zero-order",
        parameters={"samples": 32, "sigma": 0.01, "antithetic": 1}, inputs=inputs,
        peers=["torch", "jax", "torchopt"], modes=("gradient",), group="Zero order", exact=False)


def city_map(whole):
    """A step at a time, as somebody does who wants to see the loss on the way; or all steps in one
    compiled loop, which only JAX has: ours are the same in both."""
    data = json.loads((HERE / "inputs" / "cities.json").read_text())
    start = np.array(data["x0"]).reshape(-1, 2)
    return Case(
        title="city map, 4,000 gradient steps" + (" in one loop" if whole else "") + " (per step)",
        name="city-map", parameters={"steps": 4000, "rate": 0.1, "whole": int(whole)},
        inputs={"start": start, "distances": np.array(data["distances"])},
        peers=["jax", "jax64"] if whole else ["torch", "jax", "jax64"], modes=("gradient",),
        group="Tensors", unit="µs", per=4000,
        goal={} if whole else {"jax": 1.3, "torch": 20}, relative=1e-3, exact=False)


def small_tensors():
    return Case(
        title="small tensors: x·a + b on 4 numbers (per operation)", name="small-tensors",
        parameters={"operations": 1000},
        inputs={"start": spread(4), "a": np.full(4, 0.999), "b": spread(4, 2) * 0.01},
        peers=["torch"], group="Tensors", unit="ns", per=1000, relative=1e-4, repeats=5,
        exact=False)


def all_cases():
    return [
        argmax(5, 1_000_000, goal={"fastest": 5}),
        argmax(5, 1_000_000, name="argmax-function",
               title="argmax as a function of tensors, d 5, N 1,000,000"),
        argmax(100, 100_000, goal={"fastest": 12}),
        argmax(1000, 10_000),
        argmax(10, 1000, batch=128),
        vector("ranking, d 100, N 10,000", "ranking", 100, 10_000, goal={"fastest": 20}),
        vector("sorting, d 100, N 10,000", "sorting", 100, 10_000),
        vector("top 10 of d 100, N 10,000", "top-k", 100, 10_000, k=10),
        vector("logical or, 1,000 points × d 2, N 1,000", "or", 2, 1000, batch=1000, output=(1000,)),
        graph_path(matrix=False),
        graph_path(matrix=True),
        grid_path(),
        network(),
        fenchel_young(),
        zero_order("naive", goal={"torchopt": 80}),
        zero_order("antithetic", goal={"torchopt": 80}),
        zero_order_large(),
        city_map(whole=False),
        city_map(whole=True),
        small_tensors(),
    ]
