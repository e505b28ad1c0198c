"""One run: what it left, as the columns that metrics read, and its table of scores."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from hardrare.errors import InputError
from hardrare.metrics import score
from hardrare.numerics.neighbours import stated_recall
from hardrare.scoring.snapshots import snapshot_series
from hardrare.scoring.table import write_scores
from hardrare.tables import HELD_OUT, one_space, read_dynamics, read_features, read_snapshots


def read_run(run: str, dynamics: Path, features: Path) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """The columns of a run: its dynamics and its last features.

    Args:
        run: its name, for messages.
        dynamics: its dynamics table.
        features: its features table.

    Returns:
        `sample_id (N,)`, and name to `(N, T)` dynamics and `features (N, D)`. A run of several
        networks, each of a part of the samples, gives no features: they share no space.

    Raises:
        InputError: the tables hold different samples, or a value is infinite.
    """
    sample_id, columns = read_dynamics(dynamics)
    if one_space(features):
        feature_id, columns["features"] = read_features(features)
        if not np.array_equal(sample_id, feature_id):
            raise InputError(f"{features}: holds other samples than {dynamics}; train {run} again.")
    refuse_infinite(run, columns)
    return sample_id, columns


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
    run: str,
    sample_id: np.ndarray,
    columns: Mapping[str, np.ndarray],
    features: Path,
    scores: Path,
    settings: Mapping[str, Any],
) -> None:
    """Score a run by every metric whose columns it has, write the table, print how many.

    Args:
        run: its name.
        sample_id: (N,).
        columns: of `read_run`, and whatever else metrics may read.
        features: its features table; where one network made them, its snapshots are read
            one by one.
        scores: the table to write.
        settings: values for keyword-only parameters of metrics, by name.
    """
    if "features" in columns:
        taken = (rows for _, _, rows in read_snapshots(features))
        columns = {**columns, **snapshot_series(taken, settings)}
    found = score_twice(columns, settings)
    recall = stated_recall(columns.get("features"))
    write_scores(scores, sample_id, found, recall)
    print(f"{run}: {len(found)} scores of {len(sample_id)} samples", flush=True)
    if recall < 1:
        print(f"{run}: neighbours by cells, recall {recall:.4f}", flush=True)
