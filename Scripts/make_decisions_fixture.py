"""Losses, gradients and regrets of decisions by formulas of NumPy's alone, all paths of a small grid listed.

    pip install numpy==2.4.6 scipy==1.17.1
    python Scripts/make_decisions_fixture.py > Tests/DecisionsTests/Fixtures/decisions.json
"""
import itertools
import json
import numpy as np
from scipy.optimize import nnls

rows = columns = 3
edges = []
for r in range(rows):
    for c in range(columns - 1):
        edges.append((r * columns + c, r * columns + c + 1))
    if r < rows - 1:
        for c in range(columns):
            edges.append((r * columns + c, r * columns + c + columns))
paths = []
for downs in itertools.combinations(range(rows + columns - 2), rows - 1):
    node, path = 0, np.zeros(len(edges))
    for move in range(rows + columns - 2):
        following = node + (columns if move in downs else 1)
        path[edges.index((node, following))] = 1
        node = following
    paths.append(path)
paths = np.array(paths)
d = len(edges)
random = np.random.RandomState(7)
true = random.normal(0.7, 1, (4, d))
predicted = random.normal(0.7, 1, (4, d))
upstream = random.normal(0, 1, (4, d))
noise = random.normal(0, 1, (4, 5, d))


def decide(costs):
    return paths[(costs @ paths.T).argmin(-1)]


w = decide(true)
cases = {}


def differences(function):
    """The gradient by central differences, for functions that are linear or smooth around the point."""
    step, gradient = 1e-6, np.zeros_like(predicted)
    for i, j in np.ndindex(*predicted.shape):
        move = np.zeros_like(predicted)
        move[i, j] = step
        gradient[i, j] = (function(predicted + move).sum() - function(predicted - move).sum()) / (2 * step)
    return gradient


def case(name, value, gradient):
    cases[name] = {"value": np.asarray(value).ravel().tolist(), "gradient": gradient.ravel().tolist()}


# Decisions with gradients of their own, for the upstream gradient g.
lam = 3.0
case("black box", decide(predicted), (decide(predicted + lam * upstream) - decide(predicted)) / lam)
case("negative identity", decide(predicted), -upstream)
mean = lambda costs: decide(costs[:, None, :] + 0.8 * noise).mean(1)
case("implicit MLE", mean(predicted), (mean(predicted + lam * upstream) - mean(predicted)) / lam)
case("implicit MLE two-sided", mean(predicted),
     (mean(predicted + lam * upstream) - mean(predicted - lam * upstream)) / (2 * lam))
size = 0.4 * np.linalg.norm(predicted) / np.linalg.norm(upstream)
case("adaptive implicit MLE", mean(predicted), (mean(predicted + size * upstream) - mean(predicted)) / size)


def nearest(target):
    """The point of the hull of the paths nearest to the target: the least squares of a convex mean, the
    weights' sum held by a heavy row."""
    heavy = 1e5
    weights, _ = nnls(np.vstack([paths.T, heavy * np.ones(len(paths))]), np.append(target, heavy))
    return weights @ paths / weights.sum(), weights


def regularized(costs, strength):
    return np.array([nearest(-c / strength)[0] for c in costs])


strength = 1.7
points = regularized(predicted, strength)
step, jacobian = 1e-5, np.zeros((4, d))
for j in range(d):
    move = np.zeros_like(predicted)
    move[:, j] = step
    jacobian[:, j] = ((regularized(predicted + move, strength) - regularized(predicted - move, strength))
                      / (2 * step) * upstream).sum(1)
case("regularized", points, jacobian)
young = lambda p: (strength / 2 * (w ** 2 - regularized(p, strength) ** 2)
                   + p * (w - regularized(p, strength))).sum(1)
case("regularized Fenchel-Young", young(predicted), w - points)

# Losses over a pool.
pool = paths[[0, 2, 3, 5]]
scores = lambda costs: costs @ pool.T
softmax = lambda x: np.exp(x - x.max(1, keepdims=True)) / np.exp(x - x.max(1, keepdims=True)).sum(1, keepdims=True)
own = lambda p: (p * w).sum(1, keepdims=True)
best = scores(true).argmin(1)
losses = {
    "contrastive": lambda p: (own(p) - scores(p)).mean(1),
    "contrastive MAP": lambda p: (own(p) - scores(p)).max(1),
    "listwise": lambda p: -(softmax(-scores(true) / 0.6) * np.log(softmax(-scores(p) / 0.6))).sum(1),
    "listwise worst first": lambda p: -(softmax(scores(true)) * np.log(softmax(scores(p)))).sum(1),
    "pairwise": lambda p: np.maximum(
        scores(p)[np.arange(4), best][:, None] - scores(p), 0).sum(1) / 3,
    "pairwise with a margin": lambda p: (np.maximum(
        scores(p)[np.arange(4), best][:, None] - scores(p) + 0.25, 0).sum(1) - 0.25) / 3,
    "pointwise": lambda p: ((scores(true) - scores(p)) ** 2).mean(1),
}
for name, loss in losses.items():
    case(name, loss(predicted), differences(loss))

# Cones of the constraints that hold at the decisions: of each node (both ways) and each bound.
incidence = np.zeros((rows * columns, d))
for k, (tail, head) in enumerate(edges):
    incidence[tail, k], incidence[head, k] = -1, 1
normals = [np.vstack([incidence, -incidence, np.diag(np.where(row > 0, 1.0, -1.0))]) for row in w]


def aligned(p):
    values = []
    for cost, rays in zip(p, normals):
        weights, _ = nnls(rays.T, -cost, maxiter=1000)
        projection = weights @ rays
        values.append(1 - (-cost @ projection) / np.linalg.norm(cost) / np.linalg.norm(projection))
    return np.array(values)


def aligned_gradient(p):
    rows = []
    for cost, rays in zip(p, normals):
        weights, _ = nnls(rays.T, -cost, maxiter=1000)
        u = weights @ rays / np.linalg.norm(weights @ rays)
        x = -cost
        n = np.linalg.norm(x)
        rows.append((u - x * (x @ u) / n ** 2) / n)
    return np.array(rows)


case("cone aligned", aligned(predicted), aligned_gradient(predicted))

# Regrets, and predictions of which several decisions are optimal.
tied = np.round(predicted)
tied[3] = 1
objectives = (true * w).sum(1)
paid = (true * decide(predicted)).sum(1)
worst = [max((true[i] * path).sum() for path in paths
             if tied[i] @ path <= (paths @ tied[i]).min() + 1e-9) for i in range(4)]

data = np.random.RandomState(135)
B = data.binomial(1, 0.5, (12, 4))
x = data.normal(0, 1, (6, 4))
c = ((x @ B.T / np.sqrt(4) + 3) ** 3 + 1) / 3.5 ** 3 * data.uniform(0.75, 1.25, (6, 12))
print(json.dumps({
    "note": f"numpy {np.__version__}, grid 3 x 3, one-way edges",
    "true": true.ravel().tolist(), "predicted": predicted.ravel().tolist(),
    "upstream": upstream.ravel().tolist(), "noise": noise.astype(np.float32).astype(float).ravel().tolist(),
    "decisions": w.ravel().tolist(), "pool": pool.ravel().tolist(),
    "normals": [n.ravel().tolist() for n in normals],
    "regret": (paid - objectives).tolist(), "scale": float(np.abs(objectives).sum()),
    "tied": tied.ravel().tolist(), "unambiguous": (np.array(worst) - objectives).tolist(),
    "cases": cases,
    "data 6 4 3x3 degree 3 noise 0.25 seed 135": {
        "features": x.astype(np.float32).astype(float).ravel().tolist(),
        "costs": c.astype(np.float32).astype(float).ravel().tolist()},
}))
