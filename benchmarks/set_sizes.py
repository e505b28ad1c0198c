"""Keep the easy or the hard? Over set sizes, on frozen features (Sorscher et al., NeurIPS 2022).

    python benchmarks/set_sizes.py FEATURES OUT.jsonl [--keep 0.3] [--seeds 0 1 2 3 4]
    python benchmarks/set_sizes.py FEATURES OUT.jsonl --table [--figure docs/set-sizes.svg]

Of so many training images drawn at random (paired over the arms, anew for each seed) a share is
kept: by chance, the easy or the hard end of a score taken on these images alone. `prototypes`: the
distance to the nearest of 50 k-means centres, without labels. `aum`: the area under the margin of a
head that learnt all of them by their labels. A head then learns what is kept, as in
`benchmarks/pruning.py`, and is judged by the test images. Intervals hold for all comparisons
together (Bonferroni).
"""

import argparse
import json
from pathlib import Path

import matplotlib
import numpy as np
import torch
from plain_heads import STEPS, accuracies, watched
from pruning import pooled, reduced, results, signed
from scipy.special import stdtrit

from hardrare.metrics import registry

SIZES = (1000, 2000, 5000, 10_000, 20_000, 50_000)
SCORES = {"prototypes": "high", "aum": "low"}  # and the harder end
SEEN = 10  # times that margins are taken
COLOURS = {"hard": "#b2182b", "easy": "#2166ac"}


def prototypes(x, _, __):
    """Distance to the nearest centre, high = harder."""
    return registry()["prototype_distance"]({"features": x.numpy()}, {})


def margins(x, y, seed):
    """Mean margin of each image while a head learns all of them."""
    return watched(x, y, np.arange(len(x)), seed, STEPS, SEEN)[0]["margin"].mean(axis=1)


def jobs(given, done, data, seed):
    """Every training of a seed that is not there yet: its line and the rows to learn."""
    x, y = data[:2]
    for size in SIZES:
        rng = np.random.default_rng([seed, size])
        rows = np.sort(rng.choice(len(x), size, replace=False))
        kept = {"random": rng.permutation(size)}
        for name, end in SCORES.items():
            if all((f"{name} {one}", size, seed) in done for one in COLOURS):
                continue
            made = {"prototypes": prototypes, "aum": margins}[name](x[rows], y[rows], seed)
            easy = np.argsort(made if end == "high" else -made, kind="stable")
            kept |= {f"{name} easy": easy, f"{name} hard": easy[::-1]}
        for arm, order in kept.items():
            if (arm, size, seed) not in done:
                line = {"arm": arm, "size": size, "keep": given.keep, "seed": seed}
                yield line, rows[order[: round(given.keep * size)]]


def run(given):
    """Train what is not there yet, all heads of a seed side by side."""
    data = tuple(map(torch.from_numpy, reduced(given.features, "cifar10")))
    done = {(r["arm"], r["size"], r["seed"]) for r in results(given.out) if r["keep"] == given.keep}
    for seed in given.seeds:
        waiting = list(jobs(given, done, data, seed))
        if not waiting:
            continue
        lines, kept = zip(*waiting, strict=True)
        values = accuracies(data, kept, [seed] * len(kept))
        with given.out.open("a") as stream:
            for line, one in zip(lines, values, strict=True):
                stream.write(json.dumps(line | {"accuracy": round(one, 4)}) + "\n")
        print(seed, flush=True)


def differences(rows, keep):
    """Arm and size to points above random `(mean, low, high)`; random's own means, seeds.

    Of few seeds the variance of the paired differences is pooled over the arms of a size.
    """
    found = {}
    for row in rows:
        if row["keep"] == keep:
            found.setdefault((row["arm"], row["size"]), {})[row["seed"]] = 100 * row["accuracy"]
    values = {key: np.array([own[s] for s in sorted(own)]) for key, own in found.items()}
    chance = {size: own for (arm, size), own in values.items() if arm == "random"}
    above = {key: own - chance[key[1]] for key, own in values.items() if key[0] != "random"}
    made = {}
    for (arm, size), own in above.items():
        variance, free = pooled([one for (_, other), one in above.items() if other == size])
        half = stdtrit(free, 1 - 0.025 / len(above)) * np.sqrt(variance / len(own))
        made[(arm, size)] = own.mean() + half * np.array([0, -1, 1])
    seeds = max(len(own) for own in found.values())
    return made, {size: own.mean() for size, own in chance.items()}, seeds


def counted(rows, keep):
    """How many comparisons and seeds there are, in words."""
    made, _, seeds = differences(rows, keep)
    return f"{100 * keep:.0f} % kept, {seeds} seeds, {len(made)} comparisons counted"


def table(rows, keep):
    """Lines: points above chance of each arm and size."""
    made, chance, _ = differences(rows, keep)
    sizes = sorted(chance)
    yield "| kept | " + " | ".join(f"of {size:,}" for size in sizes) + " |"
    yield "|---" * (len(sizes) + 1) + "|"
    yield "| by chance, accuracy | " + " | ".join(f"{chance[s]:.1f}" for s in sizes) + " |"
    for name in SCORES:
        for end in COLOURS:
            arm = f"{name} {end}"
            cells = (signed("{:+.1f} [{:+.1f}, {:+.1f}]", made[(arm, size)]) for size in sizes)
            yield f"| {end} by {name} | " + " | ".join(cells) + " |"


def figure(rows, keep, path):
    """Points above random over the set size, one panel a score."""
    matplotlib.use("svg")
    from matplotlib import pyplot

    made, chance, _ = differences(rows, keep)
    sizes = sorted(chance)
    drawn, panels = pyplot.subplots(1, 2, figsize=(8, 3), sharey=True, layout="constrained")
    titles = ("by prototypes (no label)", "by AUM on the true labels")
    for panel, name, title in zip(panels, SCORES, titles, strict=True):
        for end, colour in COLOURS.items():
            mean, low, high = np.array([made[(f"{name} {end}", s)] for s in sizes]).T
            panel.plot(sizes, mean, "o-", color=colour, label=f"keep the {end}")
            panel.fill_between(sizes, low, high, color=colour, alpha=0.15, lw=0)
        panel.axhline(0, color="0.4", lw=1)
        panel.set(xscale="log", title=title, xlabel="training images")
        panel.set_xticks(sizes, [f"{s:,}" for s in sizes], rotation=45)
        panel.minorticks_off()
    panels[0].set_ylabel("points above chance")
    panels[0].legend(frameon=False)
    matplotlib.rcParams["svg.hashsalt"] = "set-sizes"
    drawn.savefig(path, metadata={"Date": None})


def main():
    """Train, or print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("features", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--keep", type=float, default=0.3)
    parser.add_argument("--seeds", type=int, nargs="+", default=list(range(5)))
    parser.add_argument("--table", action="store_true")
    parser.add_argument("--figure", type=Path)
    given = parser.parse_args()
    if not given.table:
        run(given)
        return
    rows = results(given.out)
    print(counted(rows, given.keep), "", *table(rows, given.keep), sep="\n")
    if given.figure:
        figure(results(given.out), given.keep, given.figure)


if __name__ == "__main__":
    main()
