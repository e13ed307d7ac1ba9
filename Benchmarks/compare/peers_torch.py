"""PyTorch and TorchOpt, each case as well as it can be written with vectorised operations.

Perturbed functions follow document 000: all samples at once along an axis, one backward formula.
Every case is offered eagerly and through torch.compile; the driver takes the faster one.
"""

import shutil

import torch
import torch.nn.functional as F

torch.set_num_interop_threads(1)


def variants(peer, setup):
    if peer == "torchopt":
        return ["eager"]
    name = setup["name"]
    forms = {"ranking": ["sort", "compare"], "fenchel-young": ["sort", "compare"], "city-map": ["differences", "cdist"]}.get(name, [""])
    if name == "small-tensors":
        return ["eager"]
    modes = ["eager"] + (["compiled"] if shutil.which("c++") or shutil.which("g++") else [])
    if name in ("grid-path", "zero-order"):
        modes = ["eager"]  # loops whose length depends on the data; vmap
    return [f"{mode} {form}".strip() for form in forms for mode in modes]


def prepare(peer, setup, variant, inputs):
    torch.set_num_threads(setup["threads"])
    dtype = torch.float64 if setup["name"] == "city-map" else torch.float32
    t = {k: torch.tensor(v, dtype=dtype) for k, v in inputs.items()}
    mode, _, form = variant.partition(" ")
    compiled = torch.compile if mode == "compiled" else lambda f: f
    name = setup["name"]
    if peer == "torchopt":
        return torchopt_step(setup, t)
    if name == "zero-order":
        return zero_order(setup, t)
    if name == "city-map":
        return city_map(setup, t, form, compiled)
    if name == "small-tensors":
        return small_tensors(setup, t)
    if name == "fenchel-young":
        return fenchel_young(setup, t, form, compiled)
    if name == "shortest-path":
        return path(setup, t, inputs, compiled)
    return perturbed(setup, t, function(setup, t, form), compiled)


# --- Perturbed functions ------------------------------------------------------------------------

def noise(kind, shape):
    """z and its score s(z) = -d/dz log p(z)."""
    if kind == "normal":
        z = torch.randn(shape)
        return z, z
    # z = -log e with e exponential; s(z) = 1 - exp(-z) = 1 - e. torch.rand can give 0.
    e = -torch.log(torch.rand(shape).clamp(min=1e-38))
    return -torch.log(e), 1 - e


def perturbed(setup, t, f, compiled):
    p = setup["parameters"]
    n, sigma, batched, kind = int(p["samples"]), p["sigma"], bool(p["batched"]), setup["noise"]
    theta, cotangent = t["theta"], t["cotangent"]
    # Without a baseline unless one is asked for: f(theta), which costs one evaluation.
    has_baseline = setup.get("settings", {}).get("baseline") == "point"

    def value(theta):
        z, _ = noise(kind, (n,) + theta.shape)
        return f(theta + sigma * z).mean(0)

    def both(theta, cotangent):
        z, s = noise(kind, (n,) + theta.shape)
        y = f(theta + sigma * z)
        centred = y - f(theta[None]) if has_baseline else y
        if not batched:
            weights = centred.reshape(n, -1) @ cotangent.reshape(-1)
            gradient = (weights @ s.reshape(n, -1)).reshape(theta.shape)
        else:
            weights = (centred * cotangent).reshape(n, theta.shape[0], -1).sum(-1)
            gradient = (weights[..., None] * s).sum(0)
        return y.mean(0), gradient / (n * sigma)

    value, both = compiled(value), compiled(both)

    def run(seed):
        torch.manual_seed(seed)
        with torch.no_grad():
            return both(theta, cotangent) if setup["gradient"] else (value(theta),)

    return run


def ranks(x, form):
    if form == "compare":
        return (x.unsqueeze(-1) > x.unsqueeze(-2)).sum(-1).to(x.dtype)
    order = x.argsort(-1)
    return torch.empty_like(x).scatter_(
        -1, order, torch.arange(x.shape[-1], dtype=x.dtype).expand(x.shape))


def function(setup, t, form):
    name, p = setup["name"], setup["parameters"]

    def one_hot(x):
        return torch.zeros_like(x).scatter_(-1, x.argmax(-1, keepdim=True), 1.0)

    def top(x):
        k = int(p["k"])
        return (x >= x.topk(k, -1, sorted=False).values.amin(-1, keepdim=True)).to(x.dtype)

    def logical_or(x):
        return (x >= 0).any(-1).to(x.dtype) * 2 - 1

    def net(x):
        return torch.tanh(x @ t["w1"] + t["b1"]) @ t["w2"] + t["b2"]

    def grid(x):
        return grid_paths(x, p["minimum"])

    return {"argmax": one_hot, "argmax-function": one_hot, "ranking": lambda x: ranks(x, form),
            "sorting": lambda x: x.sort(-1).values, "top-k": top, "or": logical_or, "network": net,
            "grid-path": grid}[name]


def path(setup, t, inputs, compiled):
    """Bellman-Ford over the arcs, samples along the last axis so that every step is one contiguous
    vector operation; the nodes are updated in place, which converges faster than rounds."""
    p = setup["parameters"]
    n, sigma, nodes = int(p["samples"]), p["sigma"], int(p["nodes"])
    arcs = inputs["arcs"].astype(int).tolist()
    into = [[a for a, (_, head) in enumerate(arcs) if head == v] for v in range(nodes)]
    is_matrix = bool(p["matrix"])
    entry = torch.tensor([a * nodes + b for a, b in arcs]) if is_matrix else None
    tails = torch.tensor([a for a, _ in arcs])
    theta, cotangent = t["theta"].reshape(-1), t["cotangent"].reshape(-1)
    has_baseline = setup.get("settings", {}).get("baseline") == "point"

    def solve(x):
        n = x.shape[1]
        cost = (x[entry] if is_matrix else x).clamp(min=p["minimum"])
        infinite = torch.full((n,), float("inf"))
        distance = [torch.zeros(n)] + [infinite] * (nodes - 1)
        for _ in range(nodes - 1):
            for v in range(1, nodes):
                for a in into[v]:
                    distance[v] = torch.minimum(distance[v], distance[arcs[a][0]] + cost[a])
        last = torch.zeros((nodes, n), dtype=torch.long)
        for v in range(1, nodes):
            through = torch.stack([distance[arcs[a][0]] + cost[a] for a in into[v]])
            last[v] = torch.tensor(into[v])[through.argmin(0)]
        y = torch.zeros((len(arcs), n))
        node = torch.full((1, n), nodes - 1)
        for _ in range(nodes - 1):
            arc = last.gather(0, node)
            y.scatter_(0, arc, (node != 0).to(y.dtype), reduce="add")
            node = torch.where(node == 0, node, tails[arc])
        return y

    def mean(y):
        if not is_matrix:
            return y.mean(1)
        return torch.zeros(nodes * nodes).scatter_(0, entry, y.mean(1))

    def value(theta):
        z = torch.randn((theta.shape[0], n))
        return (mean(solve(theta[:, None] + sigma * z)),)

    def both(theta, cotangent):
        z = torch.randn((theta.shape[0], n))
        y = solve(theta[:, None] + sigma * z)
        centred = y - solve(theta[:, None]) if has_baseline else y
        weights = (cotangent[entry] if is_matrix else cotangent) @ centred
        return mean(y), z @ weights / (n * sigma)

    value, both = compiled(value), compiled(both)

    def run(seed):
        torch.manual_seed(seed)
        with torch.no_grad():
            return both(theta, cotangent) if setup["gradient"] else value(theta)

    return run


def grid_paths(x, minimum):
    """Bellman-Ford on all cells at once, the least of a cell's neighbours by pooling; then the paths
    are walked back together."""
    n, rows, columns = x.shape
    cost = x.clamp(min=minimum)
    distance = torch.full_like(cost, float("inf"))
    distance[:, 0, 0] = cost[:, 0, 0]
    while True:
        for _ in range(4):
            nearest = -F.max_pool2d(-distance.unsqueeze(1), 3, 1, 1).squeeze(1)
            previous, distance = distance, torch.minimum(distance, cost + nearest)
        if torch.equal(previous, distance):
            break
    padded = F.pad(distance, (1, 1, 1, 1), value=float("inf")).reshape(n, -1)
    width = columns + 2
    steps = torch.tensor([-width - 1, -width, -width + 1, -1, 1, width - 1, width, width + 1])
    at = torch.full((n, 1), rows * width + columns)
    source = width + 1
    marks = torch.zeros_like(padded)
    while True:
        for _ in range(8):
            marks.scatter_(1, at, 1.0)
            around = at + steps
            best = padded.gather(1, around).argmin(1, keepdim=True)
            at = torch.where(at == source, at, around.gather(1, best))
        if bool((at == source).all()):
            break
    marks.scatter_(1, at, 1.0)
    return marks.reshape(n, rows + 2, width)[:, 1:-1, 1:-1]


def fenchel_young(setup, t, form, compiled):
    """The gradient of the loss in θ is the perturbed ranking less the known one: no autograd."""
    p = setup["parameters"]
    n, sigma, rate = int(p["samples"]), p["sigma"], p["rate"]
    x, y = t["x"], t["y"]

    def step(weight):
        theta = x @ weight
        moved = theta + sigma * torch.randn((n,) + theta.shape)
        solution = ranks(moved, form)
        value = ((solution * moved).sum(-1).mean(0) - (theta * y).sum(-1)).mean()
        gradient = x.T @ ((solution.mean(0) - y) / theta.shape[0])
        return value, weight - rate * gradient

    step = compiled(step)

    def run(seed):
        torch.manual_seed(seed)
        with torch.no_grad():
            return step(t["weight"])

    return run


# --- Zero order ---------------------------------------------------------------------------------

def network_parameters(t):
    layers = sum(k.startswith("w") for k in t)
    return tuple(t[f"{kind}{i}"] for i in range(layers) for kind in "wb")


def loss(parameters, x, y):
    for i in range(0, len(parameters), 2):
        x = F.linear(x, parameters[i], parameters[i + 1])
        if i + 2 < len(parameters):
            x = torch.tanh(x)
    return F.mse_loss(x, y)


def zero_order(setup, t):
    """All samples at once by torch.func.vmap."""
    p = setup["parameters"]
    n, sigma, antithetic = int(p["samples"]), p["sigma"], bool(p["antithetic"])
    parameters, x, y = network_parameters(t), t["x"], t["y"]
    losses = torch.func.vmap(lambda *moved: loss(moved, x, y))

    def run(seed):
        torch.manual_seed(seed)
        with torch.no_grad():
            z = [torch.randn((n,) + q.shape) for q in parameters]
            up = losses(*(q + sigma * d for q, d in zip(parameters, z)))
            if antithetic:
                weights = (up - losses(*(q - sigma * d for q, d in zip(parameters, z)))) / (2 * n * sigma)
            else:
                weights = up / (n * sigma)
            gradient = [torch.tensordot(weights, d, 1) for d in z]
            return [loss(parameters, x, y)] + gradient

    return run


def torchopt_step(setup, t):
    import torchopt
    p = setup["parameters"]
    x, y = t["x"], t["y"]

    @torchopt.diff.zero_order(
        distribution=torch.distributions.Normal(loc=0, scale=1),
        method="antithetic" if p["antithetic"] else "naive", argnums=0,
        num_samples=int(p["samples"]), sigma=p["sigma"])
    def forward(parameters, x, y):
        return loss(parameters, x, y)

    parameters = tuple(q.clone().requires_grad_() for q in network_parameters(t))

    def run(seed):
        torch.manual_seed(seed)
        value = forward(parameters, x, y)
        gradient = torch.autograd.grad(value, parameters)
        # Its value is the mean over the samples, not f(θ): compared are the gradients.
        with torch.no_grad():
            return [loss(parameters, x, y)] + list(gradient)

    return run


# --- Tensors ------------------------------------------------------------------------------------

def city_map(setup, t, form, compiled):
    p = setup["parameters"]
    squared = t["distances"] ** 2
    steps, rate = int(p["steps"]), p["rate"]

    def distances(x):
        if form == "cdist":
            return torch.cdist(x, x) ** 2
        return ((x[:, None] - x[None]) ** 2).sum(-1)

    def criterion(x):
        return ((distances(x) - squared) ** 2).sum() / 2

    criterion = compiled(criterion)

    def run(seed):
        x = t["start"].clone().requires_grad_()
        for _ in range(steps):
            criterion(x).backward()
            with torch.no_grad():
                x -= rate * x.grad
                x.grad = None
        with torch.no_grad():
            return criterion(x), distances(x)

    return run


def small_tensors(setup, t):
    pairs = int(setup["parameters"]["operations"]) // 2
    start, a, b = t["start"], t["a"], t["b"]

    def chain(x):
        for _ in range(pairs):
            x = x * a + b
        return x

    def run(seed):
        if not setup["gradient"]:
            with torch.no_grad():
                return (chain(start),)
        x = start.clone().requires_grad_()
        value = chain(x).sum()
        value.backward()
        return value.detach(), x.grad

    return run
