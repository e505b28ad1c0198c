"""The first study's claims, asked of what a study kept: Markdown tables.

    python benchmarks/claims.py studies/cifar10-gpu

Reads `samples.parquet`, `scores.parquet`, `representation.parquet` and `accuracy.parquet`. Only
unchanged samples take part in what is said of difficulty; averaged pairs are compared with all
samples that were not changed. Intervals are of the samples, not of another training.
"""

import sys
from pathlib import Path

import numpy as np
import polars as pl
from scipy.stats import rankdata

from hardrare.detection.auroc import auroc
from hardrare.numerics.intervals import rank_interval
from hardrare.numerics.ranks import percentiles

MIXES = "average"
SHOWN = (  # what the claims are about, and what they have to be compared with
    "barlow_twins-0/msd_mean", "barlow_twins-0/relative_msd_mean", "barlow_twins-0/norm_mean",
    "barlow_twins-0/lgn_mean", "barlow_twins-0/alignment_mean", "barlow_twins-0/knn_distance",
    "barlow_twins-0/neighbour_cluster_entropy", "barlow_twins-0/prototype_distance",
    *(f"fine_tuned-{seed}/{score}_mean" for seed in (0, 1)
      for score in ("msd", "relative_msd", "norm", "lgn", "alignment")),
    "autoencoder-0/loss_last", "autoencoder-0/loss_mean", "autoencoder-0/msd_mean",
    "autoencoder-0/lgn_mean", "pixels/contrast", "pixels/gradient_energy", "pixels/pixel_min",
    "pixels/random",
)  # fmt: skip
HARDER = {"aum": -1, "el2n": 1, "forgetting_events": 1}  # the reference, and its harder end
HARDEST = 0.1
SSFT = "second_split-{}/ssft"  # which not every study has


def difficulty(scores: pl.DataFrame) -> np.ndarray:
    """Places (S, N) by supervised difficulty, a row a seed: mean place by AUM, EL2N, forgetting."""
    seeds = sorted({c.split("/")[0] for c in scores.columns if c.startswith("supervised-")})
    of = {
        s: [e * percentiles(scores[f"{s}/{n}"].to_numpy()) for n, e in HARDER.items()]
        for s in seeds
    }
    return np.array([percentiles(np.mean(of[s], axis=0)) for s in seeds])


def spearman(a: np.ndarray, b: np.ndarray) -> float:
    """Rank correlation."""
    return float(np.corrcoef(rankdata(a), rankdata(b))[0, 1])


def within(a: np.ndarray, b: np.ndarray, label: np.ndarray) -> float:
    """Mean over the classes of the rank correlation inside each."""
    return float(np.mean([spearman(a[label == k], b[label == k]) for k in np.unique(label)]))


def beyond(a: np.ndarray, b: np.ndarray, known: np.ndarray) -> float:
    """Rank correlation of a and b with the ranks of a third taken out of both (partial)."""
    ab, ak, bk = spearman(a, b), spearman(a, known), spearman(b, known)
    return (ab - ak * bk) / np.sqrt((1 - ak**2) * (1 - bk**2))


def cell(value: float, low: float, high: float) -> str:
    """A value with its interval."""
    return f"{value:.2f} [{low:.2f}, {high:.2f}]"


def row(cells: list[str]) -> str:
    """A line of a table."""
    return f"| {' | '.join(cells)} |"


def found(scores: pl.DataFrame, artefact: np.ndarray) -> dict[str, tuple[float, float, float]]:
    """AUROC, low and high end of every shown score for the averaged pairs."""
    shown = [name for name in SHOWN if name in scores.columns]
    values = scores.select(shown).to_numpy().T
    positive = {MIXES: np.flatnonzero(artefact == MIXES)}
    one = auroc(values, np.flatnonzero(artefact == ""), positive, bootstrap=200, seed=0)[MIXES]
    return dict(zip(shown, zip(one.value, one.low, one.high, strict=True), strict=True))


def print_scores(scores: pl.DataFrame, samples: pl.DataFrame) -> None:
    """What each score says of mixes and of difficulty."""
    artefact = samples["artefact"].cast(pl.String).to_numpy()
    clean, label = artefact == "", samples["label"].to_numpy()
    seeds = difficulty(scores.filter(clean))
    hard, ssft = seeds.mean(0), scores.filter(clean).get_column(SSFT.format(0), default=None)
    hardest = np.flatnonzero(hard >= np.quantile(hard, 1 - HARDEST))
    rest = np.setdiff1d(np.arange(len(hard)), hardest)
    mixes = found(scores, artefact)
    print(row(["score", f"averaged pairs ({(artefact == MIXES).sum():,} of {clean.sum():,}), AUROC",
               "difficulty, rank correlation", "inside a class", "without the norm's part",
               "hardest tenth, AUROC", "SSFT, rank correlation"]))  # fmt: skip
    print("|---" * 7 + "|")
    values = scores.filter(clean).select(list(mixes)).to_numpy().T
    top = auroc(values, rest, {"hardest": hardest}, bootstrap=200, seed=0)["hardest"]
    for i, name in enumerate(mixes):
        own, n = values[i], len(hard)
        r = spearman(own, hard)
        run = name.partition("/")[0] if name.startswith("fine_tuned") else "barlow_twins-0"
        norm = scores.filter(clean)[f"{run}/norm_mean"].to_numpy()
        known = "–" if name.endswith("norm_mean") else f"{beyond(own, hard, norm):.2f}"
        area = cell(top.value[i], top.low[i], top.high[i])
        cells = [f"`{name}`", cell(*mixes[name]), cell(r, *rank_interval(r, n))]
        cells += [f"{within(own, hard, label[clean]):.2f}", known, area]
        print(row([*cells, "–" if ssft is None else f"{spearman(own, ssft.to_numpy()):.2f}"]))
    if len(seeds) > 1:
        print(f"\nThe reference itself: two seeds agree with {spearman(*seeds[:2]):.2f}"
              f"{_ssft_seeds(scores.filter(clean))}.")  # fmt: skip


def _ssft_seeds(scores: pl.DataFrame) -> str:
    names = [SSFT.format(seed) for seed in (0, 1)]
    if not set(names) <= set(scores.columns):
        return ""
    agreed = spearman(*(scores[name].to_numpy() for name in names))
    return f"; second-split forgetting of two seeds with {agreed:.2f}"


def print_threshold(scores: pl.DataFrame, samples: pl.DataFrame) -> None:
    """The best of all thresholds of a score in telling mixes, fitted where it is judged."""
    artefact = samples["artefact"].cast(pl.String).to_numpy()
    use = (artefact == MIXES) | (artefact == "")
    truth = artefact[use] == MIXES
    print(f"\nCalling every image unchanged is right for {1 - truth.mean():.3f}.\n")
    print(row(["score", "right with the best threshold"]))
    print("|---|---|")
    for name in ("barlow_twins-0/lgn_mean", "barlow_twins-0/msd_mean", "autoencoder-0/loss_last",
                 "pixels/contrast"):  # fmt: skip
        order = np.argsort(scores[name].to_numpy()[use])
        above = (
            np.r_[0, np.cumsum(truth[order])]
            + np.r_[(~truth).sum() - np.r_[0, np.cumsum(~truth[order])]]
        )
        best = max(above.max(), len(truth) - above.min()) / len(truth)
        print(row([f"`{name}`", f"{best:.3f}"]))


def print_removed(scores: pl.DataFrame, samples: pl.DataFrame) -> None:
    """The share of each class that dropping the lowest 30 % removes."""
    clean = samples["artefact"].cast(pl.String).to_numpy() == ""
    label = samples["label"].to_numpy()[clean]
    print("\nDropping the lowest 30 % of the unchanged images removes of each class, percent:\n")
    print(row(["score", *map(str, range(10))]))
    print("|---" * 11 + "|")
    for name in ("barlow_twins-0/msd_mean", "barlow_twins-0/lgn_mean"):
        value = scores[name].to_numpy()[clean]
        gone = np.argsort(value)[: round(0.3 * len(value))]
        share = np.bincount(label[gone], minlength=10) / np.bincount(label, minlength=10)
        print(row([f"`{name}`", *(f"{100 * s:.0f}" for s in share)]))


def print_arms(folder: Path) -> None:
    """Test accuracy of the arms, seed by seed."""
    table = pl.read_parquet(folder / "accuracy.parquet").filter(pl.col("class").is_null())
    print("\n" + row(["arm", "kept", "steps", "accuracy of each seed, percent"]))
    print("|---|---|---|---|")
    for (arm,), rows in table.group_by(["arm"], maintain_order=True):
        each = (rows.sort("seed")["correct"] / rows.sort("seed")["n"] * 100).to_list()
        print(row([arm, f"{rows['kept'][0]:,}", str(rows["steps"][0]),
                   ", ".join(f"{one:.1f}" for one in each)]))  # fmt: skip


def main() -> None:
    """Print all tables of a folder."""
    folder = Path(sys.argv[1])
    samples = pl.read_parquet(folder / "samples.parquet")
    scores = pl.read_parquet(folder / "scores.parquet")
    print_scores(scores, samples)
    print_threshold(scores, samples)
    print_removed(scores, samples)
    print_arms(folder)
    print()
    table = pl.read_parquet(folder / "representation.parquet")
    last = table.group_by(["objective", "seed", "judge"], maintain_order=True).last()
    print(row(["features of", "judge", "accuracy"]))
    print("|---|---|---|")
    for one in last.iter_rows(named=True):
        print(
            row(
                [
                    f"{one['objective']}",
                    one["judge"],
                    cell(one["accuracy"], one["low"], one["high"]),
                ]
            )
        )


if __name__ == "__main__":
    main()
