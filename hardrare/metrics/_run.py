"""What one run left, as the columns that metrics read."""

from pathlib import Path

import numpy as np

from hardrare.errors import InputError
from hardrare.tables import one_space, read_dynamics, read_features


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
    feature_id, vectors = read_features(features)
    if not np.array_equal(sample_id, feature_id):
        raise InputError(f"{features}: holds other samples than {dynamics}; train {run} again.")
    if one_space(features):
        columns["features"] = vectors
    for name, values in columns.items():
        if np.isinf(values).any():
            raise InputError(
                f"{run}: {name} is infinite, training diverged; lower the learning rate, "
                "train it again."
            )
    return sample_id, columns
