"""One run: what it left, as the columns that metrics read, and its table of scores."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from hardrare.errors import InputError
from hardrare.metrics import score
from hardrare.numerics.neighbours import stated_recall
from hardrare.scoring.snapshots import snapshot_series
from hardrare.scoring.table import write_scores
from hardrare.scoring.worlds import world_columns
from hardrare.tables import HELD_OUT, Features, open_features, read_dynamics, read_images


@dataclass(frozen=True)
class Run:
    """What a run left, as the columns that metrics read.

    Attributes:
        name: `<objective>-<seed>`, for messages.
        sample_id: `(N,)`.
        columns: name to `(N, T)` dynamics, and `features (N, D)` of the last epoch. A run of
            several networks, each of a part of the samples, has no features: they share no space.
        features: its table of features.
    """

    name: str
    sample_id: np.ndarray
    columns: dict[str, np.ndarray]
    features: Features


def read_run(name: str, dynamics: Path, features: Path) -> Run:
    """A run's dynamics and features, each table opened and checked once.

    Raises:
        InputError: the tables hold different samples, or a value is infinite.
    """
    sample_id, columns = read_dynamics(dynamics)
    kept = open_features(features)
    if kept.of_one_network:
        feature_id, columns["features"] = kept.last()
        if not np.array_equal(sample_id, feature_id):
            raise InputError(
                f"{features}: holds other samples than {dynamics}; train {name} again."
            )
    refuse_infinite(name, columns)
    return Run(name, sample_id, columns, kept)


def refuse_infinite(run: str, columns: Mapping[str, np.ndarray]) -> None:
    """Refuse what a run that diverged left.

    Raises:
        InputError: a value is infinite.
    """
    for name, values in columns.items():
        if np.isinf(values).any():
            raise InputError(
                f"{run}: {name} is infinite, training diverged; lower the learning rate, "
                "train it again."
            )


def score_twice(
    columns: Mapping[str, np.ndarray], settings: Mapping[str, Any] | None = None
) -> dict[str, np.ndarray]:
    """Every metric by networks that learnt the sample and, where there are such, by others.

    Args:
        columns: name to (N, T) dynamics and whatever else metrics read; those that begin with
            `held_out_` are by networks that never trained on the sample.
        settings: values for keyword-only parameters of metrics, by name.

    Returns:
        Metric name to (N,); `held_out_<metric>` the same of the held-out columns.
    """
    apart = {n.removeprefix(HELD_OUT): v for n, v in columns.items() if n.startswith(HELD_OUT)}
    own = {name: v for name, v in columns.items() if not name.startswith(HELD_OUT)}
    judged = score(apart, settings) if apart else {}
    return score(own, settings) | {HELD_OUT + name: v for name, v in judged.items()}


def score_run(
    run: Run, scores: Path, settings: Mapping[str, Any], label: np.ndarray | None = None
) -> None:
    """Score a run by every metric whose columns it has, write the table, print how many.

    Args:
        run: what it left; the snapshots of its features are read one by one.
        scores: the table to write.
        settings: values for keyword-only parameters of metrics, by name.
        label: (N,) given labels, where metrics may read them.
    """
    columns = dict(run.columns)
    if label is not None:
        columns["label"] = label
    if "features" in columns:
        columns |= snapshot_series((rows for _, _, rows in run.features.snapshots()), settings)
    values = score_twice(columns, settings)
    recall = stated_recall(columns.get("features"))
    write_scores(scores, run.sample_id, values, recall)
    print(f"{run.name}: {len(values)} scores of {len(run.sample_id)} samples", flush=True)
    if recall < 1:
        print(f"{run.name}: neighbours by cells, recall {recall:.4f}", flush=True)


def score_learnt(
    name: str,
    dynamics: Path,
    features: Path,
    settings: Mapping[str, Any],
    scores: Path,
    label: Path | None = None,
    *,
    others: Sequence[Path] = (),
) -> None:
    """Score what a training left.

    Args:
        name: of the run, for messages.
        dynamics: its table.
        features: its table.
        settings: as for `score_run`.
        scores: the table to write.
        label: the images whose given labels metrics may read; None = they may read none.
        others: features of the runs whose neighbours are compared.
    """
    left = read_run(name, dynamics, features)
    if others:
        own = left.features.last()[1]
        left.columns.update(world_columns(features, own, others, left.sample_id))
    given = None if label is None else read_images(label).labels_of(left.sample_id)
    score_run(left, scores, settings, given)
