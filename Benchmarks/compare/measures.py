"""How the cost grows, and how much memory a call takes."""

import pathlib
import statistics

import cases
import compare

SIZES = [10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000]


def median_time(participant, setup, repetitions=5):
    participant.ask(action="prepare", setup=setup)
    participant.ask(action="run", seed=0)
    once = participant.ask(action="run", seed=0)["seconds"]
    repeats = max(1, min(200, int(0.005 / max(once, 1e-9))))
    return statistics.median(
        participant.ask(action="run", seed=s, repeats=repeats)["seconds"] for s in range(repetitions))


def growth(comparison):
    """Medians of the argmax with Gumbel noise, value and gradient, along N, d, the batch and threads."""
    threads = comparison.options.threads
    axes = {
        "N": [cases.argmax(5, 10 ** e) for e in range(3, 8)],
        "d": [cases.argmax(2 ** e, 10_000) for e in range(1, 13, 2)],
        "batch": [cases.argmax(10, 1000, batch=2 ** e) for e in range(0, 12, 2)],
    }
    result = {}
    for axis, points in axes.items():
        series = {}
        for case in points:
            x = (case.parameters["samples"] if axis == "N" else len(case.inputs["theta"].ravel())
                 if axis == "d" else case.inputs["theta"].shape[0])
            setup = compare.setup_of(case, "gradient", threads)
            values = {"ours": median_time(comparison.ours, setup)}
            if case.inputs["theta"].size * case.parameters["samples"] <= 11_000_000:
                for peer, variant in (("torch", "eager"), ("optax", "jit")):
                    values[peer] = median_time(
                        comparison.peers[peer], {**setup, "variant": variant}, repetitions=3)
            for who, seconds in values.items():
                series.setdefault(who, []).append([x, seconds])
        result[axis] = series
        print(f"growth with {axis}: " + "; ".join(
            f"{who} " + ", ".join(f"{x}: {1e3 * s:.3g} ms" for x, s in points)
            for who, points in series.items()))
    result["threads"] = threads_growth(comparison)
    return result


def threads_growth(comparison):
    counts = sorted({1, 2, comparison.options.threads})
    large = {"argmax, d 5, N 1,000,000", "argmax, d 100, N 100,000", "ranking, d 100, N 10,000",
             "shortest path, 9 nodes, N 100,000", "shortest path, 30 × 30 grid, N 1,000",
             "two-layer network 32→64→8, N 20,000"}
    series = {}
    for case in cases.all_cases():
        if case.title not in large:
            continue
        # One thread and two in turn, so that both see the same machine.
        times = {count: [] for count in counts}
        for _ in range(5):
            for count in counts:
                setup = compare.setup_of(case, "value", count)
                times[count].append(median_time(comparison.ours, setup, repetitions=1))
        series[case.title] = [[count, statistics.median(times[count])] for count in counts]
        speedup = series[case.title][0][1] / series[case.title][1][1]
        print(f"two threads, {case.title}: ×{speedup:.2f}")
    return series


def memory(options):
    """Peak resident memory of a process that does one call, for growing N."""
    binary = pathlib.Path(options.binaries) / "compare-cases"
    grid, network = cases.grid_path(), cases.network()
    rows = [
        ("argmax, d 5", cases.argmax(5, 1), "value", 1_000_000_000),
        ("argmax, d 5, value + gradient", cases.argmax(5, 1), "gradient", 1_000_000_000),
        ("network 32→64→8, vectorised", network, "value", 10_000_000),
        ("shortest path, 9 nodes", cases.graph_path(False), "value", 100_000_000),
        ("shortest path, 30 × 30 grid", grid, "value", 100_000),
    ]
    result = {"sizes": SIZES, "rows": []}
    for title, case, mode, largest in rows:
        sizes = {}
        for n in SIZES:
            if n > largest:
                continue
            case.parameters["samples"] = n
            setup = compare.setup_of(case, mode, options.threads)
            participant = compare.Participant([str(binary)])
            participant.ask(action="prepare", setup=setup)
            sizes[str(n)] = participant.ask(action="run", seed=1)["peakMemory"]
            participant.close()
        result["rows"].append({"case": title, "bytes": sizes})
        print(f"memory, {title}: " + ", ".join(f"{n}: {b / 1e6:.1f} MB" for n, b in sizes.items()))
    return result
