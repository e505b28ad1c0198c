"""The tables of a study, read once and checked against each other."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from hardrare import tables
from hardrare.errors import InputError
from hardrare.tables import Images, Score

# Columns of the dynamics that the page shows over the epochs: title, quantity with its unit.
CURVES = {
    "loss": ("loss", "loss of the sample"),
    "displacement": ("MSD", "mean squared distance between epochs"),
    "gradient_norm": ("LGN", "gradient norm of the loss at the sample"),
}


@dataclass(frozen=True)
class Settings:
    """What the parameters say about the study: which runs and arms there are, what to show."""

    data_map: str  # objective/column
    examples: int
    dataset: str
    objectives: list[str]
    seeds: list[int]
    kinds: list[str]
    kind_seeds: list[int]
    arms: list[str]
    keep_fraction: float
    retrain_seeds: list[int]


@dataclass(frozen=True)
class Study:
    """All that the report shows. Rows of every per-sample array stand by `images.sample_id`."""

    settings: Settings
    images: Images
    manifest: pl.DataFrame
    ranking: pl.DataFrame
    scores: list[Score]
    curves: dict[str, dict[str, np.ndarray]]  # objective to column to (N, T), mean over seeds
    data_map: tuple[np.ndarray, np.ndarray]  # (N,) mean over epochs, (N,) variability over epochs
    agreement: pl.DataFrame
    detection: pl.DataFrame
    representation: pl.DataFrame
    kept: dict[str, list[np.ndarray]]  # arm to the kept sample ids of each draw
    accuracy: pl.DataFrame

    @property
    def artefacts(self) -> list[str]:
        """Names of the injected artefacts, as they come in the manifest."""
        return self.manifest["artefact"].unique(maintain_order=True).to_list()

    @property
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
    manifest: Path,
    dynamics: Path,
    scores: Path,
    ranking: Path,
    agreement: Path,
    detection: Path,
    representation: Path,
    subsets: Path,
    accuracy: Path,
) -> Study:
    """Read what the parameters name; never what happens to lie in a folder.

    Raises:
        InputError: a table is missing, is of another version or of other samples.
    """
    samples = tables.read_images(images)
    ranked = _frame(ranking, "ranking/1")
    runs = {"pixels": [None], **dict.fromkeys(settings.objectives, settings.seeds)}
    ids, read = tables.read_scores(
        scores, runs | dict.fromkeys(settings.kinds, settings.kind_seeds)
    )
    for path, found in ((ranking, ranked["sample_id"].to_numpy()), (scores, ids)):
        _same_samples(path, found, samples.sample_id)
    arms = [_frame(accuracy / f"{arm}.arrow", "accuracy/1") for arm in settings.arms]
    return Study(
        settings=settings,
        images=samples,
        manifest=_frame(manifest, "manifest/1"),
        ranking=ranked,
        scores=read,
        curves={o: _curves(dynamics, o, settings.seeds, samples) for o in settings.objectives},
        data_map=_data_map(dynamics, settings, samples),
        agreement=_frame(agreement, "agreement/1"),
        detection=_frame(detection, "detection/1"),
        representation=_frame(representation, "representation/1"),
        kept={arm: _draws(subsets / f"{arm}.arrow") for arm in settings.arms},
        accuracy=pl.concat(arms) if arms else pl.DataFrame(),
    )


def _frame(path: Path, kind: str) -> pl.DataFrame:
    return pl.from_arrow(tables.read(path, kind))


def _same_samples(path: Path, found: np.ndarray, expected: np.ndarray) -> None:
    if not np.array_equal(found, expected):
        raise InputError(f"{path}: holds other samples than the images; run its stage again.")


def _run(folder: Path, objective: str, seed: int, samples: Images) -> dict[str, np.ndarray]:
    """The dynamics of one run: column to `(N, T)`."""
    path = folder / f"{objective}-{seed}.arrow"
    ids, columns = tables.read_dynamics(path)
    _same_samples(path, ids, samples.sample_id)
    return columns


def _curves(
    folder: Path, objective: str, seeds: list[int], samples: Images
) -> dict[str, np.ndarray]:
    """Mean over seeds of each column of `CURVES` that the objective has: `(N, T)` each."""
    total: dict[str, np.ndarray] = {}
    for seed in seeds:
        columns = _run(folder, objective, seed, samples)
        for name in CURVES:
            if name in columns:
                total[name] = total.get(name, 0) + columns[name].astype(np.float64)
    return {name: values / len(seeds) for name, values in total.items()}


def _data_map(folder: Path, settings: Settings, samples: Images) -> tuple[np.ndarray, np.ndarray]:
    """Mean and standard deviation over epochs `(N,)` of the map's column, mean over seeds."""
    objective, _, column = settings.data_map.partition("/")
    if objective not in settings.objectives:
        raise InputError(
            f"report.data_map names {settings.data_map}, but no run of {objective} is in "
            f"pretrain.objectives; name one of {', '.join(settings.objectives)}."
        )
    parts: Mapping[str, list[np.ndarray]] = {"mean": [], "deviation": []}
    for seed in settings.seeds:
        columns = _run(folder, objective, seed, samples)
        if column not in columns:
            raise InputError(
                f"report.data_map names {settings.data_map}, which {objective} does not record; "
                f"choose one of {', '.join(sorted(columns))}."
            )
        values = columns[column].astype(np.float64)
        values = values[:, np.isfinite(values).all(axis=0)]
        parts["mean"].append(values.mean(axis=1))
        parts["deviation"].append(values.std(axis=1))
    return np.mean(parts["mean"], axis=0), np.mean(parts["deviation"], axis=0)


def _draws(path: Path) -> list[np.ndarray]:
    """The kept sample ids of each draw of an arm, draws in order."""
    frame = _frame(path, "subset/1")
    return [
        part["sample_id"].to_numpy()
        for part in frame.sort("draw", maintain_order=True).partition_by(
            "draw", maintain_order=True
        )
    ]
