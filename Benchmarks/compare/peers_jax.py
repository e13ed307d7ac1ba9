"""JAX and optax, each case jitted and as well as it can be written; where a case has several
forms, the driver takes the fastest."""

import os
import sys

if sys.argv[1] == "jax64":
    os.environ["JAX_ENABLE_X64"] = "1"

import jax
import jax.numpy as jnp
import numpy as np
from optax import perturbations

DTYPE = jnp.float64 if sys.argv[1] == "jax64" else jnp.float32


def variants(peer, setup):
    name = setup["name"]
    forms = {"ranking": ["sort", "compare"], "fenchel-young": ["sort", "compare"], "top-k": ["top_k", "sort"],
             "shortest-path": ["walk", "gradient"], "zero-order": ["vmap", "scan"]}
    return forms.get(name, ["jit"])


def prepare(peer, setup, variant, inputs):
    t = {k: jnp.asarray(v, DTYPE) for k, v in inputs.items()}
    name = setup["name"]
    if name == "zero-order":
        return finished(zero_order(setup, t, variant))
    if name == "fenchel-young":
        return finished(fenchel_young(setup, t, variant))
    if name == "city-map":
        return finished(city_map(setup, t))
    return finished(perturbed(setup, t, function(setup, t, inputs, variant)))


def finished(run):
    """Waits for the result: JAX returns before it is there."""
    return lambda seed: jax.block_until_ready(run(seed))


def perturbed(setup, t, f):
    p = setup["parameters"]
    noise = perturbations.Gumbel() if setup["noise"] == "gumbel" else perturbations.Normal()
    one = perturbations.make_perturbed_fun(
        f, num_samples=int(p["samples"]), sigma=p["sigma"], noise=noise,
        use_baseline=setup.get("settings", {}).get("baseline") == "point")
    theta, cotangent = t["theta"], t["cotangent"]
    if p["batched"]:
        def call(key, theta):
            return jax.vmap(one)(jax.random.split(key, theta.shape[0]), theta)
    else:
        call = one

    def both(key, theta, cotangent):
        value, pullback = jax.vjp(lambda theta: call(key, theta), theta)
        return value, pullback(cotangent)[0]

    value_jit, both_jit = jax.jit(call), jax.jit(both)

    def run(seed):
        key = jax.random.PRNGKey(seed)
        if setup["gradient"]:
            return both_jit(key, theta, cotangent)
        return (value_jit(key, theta),)

    return run


def ranks(x, form):
    if form == "compare":
        return (x[..., :, None] > x[..., None, :]).sum(-1).astype(x.dtype)
    return jnp.argsort(jnp.argsort(x)).astype(x.dtype)


def function(setup, t, inputs, form):
    name, p = setup["name"], setup["parameters"]

    def one_hot(x):
        return jax.nn.one_hot(jnp.argmax(x), x.shape[0])

    def top(x):
        k = int(p["k"])
        least = jnp.sort(x)[-k] if form == "sort" else jax.lax.top_k(x, k)[0][-1]
        return (x >= least).astype(x.dtype)

    def logical_or(x):
        return jnp.where(jnp.any(x >= 0), 1.0, -1.0)

    def net(x):
        return jnp.tanh(x @ t["w1"] + t["b1"]) @ t["w2"] + t["b2"]

    return {"argmax": one_hot, "argmax-function": one_hot, "ranking": lambda x: ranks(x, form),
            "sorting": lambda x: jnp.sort(x, -1),
            "top-k": top, "or": logical_or, "network": net,
            "shortest-path": lambda x: graph_path(x, p, inputs, form),
            "grid-path": lambda x: grid_path(x, p["minimum"])}[name]


def graph_path(x, p, inputs, form):
    """Bellman-Ford with the arcs into each node in a table. The path is either the gradient of its
    length with respect to the costs, or walked back. (Unrolled over the arcs, XLA fuses the
    comparisons into one another and does not end compiling within a quarter of an hour.)"""
    nodes, is_matrix = int(p["nodes"]), bool(p["matrix"])
    arcs = inputs["arcs"].astype(int).tolist()
    tails, heads = np.array(arcs).T
    lists = [[a for a in range(len(arcs)) if heads[a] == v] for v in range(nodes)]
    width = max(map(len, lists))
    into = np.array([some + [len(arcs)] * (width - len(some)) for some in lists])
    tail_of = np.append(tails, 0)
    start = jnp.full(nodes, jnp.inf).at[0].set(0.0)

    def length(cost):
        costs = jnp.append(cost, jnp.inf)[into]  # past the last arc: never the shortest

        def relax(distance, _):
            return jnp.minimum(distance, (distance[tail_of[into]] + costs).min(-1)), None

        return jax.lax.scan(relax, start, None, length=nodes - 1)[0][nodes - 1]

    def walked(cost):
        costs = jnp.append(cost, jnp.inf)[into]

        def relax(_, distance):
            return jnp.minimum(distance, (distance[tail_of[into]] + costs).min(-1))

        distance = jax.lax.fori_loop(0, nodes - 1, relax, start)
        choice = (distance[tail_of[into]] + costs).argmin(-1)
        last = jnp.take_along_axis(jnp.asarray(into), choice[:, None], 1)[:, 0]

        def step(_, state):
            node, y = state
            arc = last[node]
            y = y + jnp.where((jnp.arange(len(arcs)) == arc) & (node != 0), 1.0, 0.0)
            return jnp.where(node == 0, 0, jnp.asarray(tail_of)[arc]), y

        end = jnp.asarray(nodes - 1, jnp.asarray(tail_of).dtype)
        return jax.lax.fori_loop(0, nodes - 1, step, (end, jnp.zeros(len(arcs))))[1]

    cost = jnp.maximum(x[tails, heads] if is_matrix else x, p["minimum"])
    y = walked(cost) if form == "walk" else jax.grad(length)(cost)
    return jnp.zeros_like(x).at[tails, heads].set(y) if is_matrix else y


def grid_path(x, minimum):
    rows, columns = x.shape
    cost = jnp.maximum(x, minimum)
    steps = [(a, b) for a in (-1, 0, 1) for b in (-1, 0, 1) if (a, b) != (0, 0)]

    def around(distance):
        padded = jnp.pad(distance, 1, constant_values=jnp.inf)
        return [padded[1 + a:1 + a + rows, 1 + b:1 + b + columns] for a, b in steps]

    def relax(state):
        distance, _ = state
        nearest = around(distance)
        least = nearest[0]
        for other in nearest[1:]:
            least = jnp.minimum(least, other)
        closer = jnp.minimum(distance, cost + least)
        return closer, jnp.any(closer < distance)

    start = jnp.full((rows, columns), jnp.inf).at[0, 0].set(cost[0, 0])
    distance, _ = jax.lax.while_loop(lambda state: state[1], relax, (start, True))
    best = jnp.argmin(jnp.stack(around(distance)), 0)
    moves = jnp.array([a * columns + b for a, b in steps])[best].ravel()

    def walk(state):
        at, marks = state
        at = at + moves[at]
        return at, marks.at[at].set(1.0)

    end = rows * columns - 1
    marks = jnp.zeros(rows * columns).at[end].set(1.0)
    _, marks = jax.lax.while_loop(lambda state: state[0] != 0, walk, (end, marks))
    return marks.reshape(rows, columns)


def fenchel_young(setup, t, form):
    """The gradient of the loss in θ is the perturbed ranking less the known one."""
    p = setup["parameters"]
    x, y = t["x"], t["y"]

    @jax.jit
    def step(key, weight):
        theta = x @ weight
        moved = theta + p["sigma"] * jax.random.normal(key, (int(p["samples"]),) + theta.shape)
        solution = ranks(moved, form)
        value = ((solution * moved).sum(-1).mean(0) - (theta * y).sum(-1)).mean()
        gradient = x.T @ ((solution.mean(0) - y) / theta.shape[0])
        return value, weight - p["rate"] * gradient

    return lambda seed: step(jax.random.PRNGKey(seed), t["weight"])


def zero_order(setup, t, form):
    p = setup["parameters"]
    n, sigma, antithetic = int(p["samples"]), p["sigma"], bool(p["antithetic"])
    layers = sum(k.startswith("w") for k in t)
    parameters = [t[f"{kind}{i}"] for i in range(layers) for kind in "wb"]
    x, y = t["x"], t["y"]

    def loss(parameters):
        h = x
        for i in range(0, len(parameters), 2):
            h = h @ parameters[i].T + parameters[i + 1]
            if i + 2 < len(parameters):
                h = jnp.tanh(h)
        return jnp.mean((h - y) ** 2)

    def weight(parameters, z):
        up = loss([q + sigma * d for q, d in zip(parameters, z)])
        if not antithetic:
            return up / (n * sigma)
        return (up - loss([q - sigma * d for q, d in zip(parameters, z)])) / (2 * n * sigma)

    def draw(key, parameters):
        keys = jax.random.split(key, len(parameters))
        return [jax.random.normal(k, q.shape) for k, q in zip(keys, parameters)]

    @jax.jit
    def step(key, parameters):
        keys = jax.random.split(key, n)
        if form == "vmap":
            z = jax.vmap(lambda k: draw(k, parameters))(keys)
            weights = jax.vmap(lambda z: weight(parameters, z))(z)
            gradient = [jnp.tensordot(weights, d, 1) for d in z]
        else:
            def add(total, key):
                z = draw(key, parameters)
                w = weight(parameters, z)
                return [g + w * d for g, d in zip(total, z)], None
            gradient, _ = jax.lax.scan(add, [jnp.zeros_like(q) for q in parameters], keys)
        return [loss(parameters)] + gradient

    return lambda seed: step(jax.random.PRNGKey(seed), parameters)


def city_map(setup, t):
    p = setup["parameters"]
    squared = t["distances"] ** 2

    def distances(x):
        return ((x[:, None] - x[None]) ** 2).sum(-1)

    def criterion(x):
        return ((distances(x) - squared) ** 2).sum() / 2

    def step(x):
        return x - p["rate"] * jax.grad(criterion)(x)

    def result(x):
        return criterion(x), distances(x)

    if p["whole"]:
        # The loop is compiled: nothing can be looked at before it ends.
        descend = jax.jit(
            lambda x: result(jax.lax.fori_loop(0, int(p["steps"]), lambda _, x: step(x), x)))
        return lambda seed: descend(t["start"])

    compiled, last = jax.jit(step), jax.jit(result)

    def run(seed):
        x = t["start"]
        for _ in range(int(p["steps"])):
            x = compiled(x)
        return last(x)

    return run
