"""The tables of a study, read once and checked against each other."""

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from hardrare import tables
from hardrare.numerics.stable_ranking import Replay
from hardrare.numerics.stable_ranking import Settings as StableRanking
from hardrare.report.maps import DataMap, free_map, labelled_map
from hardrare.report.partners import partners, runs_of
from hardrare.report.runs import curves, ranges, replays, same_samples
from hardrare.tables import Images, Score

VERDICTS = ("audit", "summary", "stability", "attribution")  # tables in the folder of verdicts


@dataclass(frozen=True)
class Settings:
    """What the parameters say about the study: which runs and arms there are, what to show."""

    data_map: str  # objective/column
    region_share: float  # of the samples that are ambiguous, and that are hard
    examples: int
    dataset: str
    objectives: list[str]
    seeds: list[int]
    kinds: list[str]
    label_seeds: list[int]
    arms: list[str]
    keep_fraction: float
    retrain_seeds: list[int]
    hard: list[str]  # scores that make an axis of the ranking
    rare: list[str]
    noisy: list[str]
    duplicate: list[str]
    epochs: int  # of the runs without labels, as planned
    stable_ranking: StableRanking  # the rule that may end them before
    second_split: list[str] = field(default_factory=list)  # objectives run over two halves too
    sweep: list[float] = field(default_factory=list)  # further shares to keep
    sweep_arms: list[str] = field(default_factory=list)  # arms kept at these
    clustered: list[str] = field(default_factory=list)  # objectives with runs on pseudo-labels too

    @property
    def axes(self) -> dict[str, list[str]]:
        """Axis to the scores that make it."""
        return {axis: getattr(self, axis) for axis in tables.AXES}

    @property
    def halves(self) -> list[str]:
        """The label-free runs over two halves."""
        return [f"{one}_second_split" for one in self.second_split]

    @property
    def pseudo(self) -> list[str]:
        """The runs on pseudo-labels."""
        return [f"pseudo_{one}" for one in self.clustered]


@dataclass(frozen=True)
class Study:
    """All that the report shows. Rows of every per-sample array stand by `images.sample_id`."""

    settings: Settings
    images: Images
    originals: Images  # before injection
    manifest: pl.DataFrame
    ranking: pl.DataFrame
    scores: list[Score]
    curves: dict[str, dict[str, np.ndarray]]  # objective to column to (N, T), mean over seeds
    free_map: DataMap
    labelled_map: DataMap | None  # None where no run records what it takes
    partners: dict[int, tuple[int, float]]  # row of an extreme duplicate to its partner, cosine
    agreement: pl.DataFrame
    detection: pl.DataFrame
    representation: pl.DataFrame
    labelling: pl.DataFrame
    audit: pl.DataFrame
    summary: pl.DataFrame
    stability: pl.DataFrame
    attribution: pl.DataFrame
    replays: list[tuple[str, int, Replay]]  # of each run without labels: name, seed, its end
    ranges: list[tuple[str, dict[str, Any]]]  # learning-rate range tests, with the run's name
    kept: dict[str, list[np.ndarray]]  # arm to the kept sample ids of each draw
    accuracy: pl.DataFrame  # of the arms, and of swept ones under <arm>@<share>

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
        found: dict[int, list[str]] = {}
        for one, artefact in self.manifest["sample_id", "artefact"].iter_rows():
            found.setdefault(one, []).append(artefact)
        return found

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
        for one, artefact in rows["sample_id", "artefact"].iter_rows():
            ids.setdefault(artefact, []).append(one)
        return {one: np.isin(self.images.sample_id, found) for one, found in ids.items()}

    def extremes(self, axis: str) -> pl.DataFrame:
        """`extremes` of the ranking, as many as the page shows."""
        return extremes(self.ranking, axis, self.settings.examples)

    def group(self, score: str) -> str:
        """Where a score comes from: `free` (of labels), `labelled` or `pixels`."""
        objective = score.partition("/")[0]
        if objective == "pixels":
            return "pixels"
        return "labelled" if objective in self.settings.kinds else "free"


def read_study(
    settings: Settings,
    *,
    images: Path,
    originals: Path,
    manifest: Path,
    dynamics: Path,
    features: Path,
    scores: Path,
    ranking: Path,
    agreement: Path,
    detection: Path,
    representation: Path,
    labelling: Path,
    verdicts: Path,
    subsets: Path,
    accuracy: Path,
) -> Study:
    """Read what the parameters name; never what happens to lie in a folder.

    Raises:
        InputError: a table is missing, is of another version or of other samples.
    """
    samples = tables.read_images(images)
    sample_id = samples.sample_id
    ranked = _frame(ranking, "ranking/1")
    free = dict.fromkeys(settings.objectives, settings.seeds)
    labelled = dict.fromkeys(settings.kinds, settings.label_seeds)
    halves = dict.fromkeys([*settings.halves, *settings.pseudo], settings.seeds)
    ids, read = tables.read_scores(scores, {"pixels": [None], **free, **halves, **labelled})
    for path, found in ((ranking, ranked["sample_id"].to_numpy()), (scores, ids)):
        same_samples(path, found, sample_id)
    harder = {one.name: one.harder for one in read}
    return Study(
        settings=settings,
        images=samples,
        originals=tables.read_images(originals),
        manifest=_frame(manifest, "manifest/1"),
        ranking=ranked,
        scores=read,
        curves={o: curves(dynamics, o, seeds, sample_id) for o, seeds in free.items()},
        free_map=free_map(dynamics, settings.data_map, free, harder, sample_id),
        labelled_map=labelled_map(dynamics, labelled, sample_id),
        partners=_partners(features, settings, ranked, sample_id),
        agreement=_frame(agreement, "agreement/1"),
        detection=_frame(detection, "detection/1"),
        representation=_frame(representation, "representation/2"),
        labelling=_frame(labelling, "labelling/1"),
        **{name: _frame(verdicts / f"{name}.arrow", f"{name}/1") for name in VERDICTS},
        replays=replays(dynamics, free, settings.stable_ranking, sample_id),
        ranges=ranges(dynamics, free | halves | labelled, accuracy, settings.arms),
        kept={arm: _draws(subsets / f"{arm}.arrow") for arm in settings.arms},
        accuracy=_accuracy(accuracy, [*settings.arms, *swept(settings)]),
    )


def swept(settings: Settings) -> dict[str, tuple[str, float]]:
    """Name of each arm at each share of the sweep, to arm and share."""
    pairs = [(arm, share) for arm in settings.sweep_arms for share in settings.sweep]
    return {f"{arm}@{share}": (arm, share) for arm, share in pairs}


def extremes(ranking: pl.DataFrame, axis: str, count: int) -> pl.DataFrame:
    """The rows of a ranking with the `count` most extreme samples on an axis, with their `row`."""
    return ranking.with_row_index("row").sort(f"{axis}_rank", "sample_id").head(count)


def _partners(
    folder: Path, settings: Settings, ranked: pl.DataFrame, sample_id: np.ndarray
) -> dict[int, tuple[int, float]]:
    """The partner of each shown duplicate, by the runs that the axis reads."""
    runs = runs_of(settings.duplicate, settings.seeds)
    rows = extremes(ranked, "duplicate", settings.examples)["row"].to_numpy().astype(int)
    return partners(folder, runs, sample_id, rows, ranked["is_duplicate"].to_numpy())


def _frame(path: Path, kind: str) -> pl.DataFrame:
    return pl.from_arrow(tables.read(path, kind))


def _accuracy(folder: Path, arms: list[str]) -> pl.DataFrame:
    """The accuracies of all arms, one after the other."""
    parts = [_frame(folder / f"{arm}.arrow", "accuracy/1") for arm in arms]
    return pl.concat(parts) if parts else pl.DataFrame()


def _draws(path: Path) -> list[np.ndarray]:
    """The kept sample ids of each draw of an arm, draws in order."""
    frame = _frame(path, "subset/1")
    return [
        part["sample_id"].to_numpy()
        for part in frame.sort("draw", maintain_order=True).partition_by(
            "draw", maintain_order=True
        )
    ]
