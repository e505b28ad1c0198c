"""How well each score without labels ranks difficulty, on heads of frozen features.

    python benchmarks/hard_agreement.py FOLDER...

Each FOLDER is an OUT of `benchmarks/feature_heads.py`; all hold the same unchanged samples first.
Difficulty is that of `benchmarks/claims.py`: the mean place by AUM, EL2N and forgetting events of
classifiers trained on all labels, mean over the seeds. Spearman's correlation with each score, all
samples together and inside a class (mean and least over the classes), and AUROC of the hardest
tenth.
"""

import sys
from pathlib import Path

import numpy as np
import polars as pl
from claims import HARDEST, cell, difficulty, spearman, within

from hardrare.detection.auroc import auroc
from hardrare.numerics.intervals import rank_interval

LABELLED = ("supervised", "second_split", "cross_validation", "features_semi_supervised")


def read(folders):
    """Scores of the unchanged samples of all folders, seeds of a run averaged, and labels."""
    tables, count = [], None
    for folder in map(Path, folders):
        samples = pl.read_parquet(folder / "samples.parquet")
        clean = (samples["artefact"] == "").to_numpy()
        tables.append(pl.read_parquet(folder / "scores.parquet").filter(clean))
        label = samples["label"].to_numpy()[clean]
        if count not in (None, len(label)):
            raise SystemExit(f"{folder} holds other samples than {folders[0]}.")
        count = len(label)
    merged = {c: t[c] for t in tables for c in t.columns}
    return pl.DataFrame(merged), label


def main():
    """Print the table."""
    scores, label = read(sys.argv[1:])
    seeds = difficulty(scores)
    hard = seeds.mean(axis=0)
    agree = [spearman(a, b) for i, a in enumerate(seeds) for b in seeds[:i]]
    print(
        f"{len(label):,} samples, {len(seeds)} seeds; two seeds agree with {np.mean(agree):.2f}\n"
    )
    hardest = np.flatnonzero(hard >= np.quantile(hard, 1 - HARDEST))
    rest = np.setdiff1d(np.arange(len(hard)), hardest)
    groups = {}
    for column in scores.columns:
        run, _, name = column.partition("/")
        base = run.rpartition("-")[0] or run
        if base not in LABELLED and name != "clusters":
            groups.setdefault(f"{base}/{name}", []).append(scores[column].to_numpy())
    values = {name: np.mean(of, axis=0) for name, of in groups.items()}
    top = auroc(np.array(list(values.values())), rest, {"h": hardest}, bootstrap=200, seed=0)["h"]
    rows = []
    for i, (name, own) in enumerate(values.items()):
        r = spearman(own, hard)
        inside = [spearman(own[label == k], hard[label == k]) for k in np.unique(label)]
        least = min(inside, key=abs)
        cells = [
            f"`{name}`",
            cell(r, *rank_interval(r, len(own))),
            f"{within(own, hard, label):.2f}",
        ]
        cells += [f"{least:.2f}", cell(top.value[i], top.low[i], top.high[i])]
        rows.append((-abs(r), cells))
    print("| score | rank correlation | inside a class | weakest class | hardest tenth, AUROC |")
    print("|---" * 5 + "|")
    for _, cells in sorted(rows):
        print(f"| {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
