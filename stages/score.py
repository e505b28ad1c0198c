"""score: one score per sample and metric, from the dynamics and features of one run."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from hardrare.errors import InputError
from hardrare.metrics import score
from hardrare.metrics._table import write_scores
from hardrare.stage import run as run_stage
from hardrare.tables import read_dynamics, read_features


@dataclass(frozen=True)
class Params:
    """What this stage reads of the parameters."""

    neighbours: int


def main(params: Params, *, run: str, dynamics: Path, features: Path, scores: Path) -> None:
    """Score a run by every metric whose columns it recorded."""
    sample_id, columns = read_dynamics(dynamics)
    feature_id, vectors = read_features(features)
    if not np.array_equal(sample_id, feature_id):
        raise InputError(f"{features}: holds other samples than {dynamics}; train {run} again.")
    if not any(name.startswith("second_split_") for name in columns):
        columns["features"] = vectors  # those of two networks have no space in common
    for name, values in columns.items():
        if np.isinf(values).any():
            raise InputError(
                f"{run}: {name} is infinite, training diverged; lower the learning rate, "
                "train it again."
            )
    found = score(columns, {"neighbours": params.neighbours})
    write_scores(scores, sample_id, found)
    print(f"score {run}: {len(found)} scores of {len(sample_id)} samples", flush=True)


if __name__ == "__main__":
    run_stage(main)
