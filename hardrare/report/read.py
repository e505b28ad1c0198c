"""The tables of a study, each read when a section first asks for it, and checked."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import polars as pl

from hardrare import tables
from hardrare.report.over_epochs import same_samples
from hardrare.report.settings import Settings
from hardrare.tables import Images, Score

T = TypeVar("T")


@dataclass(frozen=True, eq=False)
class Study:
    """All that the report shows. Rows of every per-sample array stand by `images.sample_id`.

    Attributes:
        settings: of the report.
        paths: the tables and folders of tables, by the names that the stage gives them.
    """

    settings: Settings
    paths: Mapping[str, Path]
    _made: dict[Any, Any] = field(default_factory=dict, repr=False)

    def once(self, make: Callable[["Study"], T]) -> T:
        """What `make` makes of this study, computed for the first that asks and kept for all."""
        if make not in self._made:
            self._made[make] = make(self)
        return self._made[make]

    def frame(self, name: str, kind: str) -> pl.DataFrame:
        """The table of that name, or `<folder>/<name>` of a folder of tables.

        Raises:
            InputError: it is missing or of another kind or version.
        """
        path = self._path(name)
        if path not in self._made:
            self._made[path] = pl.from_arrow(tables.read(path, kind))
        return self._made[path]

    def words(self, name: str, kind: str) -> dict[str, Any]:
        """What a table tells of the names that stand in it; `name` as for `frame`."""
        return tables.read_words(self._path(name), kind)

    def _path(self, name: str) -> Path:
        first, _, rest = name.partition("/")
        return tables.table_of(self.paths[first], rest) if rest else self.paths[first]

    @cached_property
    def images(self) -> Images:
        """The samples, as the networks saw them."""
        return tables.read_images(self.paths["images"])

    @cached_property
    def originals(self) -> Images:
        """The images before injection."""
        return tables.read_images(self.paths["originals"])

    @cached_property
    def manifest(self) -> pl.DataFrame:
        """What was done to which sample."""
        return self.frame("manifest", "manifest/1")

    @cached_property
    def ranking(self) -> pl.DataFrame:
        """Where each sample stands on each axis."""
        ranked = self.frame("ranking", "ranking/2")
        same_samples(self.paths["ranking"], ranked["sample_id"].to_numpy(), self.images.sample_id)
        return ranked

    @cached_property
    def scores(self) -> list[Score]:
        """Every score of the runs that the parameters name; never what lies in the folder."""
        of = self.settings
        runs = {"pixels": [None], **of.free_runs, **of.further_runs, **of.frozen_runs}
        runs |= of.labelled_runs
        ids, known = tables.read_scores(self.paths["scores"], runs)
        same_samples(self.paths["scores"], ids, self.images.sample_id)
        return known

    @cached_property
    def detection(self) -> pl.DataFrame:
        """How well each score finds each artefact."""
        return self.frame("detection", "detection/1")

    @cached_property
    def representation(self) -> pl.DataFrame:
        """What the features know of the classes."""
        return self.frame("representation", "representation/2")

    @cached_property
    def kept(self) -> dict[str, list[np.ndarray]]:
        """Arm to the kept sample ids of each draw, draws in order."""
        return {arm: _draws(self.frame(f"subsets/{arm}", "subset/1")) for arm in self.settings.arms}

    @cached_property
    def accuracy(self) -> pl.DataFrame:
        """The accuracies of the arms, and of swept ones under `<arm>@<share>`."""
        arms = [*self.settings.arms, *self.settings.swept]
        parts = [self.frame(f"accuracy/{arm}", "accuracy/1") for arm in arms]
        return pl.concat(parts) if parts else pl.DataFrame()

    @cached_property
    def arm_titles(self) -> dict[str, str]:
        """Arm, also one kept at a share of the sweep, to what it is in words."""
        titles: dict[str, str] = {}
        for arm in (*self.settings.arms, *self.settings.swept):
            said = self.words(f"subsets/{arm}", "subset/1")
            titles |= {name.partition("@")[0]: title for name, title in said.items()}
        return titles

    def arm_name(self, arm: str) -> str:
        """A pruning arm in words."""
        return self.arm_titles.get(arm, arm)

    @cached_property
    def artefact_words(self) -> dict[str, dict[str, Any]]:
        """Artefact to its `title`, `words`, `unit`, `note` and sort, as injection tells them."""
        return self.words("manifest", "manifest/1")

    def artefact_name(self, artefact: str) -> str:
        """An artefact's name for people."""
        return self.artefact_words.get(artefact, {}).get("title", artefact.replace("_", " "))

    @cached_property
    def run_words(self) -> dict[str, str]:
        """Objective or kind of run to what it is in words, of those that say it."""
        said: dict[str, str] = {}
        for name, seeds in (self.settings.free_runs | self.settings.labelled_runs).items():
            for seed in seeds[:1]:
                said |= self.words(f"dynamics/{name}-{seed}", "dynamics/1")
        return said

    @property
    def artefacts(self) -> list[str]:
        """Names of the injected artefacts, as they come in the manifest."""
        return self.manifest["artefact"].unique(maintain_order=True).to_list()

    def changes_of(self, sample_id: int) -> list[str]:
        """The artefacts that a sample bears."""
        return self.changes.get(sample_id, [])

    @cached_property
    def changes(self) -> dict[int, list[str]]:
        """Sample id to its artefacts, for samples that bear any."""
        changes: dict[int, list[str]] = {}
        for sample_id, artefact in self.manifest["sample_id", "artefact"].iter_rows():
            changes.setdefault(sample_id, []).append(artefact)
        return changes

    def injected(self, artefact: str | None = None) -> np.ndarray:
        """`(N,)` bool: samples that bear an artefact, or any where none is named."""
        rows = self.manifest
        if artefact is not None:
            rows = rows.filter(pl.col("artefact") == artefact)
        return np.isin(self.images.sample_id, rows["sample_id"].to_numpy())

    @property
    def relabelled(self) -> dict[str, np.ndarray]:
        """Artefact to `(N,)` bool, for artefacts that gave a sample another label."""
        before, after = pl.col("label_before"), pl.col("label_after")
        rows = self.manifest.filter(before.is_not_null() & after.is_not_null() & (before != after))
        ids: dict[str, list[int]] = {}
        for sample_id, artefact in rows["sample_id", "artefact"].iter_rows():
            ids.setdefault(artefact, []).append(sample_id)
        return {name: np.isin(self.images.sample_id, own) for name, own in ids.items()}

    def extremes(self, axis: str) -> pl.DataFrame:
        """The rows of the ranking with the most extreme samples on an axis, with their `row`."""
        order = self.ranking.with_row_index("row").sort(
            f"{axis}_rank", "sample_id", nulls_last=True
        )
        return order.head(self.settings.examples)

    def group(self, score: str) -> str:
        """Where a score comes from: `free` (of labels), `labelled` or `pixels`."""
        objective = score.partition("/")[0]
        if objective == "pixels":
            return "pixels"
        return "labelled" if objective in self.settings.labelled else "free"


def _draws(frame: pl.DataFrame) -> list[np.ndarray]:
    """The kept sample ids of each draw of an arm, draws in order."""
    draws = frame.sort("draw", maintain_order=True).partition_by("draw", maintain_order=True)
    return [part["sample_id"].to_numpy() for part in draws]
