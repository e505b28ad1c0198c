"""The main findings as sentences, every number and every judgement taken from the tables."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from scipy.special import ndtri

from hardrare.report.arms import VIEWS, Arm
from hardrare.report.correlations import Correlations
from hardrare.report.stability import Stable
from hardrare.report.study import Study
from hardrare.report.verdicts import Verdict
from hardrare.report.words import arm_name, artefact_name, count, interval, number


@dataclass(frozen=True)
class Finding:
    """A finding: what it is about, and its sentences."""

    topic: str
    sentences: list[str]


def findings(
    study: Study,
    detections: list[Verdict],
    table: Correlations,
    stable: list[Stable],
    pruned: list[Arm],
) -> list[Finding]:
    """All findings that the tables allow, in the order of the page."""
    found = [_detection(verdict) for verdict in detections]
    found += [_together(study), _agreement(table), _stability(stable), _pruning(pruned)]
    return [one for one in found if one]


def _detection(verdict: Verdict) -> Finding:
    """Which score finds the artefact, and whether a pixel count does as well."""
    name = f"{artefact_name(verdict.artefact).capitalize()}"
    free, pixel, labelled = (verdict.best(group) for group in ("free", "pixels", "labelled"))
    size, said = int((verdict.rows["group"] == "free").sum()), []
    if free:
        said.append(
            f"Of {count(size, 'score')} without labels, {free['score']} finds it best: AUROC "
            f"{_auroc(free)}{_turned(free)}, and {_residual(free)} once the pixel statistics are "
            f"accounted for."
        )
    if pixel:
        said.append(
            f"The best pixel statistic, {pixel['score'].partition('/')[2]}, has AUROC "
            f"{_auroc(pixel)}{_turned(pixel)}."
        )
    if free and pixel:
        said.append(_compare(free, pixel, size))
    if labelled:
        said.append(
            f"With labels, {labelled['score']} is best: {_auroc(labelled)}{_turned(labelled)}."
        )
    return Finding(name, said)


def _compare(free: dict, pixel: dict, size: int) -> str:
    """Whether the score tells more than chance and than the pixel statistic, by their intervals.

    The score is the best of `size`, so its interval is widened as Bonferroni asks.
    """
    wider = ndtri(1 - 0.025 / size) / ndtri(0.975)
    low = free["telling"] - wider * (free["telling"] - _reach(free)[0])
    if low <= 0:
        return (
            f"So none is clearly better than chance, once it counts that the best of {size} was "
            "picked."
        )
    if free["telling"] <= pixel["telling"]:
        return "So one line of arithmetic on the pixels finds it at least as well."
    if low > _reach(pixel)[1]:
        return (
            "So the score tells more than the pixel statistic: their intervals do not overlap, "
            f"even widened for the choice among {size}."
        )
    return (
        "The score is ahead, but the intervals overlap once widened for the choice among "
        f"{size}: it may see no more than pixels do."
    )


def _reach(row: dict) -> tuple[float, float]:
    """The AUROC's interval as a distance from chance, in the direction that the row takes."""
    low, high = row["auroc_low"] - 0.5, row["auroc_high"] - 0.5
    return (-high, -low) if row["harder"] == "open" and row["auroc"] < 0.5 else (low, high)


def _turned(row: dict) -> str:
    """A remark for an open score whose low end is the changed one."""
    low = row["harder"] == "open" and row["auroc"] < 0.5
    return " (low values are the changed ones)" if low else ""


def _auroc(row: dict) -> str:
    return interval(row["auroc"], row["auroc_low"], row["auroc_high"])


def _residual(row: dict) -> str:
    return interval(row["residual_auroc"], row["residual_low"], row["residual_high"])


def _together(study: Study) -> Finding | None:
    """What all scores without labels add to the pixels, by a forest on held-out images."""
    gains = study.attribution.filter((pl.col("what") == "gain") & (pl.col("model") == "forest"))
    if not len(gains):
        return None
    said = []
    for row in gains.sort("value", descending=True).iter_rows(named=True):
        amount = interval(row["value"], row["low"], row["high"])
        said.append(f"{artefact_name(row['artefact'])} {amount}")
    return Finding(
        "All scores together",
        [
            "What a random forest gains in AUROC from all scores without labels, beyond the pixel "
            f"statistics, on images that it was not fitted on: {'; '.join(said)}."
        ],
    )


def _agreement(table: Correlations) -> Finding | None:
    """The closest pair across the border between scores without and with labels."""
    rows, columns = table.members("free"), table.references
    block = np.abs(table.value[np.ix_(rows, columns)])
    if not np.isfinite(block).any():
        return None
    at = np.unravel_index(np.nanargmax(block), block.shape)
    i, j = rows[at[0]], columns[at[1]]
    value = interval(*table.pooled[:, i, j])
    pairs = int(np.isfinite(block).sum())
    middle, most = np.nanmedian(block), np.nanquantile(block, 0.9)
    return Finding(
        "With and without labels",
        [
            f"Of {count(pairs, 'pair')} of a score without labels and one that only labels allow, "
            f"{table.names[i]} "
            f"and {table.names[j]} agree most: Spearman correlation {value}, and "
            f"{number(table.given[0, i, j])} once the pixel statistics are accounted for.",
            f"Half of the pairs stay below {number(middle)} in size, nine in ten below "
            f"{number(most)}.",
        ],
    )


def _stability(stable: list[Stable]) -> Finding | None:
    """How alike the seeds rank the samples."""
    free = [one for one in stable if one.group == "free" and np.isfinite(one.correlation)]
    if not free:
        return None
    values = np.array([one.correlation for one in free])
    worst, best = free[int(values.argmin())], free[int(values.argmax())]
    return Finding(
        "Between seeds",
        [
            f"The rank correlation of two seeds of one score without labels has median "
            f"{number(np.median(values))} over {count(len(free), 'score')}: from "
            f"{number(worst.correlation)} ({worst.name}) to {number(best.correlation)} "
            f"({best.name}).",
        ],
    )


def _pruning(pruned: list[Arm]) -> Finding | None:
    """Which arms differ from random pruning at equal steps."""
    rows = [arm for arm in pruned if arm.view == VIEWS[0] and np.isfinite(arm.difference[0])]
    parts = [arm for arm in rows if arm.name != "full"]
    if not parts:
        return None
    better = sum(arm.difference[1] > 0 for arm in parts)
    worse = sum(arm.difference[2] < 0 for arm in parts)
    best, last = max(parts, key=_gain), min(parts, key=_gain)
    said = [
        f"At equal optimizer steps, {better} of {count(len(parts), 'pruned arm')} "
        f"{'is' if better == 1 else 'are'} better than random pruning and {worse} worse, by 95 % "
        f"intervals over {count(best.seeds, 'seed')} that leave out zero.",
    ]
    ends = [f"Highest: {arm_name(best.name)}, {_points(best)}"]
    ends += [f"lowest: {arm_name(last.name)}, {_points(last)}"] if last is not best else []
    said.append("; ".join(ends) + ".")
    said += [
        f"All samples instead of the pruned ones: {_points(arm)}."
        for arm in rows
        if arm.name == "full"
    ]
    return Finding("Pruned retraining", said)


def _gain(arm: Arm) -> float:
    return arm.difference[0]


def _points(arm: Arm) -> str:
    return f"{interval(*arm.difference)} percentage points"
