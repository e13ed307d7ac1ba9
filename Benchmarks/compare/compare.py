"""Runs every case, ours and the peers' in turn, checks that they computed the same thing, and
writes the table. See ./run."""

import argparse
import csv
import json
import math
import os
import pathlib
import platform
import re
import statistics
import subprocess
import sys
import time

import numpy as np

import cases
import report

HERE = pathlib.Path(__file__).resolve().parent
RESULTS = HERE / "results"
ERRORS_ALLOWED = 4.0  # root mean square difference, in standard errors
EXACT_ALLOWED = 2e-5  # largest difference to optax with the same key, in units of the largest number


class Participant:
    """A process that runs cases: the Swift side, or one peer."""

    def __init__(self, command, environment=None):
        self.command = command
        self.environment = {**os.environ, **(environment or {})}
        self.process = None

    def ask(self, **request):
        if self.process is None:
            self.process = subprocess.Popen(
                self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                stderr=open(RESULTS / "peers.log", "a"), env=self.environment, cwd=HERE)
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            code = self.process.wait()
            self.process = None
            raise RuntimeError(f"{self.command[-1]} ended with status {code}, see results/peers.log")
        answer = json.loads(line)
        if answer.get("error"):
            raise RuntimeError(answer["error"])
        return answer

    def close(self):
        if self.process:
            self.process.stdin.close()
            self.process.wait()
            self.process = None


def setup_of(case, mode, threads):
    folder = RESULTS / "inputs"
    folder.mkdir(parents=True, exist_ok=True)
    inputs = {}
    slug = re.sub(r"\W+", "-", case.title)
    for name, array in case.inputs.items():
        path = folder / f"{slug}-{name}.f64"
        np.asarray(array, "<f8").tofile(path)
        inputs[name] = {"path": str(path), "shape": list(np.shape(array))}
    return {"name": case.name, "gradient": mode == "gradient", "parameters": case.parameters,
            "noise": case.noise, "threads": threads, "inputs": inputs}


def numbers(output):
    return [np.array([float(x) for x in o]) for o in output]


def difference_in_errors(ours, theirs):
    """Over all numbers of an output, the root of Σ(difference of means)² / Σ(squared standard errors),
    for each output; ours and theirs are lists over seeds. 1 is what chance gives."""
    worst, resolution = 0.0, 0.0
    for k in range(len(ours[0])):
        a, b = np.stack([o[k] for o in ours]), np.stack([t[k] for t in theirs])
        difference = ((a.mean(0) - b.mean(0)) ** 2).sum()
        errors = (a.var(0, ddof=1) / len(a) + b.var(0, ddof=1) / len(b)).sum()
        # What rounding alone may change, where there is no noise to speak of.
        errors += ((1e-6 * np.abs(b).mean(0)) ** 2).sum() + 1e-20
        worst = max(worst, math.sqrt(difference / errors))
        resolution = max(resolution, math.sqrt(errors / max((b.mean(0) ** 2).sum(), 1e-30)))
    return worst, resolution


def largest_difference(ours, theirs):
    worst = 0.0
    for a, b in zip(ours, theirs):
        for x, y in zip(a, b):
            worst = max(worst, float(np.abs(x - y).max() / max(np.abs(y).max(), 1e-30)))
    return worst


def check(case, peer, mode, ours, theirs):
    """What was compared, as text; an error where the two did not compute the same thing."""
    shapes = [[len(o) for o in outputs[0]] for outputs in (ours, theirs)]
    if shapes[0] != shapes[1]:
        raise RuntimeError(f"outputs of {shapes[0]} numbers and of {shapes[1]}")
    if not all(np.isfinite(o).all() for outputs in ours + theirs for o in outputs):
        raise RuntimeError("an output is not finite")
    if case.relative is not None:
        found = largest_difference(ours, theirs)
        if found > case.relative:
            raise RuntimeError(f"results differ by {found:.1e} of the largest number")
        return f"equal to {found:.0e}"
    if peer == "optax" and case.exact and not case.parameters["batched"]:
        found = largest_difference(ours, theirs)
        if found > EXACT_ALLOWED:
            raise RuntimeError(f"same key, but results differ by {found:.1e} of the largest number")
        return f"same key, equal to {found:.0e}"
    found, resolution = difference_in_errors(ours, theirs)
    if found > ERRORS_ALLOWED:
        raise RuntimeError(f"results differ by {found:.1f} standard errors")
    return f"{found:.1f} standard errors (of {100 * resolution:.1g} %)"


class Comparison:
    def __init__(self, options):
        self.options = options
        peer = [sys.executable, str(HERE / "worker.py")]
        # Compiled code is kept, so that only the first run on a machine waits for the compilers.
        cache = {"TORCHINDUCTOR_CACHE_DIR": str(RESULTS / "inductor"),
                 "JAX_COMPILATION_CACHE_DIR": str(RESULTS / "xla"),
                 "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "1",
                 "OMP_NUM_THREADS": str(options.threads)}
        self.ours = Participant([str(pathlib.Path(options.binaries) / "compare-cases")])
        self.peers = {name: Participant(peer + [name], cache)
                      for name in ("torch", "torchopt", "optax", "jax", "jax64")}
        self.known = {}
        self.variants_file = RESULTS / "variants.json"
        if self.variants_file.exists() and not options.all_variants:
            self.known = json.loads(self.variants_file.read_text())

    def participant(self, peer):
        return self.peers["optax" if peer == "jax" else peer]

    def prepare_peer(self, peer, setup, title):
        """Prepares the fastest way to write the case: all are tried, those that were far slower
        in an earlier run on this machine are not tried again."""
        participant = self.participant(peer)
        names = participant.ask(action="variants", setup=setup)["variants"]
        key = f"{peer}: {title}, {'gradient' if setup['gradient'] else 'value'}"
        seen = self.known.get(key, {})
        if seen and set(seen) == set(names):
            least = min(seen.values())
            names = [n for n in names if seen[n] <= 1.3 * least]
        trials, failures = {}, []
        for name in names:
            try:
                participant.ask(action="prepare", setup={**setup, "variant": name})
                participant.ask(action="run", seed=0)
                trials[name] = min(participant.ask(action="run", seed=s)["seconds"] for s in (1, 2))
            except RuntimeError as error:
                failures.append(f"{name}: {error}")
                trials[name] = math.inf
        best = min(trials, key=trials.get)
        if math.isinf(trials[best]):
            raise RuntimeError("; ".join(failures))
        self.known[key] = {**seen, **trials}
        if len(names) > 1:
            participant.ask(action="prepare", setup={**setup, "variant": best})
            participant.ask(action="run", seed=0)
        return best

    def run(self, case, mode):
        options = self.options
        setup = setup_of(case, mode, options.threads)
        title = case.title
        self.ours.ask(action="prepare", setup=setup)
        peers, notes = {}, {}
        for peer in case.peers:
            try:
                peers[peer] = self.prepare_peer(peer, setup, title)
            except RuntimeError as error:
                notes[peer] = f"failed: {error}"
        # Enough runs between two looks at the clock that a measurement takes 50 ms: a processor
        # and a pool of threads that come from rest are not what is measured.
        repeats = {}
        for who in ["ours", *peers]:
            participant = self.ours if who == "ours" else self.participant(who)
            participant.ask(action="run", seed=0)
            once = participant.ask(action="run", seed=0)["seconds"]
            repeats[who] = max(1, min(case.repeats * 50, math.ceil(0.05 / max(once, 1e-9))))
        seconds = {who: [] for who in repeats}
        processor = {who: [] for who in repeats}
        outputs = {who: [] for who in repeats}
        for repetition in range(options.repetitions):
            for who in repeats:
                participant = self.ours if who == "ours" else self.participant(who)
                time.sleep(0.1)  # threads of the one before come to rest
                answer = participant.ask(
                    action="run", seed=repetition + 1, repeats=repeats[who], wantsOutput=True)
                seconds[who].append(answer["seconds"])
                processor[who].append(answer["processorSeconds"])
                outputs[who].append(numbers(answer["output"]))
        checks = {}
        for peer in list(peers):
            try:
                checks[peer] = check(case, peer, mode, outputs["ours"], outputs[peer])
            except RuntimeError as error:
                notes[peer] = f"not the same: {error}"
                del seconds[peer]
        row = {
            "group": case.group, "case": title, "mode": mode, "unit": case.unit, "per": case.per,
            "seconds": {who: statistics.median(times) / case.per for who, times in seconds.items()},
            "processor": {who: min(times) / case.per for who, times in processor.items()},
            "all": {who: [s / case.per for s in times] for who, times in seconds.items()},
            "variants": peers, "checks": checks, "failures": notes, "goal": case.goal}
        theirs = {who: s for who, s in row["seconds"].items() if who != "ours"}
        row["ratios"] = {who: s / row["seconds"]["ours"] for who, s in theirs.items()}
        row["fastest"] = min(theirs, key=theirs.get) if theirs else None
        return row


def machine(options):
    def first(path, name):
        try:
            for line in pathlib.Path(path).read_text().splitlines():
                if line.startswith(name):
                    return line.split(":", 1)[1].strip()
        except OSError:
            pass
        return ""
    swift = subprocess.run(["swift", "--version"], capture_output=True, text=True).stdout
    flags = first("/proc/cpuinfo", "flags").split()
    from importlib.metadata import version
    family = first("/proc/cpuinfo", "cpu family"), first("/proc/cpuinfo", "model\t")
    return {
        "processor": first("/proc/cpuinfo", "model name") or platform.processor(),
        "family": f"family {family[0]} model {family[1]}" if family[0] else "",
        "cores": os.cpu_count(), "system": f"{platform.system()} {platform.machine()}",
        "instruction sets": ", ".join(
            n for f, n in (("avx2", "AVX2"), ("avx512f", "AVX-512")) if f in flags),
        "memory": first("/proc/meminfo", "MemTotal"),
        "swift": (re.search(r"Swift version (\S+)", swift) or [None, ""])[1],
        "python": platform.python_version(), "threads": options.threads,
        "repetitions": options.repetitions, "load": os.getloadavg()[0],
        "peers": {p: version(p) for p in ("torch", "jax", "optax", "torchopt", "numpy")},
        "date": time.strftime("%Y-%m-%d")}


def print_row(row):
    scale = {"ms": 1e3, "µs": 1e6, "ns": 1e9}[row["unit"]]
    parts = [f"{who} {s * scale:9.2f}" for who, s in row["seconds"].items()]
    ratios = ", ".join(f"{who} ×{r:.1f}" for who, r in row["ratios"].items())
    mode = "with gradient" if row["mode"] == "gradient" else "value"
    processor = ", ".join(f"{who} {s * scale:.2f}" for who, s in row["processor"].items())
    print(f"{row['case']}, {mode} [{row['unit']}]: {'  '.join(parts)}  | {ratios}")
    print(f"    least processor time: {processor}")
    for who, text in {**row["checks"], **row["failures"]}.items():
        variant = row["variants"].get(who, "")
        print(f"    {who} ({variant}): {text}")
    sys.stdout.flush()


def main():
    parser = argparse.ArgumentParser(prog="Benchmarks/compare/run")
    parser.add_argument("--binaries", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--only", default="", help="cases whose title matches this expression")
    parser.add_argument("--repetitions", type=int, default=7)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--quick", action="store_true", help="five repetitions, no growth, no memory")
    parser.add_argument("--skip-growth", action="store_true")
    parser.add_argument("--skip-memory", action="store_true")
    parser.add_argument("--all-variants", action="store_true",
                        help="try every form of a peer's case again, also those once found slow")
    parser.add_argument("--accuracy", action="store_true",
                        help="only the time to a gradient that is right to 1 %%: its table and figure")
    parser.add_argument("--tiny", action="store_true",
                        help="few samples and seeds, to see that it runs; pages are left as they are")
    parser.add_argument("--no-page", action="store_true", help="leave docs/performance.md as it is")
    options = parser.parse_args()
    if options.quick:
        options.repetitions, options.skip_growth, options.skip_memory = 5, True, True
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "peers.log").write_text("")
    began = time.time()
    comparison = Comparison(options)
    import accuracy
    if options.accuracy:
        found = accuracy.run(comparison, setup_of, options.only)
        for participant in [comparison.ours, *comparison.peers.values()]:
            participant.close()
        comparison.variants_file.write_text(json.dumps(comparison.known, indent=1))
        write_accuracy({"machine": machine(options), "rows": [], "accuracy": found}, options)
        return
    rows = []
    for case in cases.all_cases():
        if not re.search(options.only, case.title):
            continue
        for mode in case.modes:
            try:
                row = comparison.run(case, mode)
            except RuntimeError as error:
                print(f"{case.title}, {mode}: ours failed: {error}")
                continue
            rows.append(row)
            print_row(row)
            comparison.variants_file.write_text(json.dumps(comparison.known, indent=1))
    results = {"machine": machine(options), "rows": rows}
    import measures
    if not options.skip_growth:
        results["growth"] = measures.growth(comparison)
    if not options.quick:
        results["accuracy"] = accuracy.run(comparison, setup_of, options.only)
    for participant in [comparison.ours, *comparison.peers.values()]:
        participant.close()
    if not options.skip_memory:
        results["memory"] = measures.memory(options)
    results["seconds"] = time.time() - began
    write(results, options)


def write_accuracy(results, options):
    """The table and the figure of the time to accuracy alone."""
    path = RESULTS / "accuracy.json"
    path.write_text(json.dumps(results, indent=1))
    print(report.accuracy_text(results))
    figures = pathlib.Path(options.binaries) / "compare-figures"
    folder = RESULTS / "accuracy-figures"
    folder.mkdir(exist_ok=True)
    if figures.exists():
        subprocess.run([figures, path, folder], check=True)
    else:
        print("compare-figures is not built: no figure")
    if options.no_page or options.only or options.tiny:
        print(f"Written to {path}; the pages are left as they were.")
        return
    report.update_accuracy(HERE.parent.parent, folder, results)
    print(f"Written to {path}, docs/performance.md and README.md in {results['accuracy']['seconds']:.0f} s.")


def write(results, options):
    (RESULTS / "results.json").write_text(json.dumps(results, indent=1))
    with open(RESULTS / "results.csv", "w", newline="") as file:
        writer = csv.writer(file)
        peers = ["torch", "optax", "jax", "jax64", "torchopt"]
        writer.writerow(["group", "case", "mode", "ours_s"] + [f"{p}_s" for p in peers]
                        + ["fastest_peer", "ratio_to_fastest", "check"])
        for row in results["rows"]:
            writer.writerow(
                [row["group"], row["case"], row["mode"], row["seconds"]["ours"]]
                + [row["seconds"].get(p, "") for p in peers]
                + [row["fastest"] or "", row["ratios"].get(row["fastest"], ""),
                   "; ".join(f"{p}: {c}" for p, c in {**row["checks"], **row["failures"]}.items())])
    text = report.tables(results)
    (RESULTS / "table.md").write_text(text)
    print(report.summary(results))
    figures = pathlib.Path(options.binaries) / "compare-figures"
    folder = RESULTS / "figures"
    folder.mkdir(exist_ok=True)
    if not figures.exists():
        print("compare-figures is not built: no figures")
        return
    subprocess.run([figures, RESULTS / "results.json", folder], check=True)
    if options.no_page or options.only or options.quick or options.tiny:
        print(f"Written to {RESULTS}; docs/performance.md is left as it was.")
        return
    report.update_page(HERE.parent.parent / "docs", folder, results)
    if "accuracy" in results:
        report.update_accuracy(HERE.parent.parent, folder, results)
    print(f"Written to {RESULTS} and docs/performance.md in {results['seconds']:.0f} s.")


if __name__ == "__main__":
    main()
