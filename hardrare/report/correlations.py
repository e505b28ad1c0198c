"""Correlation for readers: matrices of scores, and the nearest score without labels."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from hardrare.agreement.families import PSEUDO
from hardrare.report.read import Study

VIEWS = ("pooled", "within_class", "partial")
COPY = 0.9  # scores of one run that correlate at least so much are shown once in the small matrix


@dataclass(frozen=True)
class Correlations:
    """Spearman of every pair of M scores in each view, `(3, M, M)`: value, low, high end.

    Attributes:
        names: of the scores.
        groups: where each comes from, as `Study.group` says.
        pooled: over all samples.
        within: mean within class.
        given: partial, given the pixel statistics.
        samples: view to the number of samples, 0 where the study has no such view.
    """

    names: list[str]
    groups: list[str]
    pooled: np.ndarray
    within: np.ndarray
    given: np.ndarray
    samples: dict[str, int]

    @property
    def value(self) -> np.ndarray:
        """The headline `(M, M)`: pooled Spearman."""
        return self.pooled[0]

    def members(self, *groups: str) -> list[int]:
        """Indices of the scores of these groups, group after group."""
        return [i for group in groups for i, name in enumerate(self.groups) if name == group]

    @property
    def references(self) -> list[int]:
        """Scores that only labels allow: of metrics that no run without labels has.

        Runs on pseudo-labels have the same metrics, but of cluster ids: they do not count.
        """
        names = [self.names[i] for i in self.members("free")]
        free = {name.partition("/")[2] for name in names if not name.startswith(PSEUDO)}
        return [i for i in self.members("labelled") if self.names[i].partition("/")[2] not in free]

    def distinct(self, members: list[int]) -> list[int]:
        """The members without near copies (`COPY`) of an earlier one of the same run."""
        kept: list[int] = []
        for i in members:
            run = self.names[i].partition("/")[0]
            same = [j for j in kept if self.names[j].partition("/")[0] == run]
            if np.isfinite(self.value[i]).any() and not (np.abs(self.value[i, same]) >= COPY).any():
                kept.append(i)
        return kept


Triple = tuple[float, float, float]  # value, low and high end of its 95 % interval


@dataclass(frozen=True)
class Nearest:
    """The score of a group that correlates most with another score, either sign."""

    name: str
    pooled: Triple
    within: Triple
    given: Triple


def correlations(study: Study) -> Correlations:
    """The agreement table as matrices, scores in order of their runs, without the control."""
    names = [score.name for score in study.scores if not score.name.endswith("/random")]
    rows = study.frame("agreement", "agreement/1").filter(
        (pl.col("method") == "spearman")
        & pl.col("score_a").is_in(names)
        & pl.col("score_b").is_in(names)
    )
    grids, samples = {}, {}
    for view in VIEWS:
        part = rows.filter(pl.col("view") == view)
        grids[view] = _grids(part, names)
        samples[view] = int(part["n"].max() or 0)
    constant = [np.ptp(score.values) == 0 for score in study.scores if score.name in set(names)]
    diagonal = np.arange(len(names))
    grids[VIEWS[0]][:, diagonal, diagonal] = np.where(constant, np.nan, 1.0)
    return Correlations(names, [study.group(name) for name in names], *grids.values(), samples)


def nearest(table: Correlations, to: int, group: str) -> Nearest | None:
    """The score of `group` with the largest absolute pooled Spearman to score `to`."""
    among = [i for i in table.members(group) if i != to and np.isfinite(table.value[to, i])]
    if not among:
        return None
    best = max(among, key=lambda i: abs(table.value[to, i]))
    views = (table.pooled, table.within, table.given)
    return Nearest(table.names[best], *(tuple(view[:, to, best].tolist()) for view in views))


def _grids(part: pl.DataFrame, names: list[str]) -> np.ndarray:
    """Rows of one view as `(3, M, M)`, symmetric, NaN where there is no row."""
    index_of = {name: i for i, name in enumerate(names)}
    a = np.array([index_of[name] for name in part["score_a"]], int)
    b = np.array([index_of[name] for name in part["score_b"]], int)
    grids = np.full((3, len(names), len(names)), np.nan)
    for grid, column in zip(grids, ("value", "low", "high"), strict=True):
        grid[a, b] = grid[b, a] = part[column].to_numpy()
    return grids
