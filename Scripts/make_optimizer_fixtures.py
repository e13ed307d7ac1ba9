"""Writes Tests/OptimizersTests/Fixtures/trajectories.json and schedules.json: every step of the
first-order methods of PyTorch and optax on one fixed problem, and values of optax's and PyTorch's
schedules. Prints the least value of the tests' logistic problem.

    python -m venv venv
    venv/bin/pip install torch==2.15.0 "jax[cpu]==0.10.2" optax==0.2.8 numpy==2.4.6
    venv/bin/python Scripts/make_optimizer_fixtures.py

The problem has two leaves, a [3] and b [2, 2]:

    f = sum_i (i + 1)/2 (a_i - c_i)^2 + sum_j (b_j^2 - 1)^2 / 4 + 0.3 a_0 b_00,  c = (1, -2, 0.5)
"""

import json
import os
import pathlib

os.environ["JAX_ENABLE_X64"] = "1"
import jax
import jax.numpy as jnp
import numpy as np
import optax
import torch

STEPS = 60
A0 = [0.3, 0.1, -0.7]
B0 = [[0.4, -0.3], [1.6, 0.05]]
C = [1.0, -2.0, 0.5]
FOLDER = pathlib.Path(__file__).parent.parent / "Tests" / "OptimizersTests" / "Fixtures"


def numbers(arrays, single):
    flat = np.concatenate([np.asarray(a).ravel() for a in arrays])
    return [float(str(v)) if single else float(v) for v in flat]


def torch_run(make, dtype, every=1):
    a = torch.tensor(A0, dtype=dtype, requires_grad=True)
    b = torch.tensor(B0, dtype=dtype, requires_grad=True)
    c = torch.tensor(C, dtype=dtype)
    weight = torch.tensor([0.5, 1.0, 1.5], dtype=dtype)
    optimizer, after_backward = make([a, b])
    steps = []
    for step in range(STEPS):
        if step % every == 0:
            optimizer.zero_grad()
        loss = (weight * (a - c) ** 2).sum() + ((b**2 - 1) ** 2).sum() / 4 + 0.3 * a[0] * b[0, 0]
        (loss / every).backward()
        after_backward([a, b], step)
        if (step + 1) % every == 0:
            optimizer.step()
        steps.append(numbers([a.detach(), b.detach()], dtype == torch.float32))
    return steps


def optax_run(transform, dtype):
    c = jnp.array(C, dtype)
    weight = jnp.array([0.5, 1.0, 1.5], dtype)

    def loss(p):
        a, b = p
        return (weight * (a - c) ** 2).sum() + ((b**2 - 1) ** 2).sum() / 4 + 0.3 * a[0] * b[0, 0]

    p = [jnp.array(A0, dtype), jnp.array(B0, dtype)]
    state = transform.init(p)
    steps = []
    for _ in range(STEPS):
        updates, state = transform.update(jax.grad(loss)(p), state, p)
        p = optax.apply_updates(p, updates)
        steps.append(numbers(p, dtype == jnp.float32))
    return steps


def plain(method, **options):
    return lambda p: (method(p, **options), lambda p, step: None)


def clipped(how, limit):
    return lambda p: (torch.optim.SGD(p, lr=0.1), lambda p, step: how(p, limit))


o = torch.optim
torch_methods = {
    "sgd": plain(o.SGD, lr=0.1),
    "sgd_momentum": plain(o.SGD, lr=0.05, momentum=0.9),
    "sgd_dampening": plain(o.SGD, lr=0.1, momentum=0.8, dampening=0.3),
    "sgd_nesterov": plain(o.SGD, lr=0.05, momentum=0.9, nesterov=True),
    "sgd_weight_decay": plain(o.SGD, lr=0.1, momentum=0.5, weight_decay=0.1),
    "adam": plain(o.Adam, lr=0.1),
    "adam_options": plain(o.Adam, lr=0.05, betas=(0.8, 0.95), eps=1e-3, weight_decay=0.05),
    "adam_amsgrad": plain(o.Adam, lr=0.1, betas=(0.9, 0.9), amsgrad=True),
    "adamw": plain(o.AdamW, lr=0.1, weight_decay=0.1),
    "adamw_amsgrad": plain(o.AdamW, lr=0.1, betas=(0.9, 0.9), amsgrad=True),
    "adamax": plain(o.Adamax, lr=0.1),
    "adamax_weight_decay": plain(o.Adamax, lr=0.1, betas=(0.8, 0.9), weight_decay=0.1),
    "radam": plain(o.RAdam, lr=0.1),
    "radam_short": plain(o.RAdam, lr=0.1, betas=(0.8, 0.9), weight_decay=0.1),
    "rmsprop": plain(o.RMSprop, lr=0.02),
    "rmsprop_centered": plain(o.RMSprop, lr=0.02, alpha=0.9, eps=1e-4, centered=True),
    "rmsprop_momentum": plain(
        o.RMSprop, lr=0.01, alpha=0.9, momentum=0.7, centered=True, weight_decay=0.05
    ),
    "adagrad": plain(o.Adagrad, lr=0.3),
    "adagrad_options": plain(
        o.Adagrad, lr=0.5, lr_decay=0.01, initial_accumulator_value=0.1, weight_decay=0.05
    ),
    "adadelta": plain(o.Adadelta),
    "adadelta_options": plain(o.Adadelta, lr=0.5, rho=0.8, eps=1e-4, weight_decay=0.1),
    "clip_by_value": clipped(torch.nn.utils.clip_grad_value_, 0.25),
}
optax_methods = {
    "lion": optax.lion(0.01, weight_decay=0.0),
    "lion_weight_decay": optax.lion(0.02, b1=0.8, b2=0.9, weight_decay=0.1),
    "clip_by_global_norm": optax.chain(optax.clip_by_global_norm(0.5), optax.sgd(0.1)),
    "adam_cosine": optax.adam(optax.cosine_decay_schedule(0.2, 40, alpha=0.1)),
    "masked_weight_decay": optax.chain(
        optax.masked(optax.add_decayed_weights(0.3), [False, True]), optax.sgd(0.1)
    ),
}

cases = {}
for name, make in torch_methods.items():
    cases[name] = {
        "library": "torch " + torch.__version__.split("+")[0],
        "float32": torch_run(make, torch.float32),
        "float64": torch_run(make, torch.float64),
    }
cases["accumulate"] = {
    "library": "torch " + torch.__version__.split("+")[0],
    "float32": torch_run(plain(o.Adam, lr=0.1), torch.float32, every=4),
    "float64": torch_run(plain(o.Adam, lr=0.1), torch.float64, every=4),
}
for name, transform in optax_methods.items():
    cases[name] = {
        "library": "optax " + optax.__version__,
        "float32": optax_run(transform, jnp.float32),
        "float64": optax_run(transform, jnp.float64),
    }

provenance = (
    "Made by Scripts/make_optimizer_fixtures.py with torch %s, optax %s, jax %s (CPU). "
    % (torch.__version__.split("+")[0], optax.__version__, jax.__version__)
)
problem = {"a": A0, "b": sum(B0, []), "c": C}
lines = [
    json.dumps(name) + ": " + json.dumps(case, separators=(",", ":"))
    for name, case in cases.items()
]
with open(FOLDER / "trajectories.json", "w") as f:
    note = provenance + "Each case: the parameters (a, then b) after each of %d steps." % STEPS
    f.write('{"note": %s,\n"start": %s,\n"cases": {\n' % (json.dumps(note), json.dumps(problem)))
    f.write(",\n".join(lines) + "\n}}\n")


def torch_schedule(make, initial, steps):
    p = torch.zeros(1, requires_grad=True)
    optimizer = o.SGD([p], lr=initial)
    scheduler = make(optimizer)
    values = []
    for _ in range(steps):
        values.append(float(optimizer.param_groups[0]["lr"]))
        optimizer.step()
        scheduler.step()
    return values


def optax_schedule(schedule, steps):
    return [float(schedule(jnp.asarray(t))) for t in range(steps)]


s = o.lr_scheduler
schedules = {
    "step": torch_schedule(lambda p: s.StepLR(p, step_size=7, gamma=0.3), 0.2, 30),
    "steps": torch_schedule(lambda p: s.MultiStepLR(p, milestones=[5, 12], gamma=0.1), 0.2, 20),
    "exponential": torch_schedule(lambda p: s.ExponentialLR(p, gamma=0.9), 0.2, 20),
    "exponential_every_10": optax_schedule(optax.exponential_decay(0.2, 10, 0.5), 30),
    "polynomial": optax_schedule(
        optax.polynomial_schedule(0.3, 0.01, power=2.5, transition_steps=15, transition_begin=4), 25
    ),
    "cosine": optax_schedule(optax.cosine_decay_schedule(0.2, 20, alpha=0.1), 30),
    "warmup_cosine": optax_schedule(
        optax.warmup_cosine_decay_schedule(0.01, 0.2, 10, 40, 0.002), 50
    ),
    "one_cycle": optax_schedule(optax.cosine_onecycle_schedule(40, 0.2), 50),
}
with open(FOLDER / "schedules.json", "w") as f:
    f.write('{"note": %s,\n"values": {\n' % json.dumps(provenance + "Values at steps 0, 1, ..."))
    f.write(",\n".join(json.dumps(n) + ": " + json.dumps(v) for n, v in schedules.items()))
    f.write("\n}}\n")

# The logistic problem of Tests/OptimizersTests/Support/Problems.swift, by Newton's method.
points = np.array(
    [[0.5, 1.2], [1.5, -0.3], [-0.8, 0.9], [-1.1, -0.7], [0.3, -1.4], [2.0, 0.4], [-0.2, 0.1],
     [0.9, 0.8]]
)
labels = np.array([1, 1, 0, 0, 1, 1, 1, 0.0])
columns, penalty, w = np.c_[points, np.ones(8)], np.diag([0.1, 0.1, 0]), np.zeros(3)
for _ in range(50):
    p = 1 / (1 + np.exp(-columns @ w))
    gradient = columns.T @ (p - labels) / 8 + penalty @ w
    w -= np.linalg.solve((columns.T * (p * (1 - p))) @ columns / 8 + penalty, gradient)
z = columns @ w
print("logistic", repr(float(np.mean(np.logaddexp(0, z) - labels * z) + 0.05 * (w[:2] ** 2).sum())))
