"""Correlation for readers: matrices of scores, and the nearest score without labels."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from hardrare.report.study import Study

COPY = 0.9  # scores of one run that correlate at least so much are shown once in the small matrix


@dataclass(frozen=True)
class Correlations:
    """Spearman of every pair of scores: pooled `(M, M)` with its interval, and given the pixels."""

    names: list[str]
    groups: list[str]
    value: np.ndarray
    low: np.ndarray
    high: np.ndarray
    partial: np.ndarray

    def members(self, *groups: str) -> list[int]:
        """Indices of the scores of these groups, group after group."""
        return [i for group in groups for i, one in enumerate(self.groups) if one == group]

    @property
    def references(self) -> list[int]:
        """Scores that only labels allow: of metrics that no run without labels has."""
        free = {self.names[i].partition("/")[2] for i in self.members("free")}
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


@dataclass(frozen=True)
class Nearest:
    """The score of a group that correlates most with another score, either sign."""

    name: str
    value: tuple[float, float, float]
    partial: float


def correlations(study: Study) -> Correlations:
    """The agreement table as matrices, scores in order of their runs, without the control."""
    names = [one.name for one in study.scores if not one.name.endswith("/random")]
    place = {name: i for i, name in enumerate(names)}
    shape = (len(names), len(names))
    grids = {key: np.full(shape, np.nan) for key in ("value", "low", "high", "partial")}
    rows = study.agreement.filter(
        (pl.col("method") == "spearman")
        & pl.col("view").is_in(["pooled", "partial"])
        & pl.col("score_a").is_in(names)
        & pl.col("score_b").is_in(names)
    )
    for view, wanted in (("pooled", ("value", "low", "high")), ("partial", ("value",))):
        part = rows.filter(pl.col("view") == view)
        a = np.array([place[name] for name in part["score_a"]], int)
        b = np.array([place[name] for name in part["score_b"]], int)
        for column in wanted:
            grid = grids["partial" if view == "partial" else column]
            grid[a, b] = grid[b, a] = part[column].to_numpy()
    constant = np.array([np.ptp(one.values) == 0 for one in study.scores if one.name in place])
    grids["value"][np.diag_indices(len(names))] = np.where(constant, np.nan, 1.0)
    return Correlations(names, [study.group(name) for name in names], **grids)


def nearest(table: Correlations, to: int, group: str) -> Nearest | None:
    """The score of `group` with the largest absolute pooled Spearman to score `to`."""
    among = [i for i in table.members(group) if i != to and np.isfinite(table.value[to, i])]
    if not among:
        return None
    best = max(among, key=lambda i: abs(table.value[to, i]))
    triple = (table.value[to, best], table.low[to, best], table.high[to, best])
    return Nearest(table.names[best], triple, table.partial[to, best])
