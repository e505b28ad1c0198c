"""cluster: the features of label-free runs and of frozen networks as clusters: pseudo-labels."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Literal

import numpy as np
import pyarrow as pa

from hardrare.numerics.clusters import cluster
from hardrare.params import key
from hardrare.pieces import Piece, have
from hardrare.protocols.temi import deep_clusters
from hardrare.runs import run_name
from hardrare.stage import run
from hardrare.tables import ID, read_features, table_of, write


@dataclass(frozen=True)
class Params:
    """What this stage reads of the parameters."""

    objectives: list[str]
    networks: list[str]
    clusters: list[int]
    repeats: int
    method: Literal["k_means", "temi"]
    seeds: list[int] = key("pretrain.seeds")


def main(
    params: Params, *, features: Path, clusterings: Path, scratch: Path, part: str = ""
) -> None:
    """Cluster the last features of unit length: every k, `repeats` starts each."""

    def clustered(name: str, source: Path, table: Path) -> None:
        sample_id, rows = read_features(source)
        columns = {"sample_id": pa.array(sample_id, ID)}
        for k, start in ((k, start) for k in params.clusters for start in range(params.repeats)):
            if params.method == "k_means":
                label = cluster(rows, k, unit=True, seed=start).label
            else:  # ids from 0 upwards, none of them empty
                label = np.unique(deep_clusters(rows, k, start), return_inverse=True)[1]
            columns[f"k{k}_{start}"], size = pa.array(label, pa.int32()), np.bincount(label)
            sizes = f"{size.min()} to {size.max()} samples"
            print(f"cluster {name}: k {k} start {start}: {sizes}", flush=True)
        write(table, "clusterings/1", pa.table(columns))

    names = [run_name(name, seed) for name in params.objectives for seed in params.seeds]
    pieces, settings = [], (params.clusters, params.repeats, params.method)
    for name in (*names, *params.networks):
        source = table_of(features, name)
        pieces.append(Piece(name, partial(clustered, name, source), [source], settings))
    have(pieces, [clusterings], scratch / "cluster", part)


if __name__ == "__main__":
    run(main)
