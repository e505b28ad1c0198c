"""Scores of a run on pseudo-labels: every metric, once a clustering, then the mean."""

from collections.abc import Sequence

import numpy as np

from hardrare.scoring.run import refuse_infinite, score_twice


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
