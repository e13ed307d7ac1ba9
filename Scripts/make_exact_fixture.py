"""Expectations of functions of noisy vectors, by SciPy's adaptive integration and enumeration of subsets.

    pip install scipy==1.17.1 numpy
    python Scripts/make_exact_fixture.py > Tests/PerturbationsTests/Fixtures/exact.json

Nothing here shares a formula of quadrature with the package: each value is an integral over the place of one
entry (a sum over the subsets of the others where ranks matter), cut at the corners of the densities.
"""
import itertools
import json
import numpy as np
from scipy import stats
from scipy.integrate import quad

noises = {
    "normal": (stats.norm(), []),
    "gumbel": (stats.gumbel_r(), []),
    "centered-gumbel": (stats.gumbel_r(loc=-0.57721566490153286), []),
    "logistic": (stats.logistic(), []),
    "laplace": (stats.laplace(), [0]),
    "uniform": (stats.uniform(-1, 2), [-1, 1]),
}


def integral(f, theta, sigma, noise, corners):
    """∫ f(t) dt over where any density is, in pieces of at most 3σ."""
    low, high = noise.ppf(1e-17), noise.isf(1e-17)
    ends = {min(theta) + sigma * low, max(theta) + sigma * high}
    ends |= {x + sigma * c for x in theta for c in corners}
    ends = sorted(ends)
    total = []
    for a, b in zip(ends, ends[1:]):
        parts = max(1, int(np.ceil((b - a) / (3 * sigma))))
        for k in range(parts):
            l, h = a + (b - a) * k / parts, a + (b - a) * (k + 1) / parts
            total.append(quad(f, l, h, epsabs=1e-14, epsrel=1e-13, limit=200)[0])
    return float(np.sum(total))


def expectations(theta, sigma, noise, corners):
    d = len(theta)
    p = lambda i, t: noise.pdf((t - theta[i]) / sigma) / sigma
    F = lambda i, t: noise.cdf((t - theta[i]) / sigma)
    others = lambda i: [j for j in range(d) if j != i]

    def exceed(i, t, count):
        """The probability that `count` of the others than i exceed t."""
        return sum(
            np.prod([1 - F(j, t) if j in S else F(j, t) for j in others(i)])
            for S in itertools.combinations(others(i), count))

    over = lambda f: integral(f, theta, sigma, noise, corners)
    rank = lambda i, count: over(lambda t: p(i, t) * exceed(i, t, count))
    ranks = [[rank(i, c) for c in range(d)] for i in range(d)]
    mean = lambda c: over(lambda t: t * sum(p(i, t) * exceed(i, t, c) for i in range(d)))
    none = np.prod([noise.cdf(-x / sigma) for x in theta])
    every = np.prod([noise.sf(-x / sigma) for x in theta])
    return {
        "argmax": [ranks[i][0] for i in range(d)],
        "argmin": [ranks[i][d - 1] for i in range(d)],
        "top-2": [ranks[i][0] + ranks[i][1] for i in range(d)],
        "ranking": [sum(c * ranks[i][d - 1 - c] for c in range(d)) for i in range(d)],
        "sorting": [mean(d - 1 - c) for c in range(d)],
        "or": [1 - 2 * none],
        "and": [2 * every - 1],
    }


rng = np.random.default_rng(7)
cases = []
for name, (noise, corners) in noises.items():
    for d, sigma, spread in [(2, 0.7, 1), (3, 1, 4), (5, 0.3, 0.4), (4, 20, 30)]:
        theta = [float(x) for x in np.round(spread * rng.standard_normal(d), 3)]
        values = expectations(theta, sigma, noise, corners)
        cases.append({"noise": name, "sigma": sigma, "theta": theta, "values": values})
print(json.dumps({
    "note": "scipy 1.17.1, quad with epsabs 1e-14 in pieces of 3 sigma", "cases": cases}, indent=1))
