"""Reference values of the noises' distributions, from mpmath's formulas with 400 digits.

    pip install mpmath==1.3.0
    python Scripts/make_noise_fixture.py > Tests/PerturbationsTests/Fixtures/noise.json
"""
import json
from mpmath import mp, mpf, erfc, exp, sqrt, pi, gamma, betainc, atan, log1p

mp.dps = 400  # differences of nearly equal numbers


def student(nu):
    nu = mpf(nu)
    peak = gamma((nu + 1) / 2) / (sqrt(nu * pi) * gamma(nu / 2))

    def cumulative(z):
        tail = betainc(nu / 2, mpf(1) / 2, 0, nu / (nu + z * z), regularized=True) / 2
        return tail if z <= 0 else 1 - tail

    return lambda z: peak * (1 + z * z / nu) ** (-(nu + 1) / 2), cumulative


def smoothed(tau):
    tau = mpf(tau)
    sigmoid = lambda x: 1 / (1 + exp(-x))
    return (
        lambda z: (sigmoid((z + 1) / tau) - sigmoid((z - 1) / tau)) / 2,
        lambda z: tau / 2 * (log1p(exp((z + 1) / tau)) - log1p(exp((z - 1) / tau))),
    )


noises = {
    "normal": (lambda z: exp(-z * z / 2) / sqrt(2 * pi), lambda z: erfc(-z / sqrt(2)) / 2),
    "gumbel": (lambda z: exp(-z - exp(-z)), lambda z: exp(-exp(-z))),
    "logistic": (lambda z: exp(-z) / (1 + exp(-z)) ** 2, lambda z: 1 / (1 + exp(-z))),
    "laplace": (
        lambda z: exp(-abs(z)) / 2, lambda z: exp(z) / 2 if z <= 0 else 1 - exp(-z) / 2),
    "cauchy": (lambda z: 1 / (pi * (1 + z * z)), lambda z: mpf(1) / 2 + atan(z) / pi),
}
parameters = {
    "student": [0.1, 0.5, 1, 2, 3.5, 30, 1000, 123456], "smoothed": [0.01, 0.1, 1, 50]}
for nu in parameters["student"]:
    noises[f"student-t({float(nu)})"] = student(nu)
for tau in parameters["smoothed"]:
    noises[f"smoothed-uniform({float(tau)})"] = smoothed(tau)

points = [-40, -9, -3.7, -1.1, -1, -0.25, 0, 1e-3, 0.6, 1, 1.05, 2.5, 6]
print(json.dumps({
    "note": "density and distribution function; mpmath 1.3.0, 400 digits",
    "cases": [
        {"noise": name, "z": [float(z) for z in points],
         "density": [float(density(mpf(z))) for z in points],
         "cumulative": [float(cumulative(mpf(z))) for z in points]}
        for name, (density, cumulative) in noises.items()],
}, indent=1))
