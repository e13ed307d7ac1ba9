#!/usr/bin/env python3
"""Evaluations until a standard function is 1e-8 or less, by perturb, by cma and by SciPy.

    python3 -m venv venv && venv/bin/pip install cma scipy
    venv/bin/python compare.py --perturb ../../.build/release/perturb > table.md

For CMA-ES the median over seeds of all evaluations up to the end of the generation that reaches it,
from the same starts, steps and populations; in brackets how many seeds of how many reached it.
SciPy's methods and L-BFGS have no seeds: evaluations until the first value of 1e-8 or less.
"""
import argparse
import csv
import os
import statistics
import subprocess
import sys
import tempfile
import warnings

from functions import FUNCTIONS

HERE = os.path.dirname(os.path.abspath(__file__))
TARGET = 1e-8


def setting(name, n):
    """Start, step and population (None for the default)."""
    if name == "rastrigin":
        return 2.0, 2.0, {2: 30, 10: 200, 40: 800}[n]
    return (0.0 if name == "rosenbrock" else 1.0), 0.5, None


def by_cma(name, n, seed, limit):
    import cma

    start, sigma, population = setting(name, n)
    options = {"seed": seed + 1, "verbose": -9, "ftarget": TARGET, "maxfevals": limit}
    if population:
        options["popsize"] = population
    search = cma.CMAEvolutionStrategy(n * [start], sigma, options)
    while not search.stop():
        points = search.ask()
        search.tell(points, [FUNCTIONS[name](p) for p in points])
    return search.result.evaluations if search.result.fbest <= TARGET else None


def by_perturb(perturb, method, name, n, seed, limit):
    start, sigma, population = setting(name, n)
    with tempfile.TemporaryDirectory() as folder:
        command = [perturb, "minimize", "--method", method, "--seed", str(seed)]
        command += ["--start", ",".join(n * [str(start)]), "--until", str(TARGET), "--jobs", "1"]
        command += ["--steps", "1000000", "--evaluations", str(limit), "--out", folder + "/run"]
        if method == "cma-es":
            command += ["--sigma", str(sigma)]
            command += ["--samples", str(population)] if population else []
        else:
            command += ["--sigma", "1e-5"]
        command += ["--", sys.executable, HERE + "/functions.py", name]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        with open(folder + "/run/history.csv") as file:
            last = list(csv.DictReader(file))[-1]
    return int(last["evaluations"]) if float(last["best"]) <= TARGET else None


def by_scipy(method, name, n, limit):
    from scipy.optimize import minimize

    class Reached(Exception):
        pass

    count = 0

    def counted(x):
        nonlocal count
        count += 1
        value = FUNCTIONS[name](list(x))
        if value <= TARGET:
            raise Reached
        if count >= limit:
            raise StopIteration
        return value

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            minimize(counted, n * [setting(name, n)[0]], method=method, tol=1e-14,
                     options={"maxiter": limit})
    except Reached:
        return count
    except StopIteration:
        pass
    return None


def summary(counts):
    reached = sorted(c for c in counts if c is not None)
    if not reached:
        return None, "not reached"
    median = statistics.median_low(reached)
    note = "" if len(reached) == len(counts) else f" ({len(reached)} of {len(counts)})"
    return median, f"{median:,}{note}"


def single(count):
    return "not reached" if count is None else f"{count:,}"


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--perturb", required=True)
    parser.add_argument("--seeds", type=int, default=21)
    parser.add_argument("--dimensions", default="2,10,40")
    arguments = parser.parse_args()
    print("| function | inputs | perturb cma-es | cma | ratio | perturb lbfgs | SciPy L-BFGS-B"
          " | SciPy Nelder-Mead | SciPy Powell |")
    print("|---|---:|---:|---:|---:|---:|---:|---:|---:|")
    for n in map(int, arguments.dimensions.split(",")):
        for name in FUNCTIONS:
            limit = 1_000_000 if n == 40 else 300_000
            seeds = arguments.seeds if n < 40 else max(3, arguments.seeds // 3)
            ours, ours_text = summary(
                [by_perturb(arguments.perturb, "cma-es", name, n, s, limit) for s in range(seeds)])
            theirs, theirs_text = summary([by_cma(name, n, s, limit) for s in range(seeds)])
            ratio = f"{ours / theirs:.2f}" if ours and theirs else ""
            lbfgs = by_perturb(arguments.perturb, "lbfgs", name, n, 0, limit)
            others = [by_scipy(m, name, n, limit) for m in ("L-BFGS-B", "Nelder-Mead", "Powell")]
            cells = [name, str(n), ours_text, theirs_text, ratio, single(lbfgs)]
            print("| " + " | ".join(cells + [single(c) for c in others]) + " |", flush=True)
