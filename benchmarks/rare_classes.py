"""Each class in turn made rare, on frozen features: which score finds it.

    python benchmarks/rare_classes.py FEATURES OUT.json [--dataset cifar10] [--images 10000]

Of a class 2, 5 or 10 % stay; everything is scored anew on what is left. AUROC of those few against
all others, by the axis `rare` (`knn_distance`) and by what might have been the axis, each on the
features' 256 leading components: mean over the classes, least, largest and standard deviation. With
`--nearest` the distance to the ten nearest alone, on all images, the others by 5,000 of them.
"""

import argparse
import json
from pathlib import Path

import numpy as np
from feature_heads import COMPONENTS
from frozen_sets import load
from planted_photos import auroc

from hardrare.metrics import registry
from hardrare.numerics.intervals import t_interval
from hardrare.numerics.points import centred, points
from hardrare.training.components import reduced

SHARES, LEAST, SEEN = (0.02, 0.05, 0.1), 3, 5000
NAMES = (
    "knn_distance", "density", "prototype_distance", "cluster_size", "neighbour_cluster_entropy",
    "lid_mle",
)  # fmt: skip


def scored(rows, norm):
    """Score to values of each row, high = rarer by its declaration."""
    known, given = registry(), {"features": centred(rows)}
    made = {n: known[n](given, {}) * (1 if known[n].harder == "high" else -1) for n in NAMES}
    return made | {"feature_norm": -norm}


def far(rows, few, rng):
    """Mean cosine distance to the ten nearest of the last `few` rows, and of some others."""
    unit = points(centred(rows), unit=True)
    others = rng.choice(len(unit) - few, min(SEEN, len(unit) - few), replace=False)
    seen = np.r_[others, np.arange(len(unit) - few, len(unit))]
    away = np.empty(len(seen))
    for part in np.array_split(np.arange(len(seen)), max(len(seen) // 500, 1)):
        alike = unit[seen[part]] @ unit.T
        alike[np.arange(len(part)), seen[part]] = -np.inf
        away[part] = 1 - np.partition(alike, -10, axis=1)[:, -10:].mean(axis=1)
    return away


def table(found):
    """Lines: the AUROC of each score and share, over the classes."""
    yield "| score | kept of the class | mean of the classes | least to largest | deviation |"
    yield "|---" * 5 + "|"
    for name, shares in found.items():
        for share, areas in shares.items():
            mean, low, high = t_interval(np.array(areas))
            cells = [f"`{name}`", f"{float(share):.0%}", f"{mean:.2f} [{low:.2f}, {high:.2f}]"]
            cells += [f"{min(areas):.2f} to {max(areas):.2f}", f"{np.std(areas, ddof=1):.2f}"]
            yield f"| {' | '.join(cells)} |"


def main():
    """Print a row for each score and share."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("features", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--dataset", default="cifar10")
    parser.add_argument("--images", type=int, default=10_000)
    parser.add_argument("--nearest", action="store_true")
    given = parser.parse_args()
    data = load(given.features, given.dataset, "train", given.images)
    features = data.features.astype(np.float32)
    rows, norm = reduced(features, COMPONENTS), np.linalg.norm(features, axis=1)
    rng, found = np.random.default_rng(5), {}
    for chosen in np.unique(data.label):
        of = np.flatnonzero(data.label == chosen)
        for share in SHARES:
            few = rng.choice(of, max(LEAST, round(share * len(of))), replace=False)
            left = np.r_[np.flatnonzero(data.label != chosen), few]
            if given.nearest:
                values = {"knn_distance": far(rows[left], len(few), rng)}
            else:
                values = scored(rows[left], norm[left])
            for name, value in values.items():
                area = float(auroc(value[-len(few) :], value[: -len(few)]))
                found.setdefault(name, {}).setdefault(share, []).append(area)
        print(chosen, {n: round(v[SHARES[0]][-1], 3) for n, v in found.items()}, flush=True)
    given.out.write_text(json.dumps(found, indent=1))
    print(*table(found), sep="\n")


if __name__ == "__main__":
    main()
