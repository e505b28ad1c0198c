"""cluster: the features of one label-free run as clusters, several times: pseudo-labels."""

from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from hardrare.numerics.clusters import cluster
from hardrare.stage import run
from hardrare.tables import ID, read_features, write


@dataclass(frozen=True)
class Params:
    """What this stage reads of the parameters."""

    clusters: list[int]
    repeats: int


def main(params: Params, *, objective: str, seed: int, features: Path, clusterings: Path) -> None:
    """Cluster the last features of unit length: every k, `repeats` starts each."""
    sample_id, rows = read_features(features)
    columns = {"sample_id": pa.array(sample_id, ID)}
    for k in params.clusters:
        for start in range(params.repeats):
            clustering = cluster(rows, k, unit=True, seed=start)
            columns[f"k{k}_{start}"] = pa.array(clustering.label, pa.int32())
            sizes = f"{clustering.size.min()} to {clustering.size.max()} samples"
            print(f"cluster {objective} {seed}: k {k} start {start}: {sizes}", flush=True)
    write(clusterings, "clusterings/1", pa.table(columns))


if __name__ == "__main__":
    run(main, siblings=("objectives", "networks"))
