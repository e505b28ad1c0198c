"""Metrics of features as series over training: one value for each sample and snapshot.

A metric that names a column `snapshot_<other>` reads the metric `other` of the features at
every snapshot. Only those that some metric reads are computed, snapshot by snapshot, so that
one neighbour search serves all of them and no more than one snapshot is in memory.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from hardrare.metrics import registry

PREFIX = "snapshot_"


def snapshot_series(
    snapshots: Iterable[np.ndarray], settings: Mapping[str, Any] | None = None
) -> dict[str, np.ndarray]:
    """The columns `snapshot_<metric>` `(N, S)` that registered metrics read.

    Args:
        snapshots: S times features (N, D) of the same samples.
        settings: values for the metrics' keyword-only parameters, by name.
    """
    known, settings = registry(), settings or {}
    read = {column for metric in known.values() for column in metric.columns}
    wanted = [known[name] for name in known if PREFIX + name in read]
    series: dict[str, list[np.ndarray]] = {PREFIX + metric.name: [] for metric in wanted}
    for features in snapshots:
        for metric in wanted:
            series[PREFIX + metric.name].append(metric({"features": features}, settings))
    return {name: np.stack(values, axis=1) for name, values in series.items() if values}
