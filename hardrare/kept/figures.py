"""The figures of a kept study's page, as rows."""

from dataclasses import dataclass
from itertools import combinations

import numpy as np
import polars as pl

from hardrare.kept.scores import Column, Kept
from hardrare.numerics.intervals import newcombe, rank_interval, t_interval
from hardrare.numerics.ranks import share_below
from hardrare.numerics.stable_ranking import correlation

SHOWN = {"free": 5, "pixels": 2, "labelled": 3}  # scores of each group, the best first
JUDGES = "aum", "el2n", "forgetting_events"  # of networks with labels: what is hard
BY_ORDER = ("earlier_similarity",)  # which what was appended gets by its place
CLAIMED = "msd_mean", "lgn_mean"  # of the first study: shown wherever they stand
REPEATED = (
    "msd_mean", "norm_mean", "lgn_mean", "loss_mean", "loss_last", "alignment_mean", "knn_distance",
    "aum", "el2n", "forgetting_events",
)  # fmt: skip


@dataclass(frozen=True)
class Row:
    """A score with a value and its interval; `end` is what is meant, `group` as `Column.group`."""

    name: str
    end: str
    group: str
    value: float
    low: float
    high: float


def finding(study: Kept) -> dict[str, list[Row]]:
    """Artefact to the scores that part it best from untouched samples: AUROC, Newcombe's interval.

    Of every group the best few, which flatters them: hundreds are compared.
    """
    scores = [score for score in study.scores().values() if score.metric not in BY_ORDER]
    clean = study.artefact == ""
    return {
        artefact: _best([_parted(score, study.bears(artefact), clean) for score in scores])
        for artefact in study.counts()
    }


def _parted(score: Column, positive: np.ndarray, clean: np.ndarray) -> Row:
    area = float(share_below(score.values[positive], score.values[clean]).mean())
    end = score.harder if score.harder != "open" else "high" if area >= 0.5 else "low"
    area = area if end == "high" else 1 - area
    low, high = newcombe(np.array([area]), int(positive.sum()), int(clean.sum()))
    return Row(score.name, end, score.group, area, float(low[0]), float(high[0]))


def _best(rows: list[Row]) -> list[Row]:
    ordered = sorted(rows, key=lambda row: (-round(row.value, 6), row.name))
    return [row for group, most in SHOWN.items()
            for row in [row for row in ordered if row.group == group][:most]]  # fmt: skip


def agreeing(study: Kept) -> list[Row]:
    """Rank correlation of scores without labels with what networks with labels find hard.

    Hard is the mean rank by `JUDGES`, of one run with labels on all samples; untouched samples
    alone are compared. The eight that agree most, and what the first study claimed.
    """
    scores, clean = study.scores(), study.artefact == ""
    judges = [scores[f"supervised/{name}"] for name in JUDGES if f"supervised/{name}" in scores]
    if not judges:
        return []
    hard = np.mean([_harder(judge)[clean] for judge in judges], axis=0)
    rows = []
    for score in (score for score in scores.values() if score.group != "labelled"):
        values = score.values[clean]
        if np.ptp(values) and np.ptp(hard):
            value = correlation(values, hard)
            end = score.harder if score.harder != "open" else "high" if value >= 0 else "low"
            value = value if end == "high" else -value
            rows.append(Row(score.name, end, score.group, value, *rank_interval(value, len(hard))))
    rows.sort(key=lambda row: (-round(row.value, 6), row.name))
    return rows[:8] + [row for row in rows[8:] if row.name.partition("/")[2] in CLAIMED]


def _harder(score: Column) -> np.ndarray:
    return -score.values if score.harder == "low" else score.values


def repeated(study: Kept) -> list[Row]:
    """Rank correlation between seeds of some scores, mean over pairs; least and most as ends."""
    rows = []
    for name, seeds in study.seeds().items():
        usual = name.partition("/")[2] in REPEATED and len(seeds) > 1
        if usual and all(np.isfinite(seed.values).all() and np.ptp(seed.values) for seed in seeds):
            pairs = [correlation(a.values, b.values) for a, b in combinations(seeds, 2)]
            rows.append(
                Row(name, "", seeds[0].group, float(np.mean(pairs)), min(pairs), max(pairs))
            )
    return sorted(rows, key=lambda row: (-row.value, row.name))


def knowing(table: pl.DataFrame | None) -> list[tuple[str, str, float, float]]:
    """Run, judge, accuracy and chance of what features know of the classes, at their last epoch."""
    if table is None or not len(table):
        return []
    last = table.filter(
        pl.col("epoch").fill_null(0) == pl.col("epoch").fill_null(0).max().over("objective")
    )
    mean = last.group_by("objective", "judge", maintain_order=True).agg(
        pl.col("accuracy", "chance").mean()
    )
    return list(mean.iter_rows())


def pruned(table: pl.DataFrame | None) -> list[tuple[str, int, np.ndarray]]:
    """Arm, kept samples, and accuracy with its t interval over the seeds, best first."""
    if table is None or not len(table):
        return []
    whole = table.filter(pl.col("class").is_null() & (pl.col("view") == "equal_steps"))
    rows = []
    for (arm, kept), part in whole.group_by("arm", "kept", maintain_order=True):
        share = (part["correct"] / part["n"]).to_numpy()
        made = t_interval(share) if len(share) > 1 else np.array([share[0], np.nan, np.nan])
        rows.append((arm, kept, made))
    return sorted(rows, key=lambda row: (-row[2][0], row[0]))
