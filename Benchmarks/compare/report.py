"""Tables from the results, and the marked regions of docs/performance.md."""

import pathlib
import re
import shutil

NAMES = {"torch": "PyTorch", "optax": "optax", "jax": "JAX", "jax64": "JAX, double", "torchopt": "TorchOpt"}
SCALES = {"ms": 1e3, "µs": 1e6, "ns": 1e9}


def number(value):
    if value >= 1000:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def mode_name(row):
    return "value + gradient" if row["mode"] == "gradient" else "value"


def goals(row):
    """(what was to be reached, factor, the measured one) for each goal of a row."""
    found = []
    for who, factor in row["goal"].items():
        peer = row["fastest"] if who == "fastest" else who
        if peer in row["ratios"]:
            found.append((f"{factor:g} × {'the fastest peer' if who == 'fastest' else NAMES[who]}",
                          factor, row["ratios"][peer]))
    return found


def comparison_table(results):
    lines = ["| case | | ours | PyTorch | optax, JAX | TorchOpt | ratio to the fastest |",
             "|---|---|--:|--:|--:|--:|--:|"]
    group = None
    for row in results["rows"]:
        if row["group"] != group:
            group = row["group"]
            lines.append(f"| **{group}** | | | | | | |")
        scale = SCALES[row["unit"]]

        def cell(*peers):
            parts = []
            for p in peers:
                if p in row["seconds"]:
                    suffix = " (double)" if p == "jax64" else ""
                    parts.append(number(row["seconds"][p] * scale) + suffix)
                elif p in row["failures"]:
                    parts.append("failed")
            return ", ".join(parts) or "–"

        ratio = f"{row['ratios'][row['fastest']]:.1f}" if row["fastest"] else "–"
        lines.append(
            f"| {row['case']} | {mode_name(row)}, {row['unit']} | {number(row['seconds']['ours'] * scale)} "
            f"| {cell('torch')} | {cell('optax', 'jax', 'jax64')} | {cell('torchopt')} | {ratio} |")
    return "\n".join(lines)


def check_table(results):
    lines = ["| case | | peer | form taken | agreement |", "|---|---|---|---|---|"]
    for row in results["rows"]:
        for peer, text in {**row["checks"], **row["failures"]}.items():
            lines.append(f"| {row['case']} | {mode_name(row)} | {NAMES[peer]} | "
                         f"{row['variants'].get(peer, '')} | {text.splitlines()[0][:120]} |")
    return "\n".join(lines)


def goal_table(results):
    lines = ["| case | | to reach | measured | |", "|---|---|--:|--:|---|"]
    for row in results["rows"]:
        for text, factor, measured in goals(row):
            lines.append(f"| {row['case']} | {mode_name(row)} | {text} | {measured:.1f} | "
                         f"{'reached' if measured >= factor else '**not reached**'} |")
    return "\n".join(lines)


def memory_table(results):
    if "memory" not in results:
        return ""
    sizes = results["memory"]["sizes"]
    lines = ["| case | " + " | ".join(f"N = {exponent(n)}" for n in sizes) + " |",
             "|---|" + "--:|" * len(sizes)]
    for row in results["memory"]["rows"]:
        cells = [f"{row['bytes'][str(n)] / 1e6:.1f} MB" if str(n) in row["bytes"] else "–" for n in sizes]
        lines.append(f"| {row['case']} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def exponent(n):
    digits = "⁰¹²³⁴⁵⁶⁷⁸⁹"
    return "10" + digits[len(str(n)) - 1]


def machine_text(results):
    m = results["machine"]
    peers = ", ".join(f"{NAMES.get(p, p)} {v}" for p, v in m["peers"].items())
    return (f"{m['processor']} {m['family']}, {m['cores']} cores, {m['instruction sets']}, {m['memory']} of memory, "
            f"{m['system']}; Swift {m['swift']}, Python {m['python']}, {peers}. "
            f"Everyone has {m['threads']} threads. Medians of {m['repetitions']} runs after warming up, "
            f"{m['date']}; load of the machine at the end {m['load']:.1f}.")


def accuracy_text(results):
    import accuracy
    return accuracy.table(results["accuracy"])


def update_accuracy(root, figures, results):
    """Writes the region of the time to accuracy into docs/performance.md and README.md, with the figure."""
    text = accuracy_text(results)
    (root / "docs" / "figures").mkdir(exist_ok=True)
    figure = pathlib.Path(figures) / "accuracy.svg"
    if figure.exists():
        shutil.copy(figure, root / "docs" / "figures" / figure.name)
    lead = machine_text(results)
    pages = {root / "docs" / "performance.md":
             f"{lead}\n\n{text}\n\n![The fastest peer's time over ours](figures/accuracy.svg)",
             root / "README.md": text}
    for page, content in pages.items():
        old = page.read_text()
        new = replace_region(old, "accuracy", content)
        if new is None:
            raise SystemExit(f"{page} has no region accuracy")
        page.write_text(new)


def replace_region(text, name, content):
    pattern = re.compile(f"(<!-- {name}:begin -->\\n).*?(<!-- {name}:end -->)", re.S)
    if not pattern.search(text):
        return None
    return pattern.sub(lambda match: match[1] + content + "\n" + match[2], text)


def tables(results):
    parts = [machine_text(results), comparison_table(results), goal_table(results),
             memory_table(results), check_table(results)]
    return "\n\n".join(p for p in parts if p) + "\n"


def summary(results):
    lines = []
    for row in results["rows"]:
        for text, factor, measured in goals(row):
            state = "reached" if measured >= factor else "NOT REACHED"
            lines.append(f"{state}: {row['case']}, {mode_name(row)}: {measured:.1f}, to reach {text}")
    return "\n".join(lines)


def update_page(docs, figures, results):
    """Writes the regions between <!-- name:begin --> and <!-- name:end --> and copies the figures."""
    page = docs / "performance.md"
    text = page.read_text()
    regions = {"machine": machine_text(results), "comparison": comparison_table(results),
               "goals": goal_table(results), "memory": memory_table(results), "checks": check_table(results)}
    for name, content in regions.items():
        if not content:
            continue
        replaced = replace_region(text, name, content)
        if replaced is None:
            raise SystemExit(f"{page} has no region {name}")
        text = replaced
    page.write_text(text)
    (docs / "figures").mkdir(exist_ok=True)
    for figure in pathlib.Path(figures).glob("*.svg"):
        shutil.copy(figure, docs / "figures" / figure.name)
