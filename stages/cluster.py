"""cluster: the features of one label-free run as clusters, several times: pseudo-labels."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import pyarrow as pa

from hardrare.numerics.clusters import cluster
from hardrare.protocols.temi import deep_clusters
from hardrare.stage import run
from hardrare.tables import ID, read_features, write


@dataclass(frozen=True)
class Params:
    """What this stage reads of the parameters."""

    clusters: list[int]
    repeats: int
    method: Literal["k_means", "temi"]


def main(params: Params, *, objective: str, seed: int, features: Path, clusterings: Path) -> None:
    """Cluster the last features of unit length: every k, `repeats` starts each."""
    sample_id, rows = read_features(features)
    columns = {"sample_id": pa.array(sample_id, ID)}
    for k in params.clusters:
        for start in range(params.repeats):
            label = _label(params.method, rows, k, start)
            size = np.bincount(label)
            columns[f"k{k}_{start}"] = pa.array(label, pa.int32())
            sizes = f"{size.min()} to {size.max()} samples"
            print(f"cluster {objective} {seed}: k {k} start {start}: {sizes}", flush=True)
    write(clusterings, "clusterings/1", pa.table(columns))


def _label(method: str, rows: np.ndarray, k: int, start: int) -> np.ndarray:
    """Cluster ids (N,) from 0 upwards, none of them empty."""
    if method == "k_means":
        return cluster(rows, k, unit=True, seed=start).label
    return np.unique(deep_clusters(rows, k, start), return_inverse=True)[1]


if __name__ == "__main__":
    run(main, siblings=("objectives", "networks"))
