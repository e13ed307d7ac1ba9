"""Writes numpy_values.json: what NumPy computes and prints, for the tests of tensor operations.

    python3 make_numpy_values.py        (NumPy 2.4.6)
"""
import json
import pathlib

import numpy as np

np.seterr(all="ignore")
random = np.random.default_rng(2024)
x = np.round(random.uniform(-2, 2, (3, 4)), 3)
y = np.round(random.uniform(-2, 2, (3, 4)), 3)
p = np.round(random.uniform(0.1, 3, (3, 4)), 3)
c = np.round(random.uniform(-2, 2, (2, 3, 4)), 3)
d = np.round(random.uniform(-2, 2, (2, 4, 5)), 3)
v = np.round(random.uniform(-2, 2, 4), 3)
ties = np.array([[3.0, 1, 3, 2, 1], [0, 0, -0.0, 5, 5]])
index = np.array([2, 0, 2, 1], dtype=np.int32)
arrays = {"x": x, "y": y, "p": p, "c": c, "d": d, "v": v, "ties": ties, "index": index}


def softmax(a, axis):
    e = np.exp(a - a.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


def logsumexp(a, axis):
    m = a.max(axis=axis, keepdims=True)
    return (m + np.log(np.exp(a - m).sum(axis=axis, keepdims=True))).squeeze(axis)


def assigned(a, key, value):
    a = a.copy()
    a[key] = value
    return a


def erf(a):
    import math
    return np.vectorize(math.erf)(a)


def scattered(a, i, count):
    out = np.zeros((a.shape[0], count))
    for row in range(a.shape[0]):
        for column in range(a.shape[1]):
            out[row, i[row, column]] += a[row, column]
    return out


along = np.array([[1, 0, 3, 3], [2, 2, 2, 0], [0, 1, 2, 3]], dtype=np.int32)
arrays["along"] = along
grid = np.meshgrid(v, x[:, 0], indexing="ij")
results = {
    "add row": x + y[1], "subtract column": x - y[:, 1:2], "multiply cube": c * x,
    "divide": x / p, "power": p**y, "negate": -x, "number minus": 2 - x, "atan2": np.arctan2(x, y),
    "exp": np.exp(x), "expm1": np.expm1(x), "log": np.log(p), "log1p": np.log1p(p),
    "sqrt": np.sqrt(p), "sin": np.sin(x), "cos": np.cos(x), "tan": np.tan(x), "atan": np.arctan(x),
    "tanh": np.tanh(x), "sigmoid": 1 / (1 + np.exp(-x)), "softplus": np.log1p(np.exp(x)),
    "erf": erf(x), "abs": np.abs(x), "sign": np.sign(x), "floor": np.floor(x), "ceil": np.ceil(x),
    "round": np.round(2 * x), "relu": np.maximum(x, 0), "square": x * x, "rsqrt": p**-0.5,
    "reciprocal": 1 / x, "clamped": np.clip(x, -0.5, 1), "minimum": np.minimum(x, y),
    "maximum": np.maximum(x, y), "select": np.where(x > y, x, 0.0),
    "greater": x > y, "less or equal": x <= y[0], "equal": np.round(x) == np.round(y),
    "and": (x > 0) & (y > 0), "or not": (x > 0) | ~(y > 0),
    "sum": x.sum(), "sum 0": c.sum(0), "sum 0 2": c.sum((0, 2)), "sum kept": c.sum(1, keepdims=True),
    "mean": x.mean(), "mean 1": c.mean(1), "product 2": c.prod(2), "product": x.prod(),
    "min 0": c.min(0), "max -1": c.max(-1), "max": c.max(),
    "variance": x.var(), "variance 0 corrected": x.var(0, ddof=1), "variance 0 2": c.var((0, 2)),
    "standard deviation 1": x.std(1), "standard deviation corrected": x.std(ddof=1),
    "any 0": (x > 1).any(0), "all 1": (p > 0.5).all(1), "true count 1": (x > 0).sum(1),
    "logsumexp 1": logsumexp(c, 1), "softmax 0": softmax(c, 0), "softmax": softmax(x, -1),
    "log softmax": x - logsumexp(x, -1)[:, None], "norm": np.linalg.norm(x),
    "norm 1": np.linalg.norm(c, axis=1), "cumulative sum 1": c.cumsum(1),
    "cumulative sum reversed": x[:, ::-1].cumsum(-1)[:, ::-1],
    "argmax 0": x.argmax(0), "argmax": c.argmax(-1), "argmin 1": c.argmin(1),
    "argmax ties": ties.argmax(-1), "argmin ties": ties.argmin(-1),
    "argsort ties": np.argsort(ties, kind="stable"),
    "argsort descending ties": np.argsort(-ties, kind="stable"),
    "sort 1": np.sort(c, axis=1), "sort descending": -np.sort(-x),
    "top 2": -np.sort(-x)[:, :2], "top 2 indices": np.argsort(-x, kind="stable")[:, :2],
    "one hot": np.eye(4)[index], "take": x[index], "take 1": c[:, index], "take -1": x[:, index],
    "take matrix": x[index.reshape(2, 2)], "take along": np.take_along_axis(x, along, 1),
    "scatter": scattered(x, along, 5),
    "matmul": x @ y.T, "matmul batch": c @ d, "matmul broadcast": x @ d,
    "matmul vector": x @ v, "vector matmul": v @ d, "vectors": v @ x[0],
    "matmul batches broadcast": c[:, None] @ d[None], "dot": np.dot(v, x[1]),
    "outer": np.outer(v, x[:, 0]), "diagonal": np.diagonal(c, axis1=1, axis2=2),
    "diagonal matrix": np.diag(v), "trace": np.trace(x @ y.T), "lower": np.tril(x, -1),
    "upper": np.triu(c, 1),
    "squared distance": ((x[:, None] - y[None]) ** 2).sum(-1),
    "distance": np.sqrt(((x[:, None] - y[None]) ** 2).sum(-1)),
    "ij,kj->ik": np.einsum("ij,kj->ik", x, y), "ij,ij->": np.einsum("ij,ij->", x, y),
    "bij,bjk->bki": np.einsum("bij,bjk->bki", c, d), "ij,bjk->ibk": np.einsum("ij,bjk->ibk", x, d),
    "bij,ij->b": np.einsum("bij,ij->b", c, x), "i,j->ji": np.einsum("i,j->ji", v, x[:, 0]),
    "ij,jk->k": np.einsum("ij,jk->k", x, y.T), "bij,bij->bi": np.einsum("bij,bij->bi", c, c),
    "bij,kj->kbi": np.einsum("bij,kj->kbi", c, y), "ij,->ji": np.einsum("ij,->ji", x, v[0]),
    "meshgrid 0": grid[0], "meshgrid 1": grid[1], "arange": np.arange(2, 9, 3),
    "arange down": np.arange(5, -1, -2.0), "arange fraction": np.arange(0, 1, 0.25),
    "linspace": np.linspace(-1, 2, 7), "identity": np.eye(3),
    "reshape": c.reshape(4, -1), "transpose": c.transpose(), "transpose axes": c.transpose(1, 2, 0),
    "swap": np.swapaxes(c, 0, 2), "move": np.moveaxis(c, 0, -1), "tile": np.tile(x, (2, 3)),
    "repeat": np.repeat(x, 2, axis=0), "repeat 1": np.repeat(x, 3, axis=1), "flip": np.flip(c, 1),
    "roll": np.roll(x, 3, axis=1), "roll back": np.roll(x, -1, axis=0),
    "pad": np.pad(x, ((1, 2), (0, 3))), "pad number": np.pad(x, ((0, 1), (2, 0)), constant_values=9),
    "concatenate": np.concatenate([x, y], 1), "stack": np.stack([x, y], -1),
    "split": np.split(x, [1, 3], axis=1)[1], "chunk": x[:, 3:],
    "x[1]": x[1], "x[-1, 2]": x[-1, 2], "c[1, :, 2]": c[1, :, 2], "c[..., 1]": c[..., 1],
    "x[::-1]": x[::-1], "x[:, ::-2]": x[:, ::-2], "x[:, 3:0:-2]": x[:, 3:0:-2],
    "x[1:3, :2]": x[1:3, :2], "c[:, None, 1]": c[:, None, 1], "x[..., None]": x[..., None],
    "x[-2:]": x[-2:], "x[:-1]": x[:-1], "x[2:2]": x[2:2], "c[0, ::2, 1::2]": c[0, ::2, 1::2],
    "x[1] = 5": assigned(x, 1, 5), "x[:, 1] = y[:, 0]": assigned(x, np.s_[:, 1], y[:, 0]),
    "c[1, ::-2, 1:3] = x[:2, :2]": assigned(c, np.s_[1, ::-2, 1:3], x[:2, :2]),
    "x[::2, -1] = 1": assigned(x, np.s_[::2, -1], 1),
    "cast": np.trunc(2 * x).astype(np.int32),
    "asin": np.arcsin(np.tanh(x)), "acos": np.arccos(np.tanh(x)),
    "c[..., 1, 2]": c[..., 1, 2], "c[1, ...]": c[1, ...], "c[..., 1] = x[:2, 0]": assigned(
        c, np.s_[..., 1], x[:2, 0, None]),
    "x[x > 0]": x[x > 0], "c[mask]": c[np.array([False, True])], "x[rows]": x[x[:, 0] > 0],
    "x[x < 0] = 7": assigned(x, x < 0, 7), "x[rows] = y[0]": assigned(x, x[:, 0] > 0, y[0]),
    "x[x > 0] = -x[x > 0]": assigned(x, x > 0, -x[x > 0]),
    "sum of truths": (x > 0).sum(), "sum of truths 0": (x > 0).sum(0),
    "arange of an integer": np.arange(4.0),
}

printed = {
    "plain": x, "integers as numbers": np.array([1.0, 2, 3]), "scalar": np.array(2.5),
    "vector": np.array([-0.6, 1.9, -0.2, 1.1, -1.0]), "cube": c, "large": np.array([1e10, 1.0]),
    "small": np.array([1e-7, 2.5e-7]), "range": np.array([1e-5, 1.0, 1000.0]),
    "wide": np.array([12345.678, 0.001]), "special": np.array([np.nan, np.inf, -np.inf, 1.5]),
    "special alone": np.array([np.nan, np.inf]), "zeros": np.zeros((2, 2)),
    "negative zero": np.array([-0.0, 1.0]), "thirds": np.array([1 / 3, 2 / 3]),
    "float thirds": np.array([1 / 3, 2 / 3], np.float32), "float": np.array([0.1, 0.25], np.float32),
    "float exponent": np.array([1e-8, 3.3e5], np.float32), "negative": np.array([-1.0, -2.5e-9]),
    "carry": np.array([0.999999999, 1.0]), "exponent 100": np.array([1e100, 1e-100]),
    "long": np.arange(2000.0), "matrix long": np.arange(1200.0).reshape(30, 40),
    "thousands": np.array([123456.789, 1.0]), "hundred million": np.array([1e8, 1.0]),
    "below": np.array([99999999.0, 0.5]), "integers": np.array([[1, -20], [300, 4]], np.int32),
    "truth": np.array([[True, False], [False, True]]), "empty": np.zeros((0,)),
    "one by one": np.array([[7.25]]), "deep": np.arange(8.0).reshape(2, 1, 2, 2),
    "long row": np.linspace(0, 1, 40), "long integers": np.arange(60, dtype=np.int32),
}
types = {"float64": "double", "float32": "float", "int32": "int32", "int64": "int32", "bool": "bool"}


def encoded(a):
    a = np.asarray(a)
    return {"shape": list(a.shape), "type": types[str(a.dtype)],
            "data": [repr(float(e)) for e in a.ravel()]}


out = {
    "numpy": np.__version__,
    "arrays": {k: encoded(a) for k, a in arrays.items()},
    "results": {k: encoded(a) for k, a in results.items()},
    "printed": {k: encoded(a) | {"text": str(a)} for k, a in printed.items()},
}
path = pathlib.Path(__file__).with_name("numpy_values.json")
path.write_text(json.dumps(out, indent=0) + "\n")
