#!/usr/bin/env python3
"""A standard test function as a long-lived worker.

    perturb minimize --method cma-es --start 3 3 --sigma 1 -- python3 functions.py rosenbrock

Each has its minimum of 0: at zeros, Rosenbrock's at ones.
"""
import json
import math
import sys


def sphere(x):
    return sum(a * a for a in x)


def rosenbrock(x):
    return sum(100 * (b - a * a) ** 2 + (1 - a) ** 2 for a, b in zip(x, x[1:]))


def rastrigin(x):
    return 10 * len(x) + sum(a * a - 10 * math.cos(2 * math.pi * a) for a in x)


def ellipsoid(x):
    """Condition number 1e6."""
    last = max(len(x) - 1, 1)
    return sum(10 ** (6 * i / last) * a * a for i, a in enumerate(x))


FUNCTIONS = {f.__name__: f for f in (sphere, rosenbrock, rastrigin, ellipsoid)}

if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1] not in FUNCTIONS:
        sys.exit(f"usage: functions.py {'|'.join(FUNCTIONS)}")
    function = FUNCTIONS[sys.argv[1]]
    for line in sys.stdin:
        print(function(json.loads(line)), flush=True)
