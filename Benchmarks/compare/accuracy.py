"""The time to a gradient that is right to 1 %: what an error bar costs, ours and the peers'.

The relative error of a gradient of N samples is the root of the sum of its entries' variances over seeds,
over the norm of the true gradient: of the formula where there is one, else of the mean of our best sampled
estimates. A time t with the relative error e counts as t (e / 1 %)^2. Ours is run again with as many samples as
that takes (marked measured); others are extrapolated from the samples of the comparison, since each number of
samples would be compiled anew.
"""

import math
import re
import statistics
import time

import numpy as np

import cases

TARGET = 0.01
# (label, settings) of what is tried of ours; those that the noise or the size rule out fail and are left out.
OURS = [
    ("independent, leave-one-out", {"baseline": "leaveOneOut"}),
    ("independent, linear", {"baseline": "linear"}),
    ("antithetic", {"sampling": "antithetic"}),
    ("antithetic, linear", {"sampling": "antithetic", "baseline": "linear"}),
    ("quasi-Monte Carlo", {"sampling": "quasi-monte-carlo"}),
    ("quasi-Monte Carlo, leave-one-out", {"sampling": "quasi-monte-carlo", "baseline": "leaveOneOut"}),
    ("quasi-Monte Carlo, linear", {"sampling": "quasi-monte-carlo", "baseline": "linear"}),
    ("orthogonal, leave-one-out", {"sampling": "orthogonal", "baseline": "leaveOneOut"}),
]
# Columns of the table: peer, how its variants' names begin, settings.
PEERS = {
    "optax": ("optax", "", {}),
    "optax, baseline": ("optax", "", {"baseline": "point"}),
    "PyTorch, baseline": ("torch", "eager", {"baseline": "point"}),
    "PyTorch compiled, baseline": ("torch", "compiled", {"baseline": "point"}),
}


def accuracy_cases():
    path = cases.graph_path(matrix=False)
    path.title = "shortest path, 9 nodes"
    grid = cases.grid_path()
    grid.title = "shortest path, 30 × 30 grid"
    vector = cases.vector
    return [
        cases.argmax(5, 100_000, title="argmax, d 5"),
        cases.argmax(100, 100_000, title="argmax, d 100"),
        vector("ranking, d 10", "ranking", 10, 10_000),
        vector("ranking, d 100", "ranking", 100, 10_000),
        vector("sorting, d 100", "sorting", 100, 10_000),
        vector("top 10 of d 100", "top-k", 100, 10_000, k=10),
        vector("logical or, 1,000 points × d 2", "or", 2, 1000, batch=1000, output=(1000,)),
        path, grid,
    ]


class Sampled:
    """Gradients of one setting over seeds, and the time of a call."""

    def __init__(self, participant, setup, budget):
        participant.ask(action="prepare", setup=setup)
        participant.ask(action="run", seed=0)
        once = participant.ask(action="run", seed=0)["seconds"]
        repeats = max(1, min(50, int(0.003 / max(once, 1e-9))))
        seeds = max(6, min(32, int(budget / max(once * repeats, 1e-9))))
        times, gradients = [], []
        for seed in range(1, seeds + 1):
            answer = participant.ask(action="run", seed=seed, repeats=repeats, wantsOutput=True)
            times.append(answer["seconds"])
            gradients.append([float(x) for x in answer["output"][1]])
        gradients = np.array(gradients)
        self.seconds = statistics.median(times)
        self.mean = gradients.mean(0)
        self.variance = float(gradients.var(0, ddof=1).sum())
        self.seeds = seeds
        self.samples = int(setup["parameters"]["samples"])

    @property
    def effort(self):
        return self.seconds * self.variance

    def record(self, norm):
        error = math.sqrt(self.variance) / norm
        return {"seconds": self.seconds, "samples": self.samples, "relative_error": error,
                "seconds_to_target": self.seconds * (error / TARGET) ** 2,
                "samples_to_target": self.samples * (error / TARGET) ** 2, "seeds": self.seeds}


def rounded(samples, label, width):
    """So many samples as a sampling likes."""
    if label.startswith("quasi"):
        return 8 * 2 ** max(3, math.ceil(math.log2(max(samples, 8) / 8)))
    unit = width if label.startswith("orthogonal") else 2
    return max(4 * unit, math.ceil(samples / unit) * unit)


def measure(comparison, case, setup_of, budget):
    base = setup_of(case, "gradient", comparison.options.threads)
    width = int(np.prod(np.shape(case.inputs["theta"])[1 if case.parameters["batched"] else 0:]))
    row = {"case": case.title, "N": case.parameters["samples"], "ours": {}, "peers": {}, "failures": {}}

    def setup(settings, samples=None):
        parameters = dict(base["parameters"])
        if samples is not None:
            parameters["samples"] = samples
        return {**base, "parameters": parameters, "settings": settings}

    truth = None
    try:
        exact = Sampled(comparison.ours, setup({"exact": "yes"}), budget / 4)
        truth = exact.mean
        row["exact"] = {"seconds": exact.seconds}
    except RuntimeError as error:
        row["failures"]["exact"] = str(error)
    found = {}
    for label, settings in OURS:
        try:
            found[label] = Sampled(comparison.ours, setup(settings), budget)
        except RuntimeError as error:
            row["failures"][label] = str(error)
    if truth is None:
        best = min(found.values(), key=lambda s: s.variance)
        norm = math.sqrt(max((best.mean ** 2).sum() - best.variance / best.seeds, 1e-300))
    else:
        norm = math.sqrt((truth ** 2).sum())
    row["norm"] = norm
    row["ours"] = {label: s.record(norm) for label, s in found.items()}
    # Again with the samples that 1 % takes, for the three best.
    for label in sorted(found, key=lambda l: found[l].effort)[:3]:
        record = row["ours"][label]
        samples = rounded(record["samples_to_target"], label, width)
        if record["seconds_to_target"] > 2 or samples > 1 << 26:
            continue

        def again(samples):
            sampled = Sampled(comparison.ours, setup(dict(OURS)[label], samples), budget)
            return {**sampled.record(norm), "measured": True}

        try:
            row["ours"][label] = settled(again, samples) if label.startswith("quasi") else again(samples)
        except RuntimeError as error:
            row["failures"][label + ", again"] = str(error)
    row["best"] = min(row["ours"], key=lambda l: row["ours"][l]["seconds_to_target"])
    for column, (peer, mode, settings) in PEERS.items():
        try:
            row["peers"][column] = peer_record(
                comparison, peer, mode, setup(settings), f"{column}: {case.title}", norm, budget)
        except RuntimeError as error:
            row["failures"][column] = str(error)
    times = {c: r["seconds_to_target"] for c, r in row["peers"].items()}
    if times:
        row["fastest"] = min(times, key=times.get)
        least = times[row["fastest"]]
        row["sampledRatio"] = least / row["ours"][row["best"]]["seconds_to_target"]
        if "exact" in row:
            row["exactRatio"] = least / row["exact"]["seconds"]
    return row


def settled(again, samples):
    """The least power of two of points, by doubling and halving, whose error is small enough. The error of scrambled
    points falls faster than the root, by how much differs: their time counts as it is."""
    tried = {}
    while True:
        tried[samples] = again(samples)
        reached = [n for n, r in tried.items() if r["relative_error"] <= TARGET]
        following = samples // 2 if samples in reached else 2 * samples
        if following in tried or following < 64 or following > 1 << 26 or len(tried) == 8:
            break
        samples = following
    if not reached:
        return tried[max(tried)]
    best = tried[min(reached)]
    return {**best, "seconds_to_target": best["seconds"], "samples_to_target": best["samples"]}


def peer_record(comparison, peer, mode, setup, key, norm, budget):
    """The fastest form of a peer's case; forms that were far slower in an earlier run here are left out."""
    participant = comparison.participant(peer)
    names = [n for n in participant.ask(action="variants", setup=setup)["variants"] if n.startswith(mode)]
    if not names:
        raise RuntimeError(f"no {mode} form")
    seen = comparison.known.get(key, {})
    if seen and set(seen) == set(names):
        names = [n for n in names if seen[n] <= 1.3 * min(seen.values())]
    trials = {}
    if len(names) > 1:
        for name in names:
            participant.ask(action="prepare", setup={**setup, "variant": name})
            participant.ask(action="run", seed=0)
            trials[name] = min(participant.ask(action="run", seed=s)["seconds"] for s in (1, 2))
        comparison.known[key] = {**seen, **trials}
    best = min(trials, key=trials.get) if trials else names[0]
    return {**Sampled(participant, {**setup, "variant": best}, budget).record(norm), "form": best}


def run(comparison, setup_of, only=""):
    budget = 0.3 if comparison.options.tiny else 2.5
    began = time.time()
    rows = []
    for case in accuracy_cases():
        if not re.search(only, case.title):
            continue
        if comparison.options.tiny:
            case.parameters["samples"] = min(case.parameters["samples"], 1000)
        rows.append(measure(comparison, case, setup_of, budget))
        print(text_of(rows[-1]), flush=True)
    return {"rows": rows, "seconds": time.time() - began, "target": TARGET}


def text_of(row):
    ours = row["ours"][row["best"]]
    exact = f"exact {duration(row['exact']['seconds'])}, " if "exact" in row else ""
    peers = ", ".join(f"{c} {duration(r['seconds_to_target'])}" for c, r in row["peers"].items())
    failures = "".join(f"\n    {w}: {t.splitlines()[0][:160]}" for w, t in row["failures"].items()
                       if w not in dict(OURS) and w != "exact")
    return f"{row['case']}: {exact}{row['best']} {duration(ours['seconds_to_target'])}; {peers}{failures}"


def duration(seconds):
    for scale, unit in ((1, "s"), (1e3, "ms"), (1e6, "µs")):
        if seconds * scale >= 1 or unit == "µs":
            value = seconds * scale
            return f"{value:,.0f} {unit}" if value >= 100 else f"{value:.3g} {unit}"


def table(results):
    """Markdown: the time of each to 1 %."""
    lines = ["| a gradient right to 1 % | ours, formula | ours, best sampled | optax | optax, baseline "
             "| PyTorch | PyTorch, compiled | fastest peer over ours |",
             "|---|--:|---|--:|--:|--:|--:|--:|"]
    for row in results["rows"]:
        ours = row["ours"][row["best"]]
        exact = duration(row["exact"]["seconds"]) if "exact" in row else "–"
        sampled = f"{'' if ours.get('measured') else '≈ '}{duration(ours['seconds_to_target'])}, {row['best']}"
        cells = [f"≈ {duration(row['peers'][c]['seconds_to_target'])}" if c in row["peers"] else "–"
                 for c in PEERS]
        ratios = [r for r in (row.get("exactRatio"), row.get("sampledRatio")) if r is not None]
        ratio = " / ".join(f"{r:,.0f}" if r >= 10 else f"{r:.1f}" for r in ratios) or "–"
        lines.append(f"| {row['case']} | {exact} | {sampled} | " + " | ".join(cells) + f" | {ratio} |")
    lines.append("")
    lines.append(
        "Value and gradient along one cotangent; the relative error is the root of the summed variances over the "
        "norm of the gradient. ≈ is extrapolated from fewer or more samples as time × variance; the others were "
        "run with the samples that 1 % takes. PyTorch has a hand-written baseline f(θ). The ratio is that of the "
        "formula, then that of the best sampled.")
    return "\n".join(lines)
