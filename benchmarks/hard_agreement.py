"""How well each score without labels ranks difficulty: of frozen features, and from scratch.

    python benchmarks/hard_agreement.py REFERENCE FOLDER...

Each is an OUT of `benchmarks/feature_heads.py` or a kept study; all hold the same unchanged samples
first. Difficulty is that of `benchmarks/claims.py`, of the reference: the mean place by AUM, EL2N
and forgetting events of classifiers trained on all labels, mean over the seeds. Spearman's
correlation with each score (the seeds of a run averaged), all samples together and inside a class
(mean, least and largest over the classes), and AUROC of the hardest tenth. Intervals are of the
samples, not of another training. All scores shown were named beforehand (`WANTED`).
"""

import sys
from pathlib import Path

import numpy as np
import polars as pl
from claims import HARDEST, cell, difficulty, spearman

from hardrare.detection.auroc import auroc
from hardrare.numerics.intervals import rank_interval

WANTED = (
    "msd_mean", "relative_msd_mean", "norm_mean", "lgn_mean", "alignment_mean", "loss_last",
    "knn_distance", "density", "prototype_distance", "cluster_size", "neighbour_cluster_entropy",
    "feature_norm", "aum", "held_out_aum", "predictive_entropy", "contrast", "random",
)  # fmt: skip
LABELLED = ("supervised", "second_split", "cross_validation", "features_semi_supervised")


def read(folder):
    """Scores of the unchanged samples of a folder, and their labels."""
    samples = pl.read_parquet(folder / "samples.parquet")
    clean = (samples["artefact"].cast(pl.String) == "").to_numpy()
    scores = pl.read_parquet(folder / "scores.parquet").filter(clean)
    return scores, samples["label"].to_numpy()[clean]


def label_free(folders, label):
    """Names for readers to values, of the scores that read no label, seeds averaged."""
    groups = {}
    for folder in folders:
        scores, own = read(folder)
        if not np.array_equal(own, label):
            raise SystemExit(f"{folder} holds other samples than the reference.")
        for column in scores.columns:
            run, _, name = column.partition("/")
            base = run.rpartition("-")[0] or run
            if base not in LABELLED and name in WANTED:
                groups.setdefault((folder.name, f"{base}/{name}"), []).append(scores[column])
    return {key: np.mean([one.to_numpy() for one in of], axis=0) for key, of in groups.items()}


def main():
    """Print the table."""
    reference, *folders = map(Path, sys.argv[1:])
    scores, label = read(reference)
    seeds = difficulty(scores)
    hard = seeds.mean(axis=0)
    agree = [spearman(a, b) for i, a in enumerate(seeds) for b in seeds[:i]]
    print(f"{len(label):,} samples, difficulty of {reference}, {len(seeds)} seeds; two seeds agree "
          f"with {np.mean(agree):.2f}\n")  # fmt: skip
    hardest = np.flatnonzero(hard >= np.quantile(hard, 1 - HARDEST))
    rest = np.setdiff1d(np.arange(len(hard)), hardest)
    values = label_free(folders, label)
    top = auroc(np.array(list(values.values())), rest, {"h": hardest}, bootstrap=100, seed=0)["h"]
    rows = []
    for i, ((folder, name), own) in enumerate(values.items()):
        r = spearman(own, hard)
        inside = [spearman(own[label == k], hard[label == k]) for k in np.unique(label)]
        cells = [f"`{name}`", folder, cell(r, *rank_interval(r, len(own)))]
        cells += [f"{np.mean(inside):.2f} ({min(inside):.2f} to {max(inside):.2f})"]
        rows.append((-abs(r), [*cells, cell(top.value[i], top.low[i], top.high[i])]))
    print("| score | of | rank correlation | inside a class | hardest tenth, AUROC |")
    print("|---" * 5 + "|")
    for _, cells in sorted(rows):
        print(f"| {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
