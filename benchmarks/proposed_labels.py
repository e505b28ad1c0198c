"""How often proposed labels are right, and whether their confidence says when.

    python benchmarks/proposed_labels.py FEATURES [--images 5000] [--told 50 200 1000]

FEATURES holds those of CIFAR-10's training images as `frozen_sets.py` writes them. Some labels are
told, drawn at random; of the others: accuracy, that of the surest tenth and half, how well the
confidence tells right from wrong (AUROC), the mean confidence, and what leaving the told ones out
by turns said beforehand. Nothing is chosen here.
"""

import argparse
from pathlib import Path

import numpy as np
from frozen_sets import load

from hardrare.labelling.proposed import propose


def auroc(score, flag):
    """P(score of a right one > score of a wrong one)."""
    order = np.argsort(np.argsort(score))
    right = flag.sum()
    return (order[flag].sum() - right * (right - 1) / 2) / max(right * (~flag).sum(), 1)


def main():
    """One line for each number of told labels."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("features", type=Path)
    parser.add_argument("--images", type=int, default=5000)
    parser.add_argument("--told", type=int, nargs="+", default=[50, 200, 1000])
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    given = parser.parse_args()
    known = load(given.features, "cifar10", "train", given.images)
    features = known.features.astype(np.float32)
    for many in given.told:
        rows = []
        for seed in given.seeds:
            told = np.random.default_rng(seed).choice(len(features), many, replace=False)
            found = propose(features, told, known.label[told], seed)
            right = found.label == known.label[found.rows]
            order = np.argsort(-found.confidence)
            tenth, half = order[: len(order) // 10], order[: len(order) // 2]
            rows.append([right.mean(), right[tenth].mean(), right[half].mean(),
                         right[found.judges == 3].mean(), auroc(found.confidence, right),
                         found.confidence.mean(), found.right])  # fmt: skip
        names = ["right", "surest tenth", "surest half", "all three judges", "AUROC"]
        names += ["mean confidence", "left out by turns"]
        mean, spread = np.mean(rows, axis=0), np.std(rows, axis=0, ddof=1)
        said = (
            f"{name} {m:.3f} (sd {s:.3f})" for name, m, s in zip(names, mean, spread, strict=True)
        )
        print(
            f"{len(features)} images, {many} told, seeds {given.seeds}:",
            ", ".join(said),
            flush=True,
        )


if __name__ == "__main__":
    main()
