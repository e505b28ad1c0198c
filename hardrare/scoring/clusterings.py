"""Scores of a run on pseudo-labels: every metric, once a clustering, then the mean."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from hardrare.scoring.run import refuse_infinite, score_twice
from hardrare.scoring.table import write_scores
from hardrare.tables import read_clusterings


def score_clusterings(
    run: str, clusterings: Sequence[dict[str, np.ndarray]]
) -> dict[str, np.ndarray]:
    """Every metric of dynamics, by networks that learnt the sample and by ones that did not.

    s_i = mean_c s_i,c over the clusterings c, each judged by its own cluster ids.

    Args:
        run: its name, for messages.
        clusterings: for each, column to `(N, T)`; those that begin with `held_out_` are by
            networks that never trained on the sample.

    Returns:
        Metric name to `(N,)`; `held_out_<metric>` the same of the held-out columns.

    Raises:
        InputError: a value is infinite.
    """
    total: dict[str, np.ndarray] = {}
    for columns in clusterings:
        refuse_infinite(run, columns)
        for name, values in score_twice(columns).items():
            total[name] = total.get(name, 0.0) + values
    return {name: values / len(clusterings) for name, values in total.items()}


def score_pseudo_labels(
    run: str,
    dynamics: Path,
    settings: Mapping[str, Any],  # noqa: ARG001 - as the other runs' scores have it
    scores: Path,
) -> None:
    """Score every clustering of a run by every metric whose columns it recorded, and average.

    Args:
        run: its name, for messages.
        dynamics: its table.
        settings: values for keyword-only parameters of metrics, by name; none here reads one.
        scores: the table to write.
    """
    sample_id, clusterings = read_clusterings(dynamics)
    all_scores = score_clusterings(run, clusterings)
    write_scores(scores, sample_id, all_scores)
    print(f"{run}: {len(all_scores)} scores of {len(sample_id)} samples", flush=True)
