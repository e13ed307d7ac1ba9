"""Writes Tests/OptimizersTests/Fixtures/cities.json: the criterion of the city map at a random start,
its gradient, and what gradient descent and SciPy's BFGS make of it.

    python -m venv venv
    venv/bin/pip install scipy==1.17.1 numpy==2.4.6
    venv/bin/python Scripts/make_city_fixture.py

city_distances_km.json beside it holds great-circle distances from the data of the course
xoolive/optim4ai. The criterion is sum_ij ((|x_i - x_j|^2 - d_ij^2)^2) / 2, with d and the pairwise
distances of the start scaled to a Frobenius norm of 1.
"""

import json
import pathlib

import numpy as np
import scipy
from scipy.optimize import minimize

FOLDER = pathlib.Path(__file__).parent.parent / "Tests" / "OptimizersTests" / "Fixtures"
distances = np.array(json.loads((FOLDER / "city_distances_km.json").read_text())["distances"])
distances /= np.linalg.norm(distances)
count = len(distances)
start = np.random.RandomState(1).normal(size=(count, 2))
start /= np.linalg.norm(np.linalg.norm(start[:, None] - start[None], axis=-1))


def criterion(flat):
    x = flat.reshape(count, 2)
    difference = x[:, None] - x[None]
    delta = (difference**2).sum(-1) - distances**2
    return (delta**2).sum() / 2, 4 * (delta[:, :, None] * difference).sum(1).ravel()


value, gradient = criterion(start.ravel())
bfgs = minimize(criterion, start.ravel(), jac=True, method="BFGS", options={"gtol": 1e-9})
descent = start.ravel().copy()
for _ in range(4000):
    descent -= 0.1 * criterion(descent)[1]
result = {
    "note": "Made by Scripts/make_city_fixture.py with scipy %s, numpy %s."
    % (scipy.__version__, np.__version__),
    "start": start.ravel().tolist(),
    "value": float(value),
    "gradient": gradient.tolist(),
    "bfgs_value": float(bfgs.fun),
    "bfgs_iterations": int(bfgs.nit),
    "bfgs_evaluations": int(bfgs.nfev),
    "descent_value": float(criterion(descent)[0]),
}
(FOLDER / "cities.json").write_text(json.dumps(result, indent=1) + "\n")
