"""The scores and samples of a kept study, as its page reads them."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow.parquet as pq

from hardrare.numerics.ranks import percentiles
from hardrare.protocols.kinds import KINDS
from hardrare.runs import ON_FEATURES

OWN = "pixels", "appearance"  # of the images themselves: no network


@dataclass(frozen=True)
class Column:
    """A score of one run and seed.

    Attributes:
        run: its name, without the seed.
        metric: its name.
        harder: `high`, `low` or `open`.
        values: `(N,)`.
    """

    run: str
    metric: str
    harder: str
    values: np.ndarray

    @property
    def name(self) -> str:
        """Run and metric, as everywhere."""
        return f"{self.run}/{self.metric}"

    @property
    def group(self) -> str:
        """Where it comes from: `pixels`, `labelled` or `free` (of labels)."""
        if self.run in OWN:
            return "pixels"
        return "labelled" if self.run.removeprefix(ON_FEATURES) in KINDS else "free"


@dataclass(frozen=True)
class Kept:
    """A kept study.

    Attributes:
        columns: all scores.
        label: `(N,)`, -1 where unknown.
        artefact: `(N,)` names, joined by `+`, empty where nothing was done.
    """

    columns: list[Column]
    label: np.ndarray
    artefact: np.ndarray

    def counts(self) -> dict[str, int]:
        """Artefact to how many samples bear it, most first."""
        names = [name for joined in self.artefact.tolist() for name in joined.split("+") if name]
        return dict(Counter(names).most_common())

    def bears(self, artefact: str) -> np.ndarray:
        """`(N,)` bool: samples with an artefact."""
        return np.array([artefact in joined.split("+") for joined in self.artefact.tolist()])

    def runs(self) -> list[str]:
        """Names of the runs, in the order of their scores."""
        return list(dict.fromkeys(column.run for column in self.columns))

    def seeds(self) -> dict[str, list[Column]]:
        """Score to what its seeds gave."""
        by_name: dict[str, list[Column]] = {}
        for column in self.columns:
            by_name.setdefault(column.name, []).append(column)
        return by_name

    def scores(self) -> dict[str, Column]:
        """Score to its mean over the seeds, of ranks, for those that order every sample."""
        made = {}
        for name, seeds in self.seeds().items():
            ranks = [percentiles(column.values) for column in seeds]
            if all(np.isfinite(column.values).all() for column in seeds) and np.ptp(ranks[0]):
                first = seeds[0]
                made[name] = Column(first.run, first.metric, first.harder, np.mean(ranks, axis=0))
        return made


def opened(folder: Path) -> Kept:
    """A folder that `keep` made."""
    file, samples = folder / "scores.parquet", pl.read_parquet(folder / "samples.parquet")
    columns = []
    for field, column in zip(pq.read_schema(file), pq.read_table(file).columns, strict=True):
        run, _, metric = field.name.partition("/")
        if not metric:
            continue
        stem, _, seed = run.rpartition("-")
        harder = (field.metadata or {}).get(b"harder", b"open").decode()
        name = stem if seed.isdigit() else run
        columns.append(Column(name, metric, harder, column.to_numpy().astype(np.float64)))
    artefact = samples["artefact"].cast(pl.String).fill_null("").to_numpy()
    return Kept(columns, samples["label"].fill_null(-1).to_numpy(), artefact)
