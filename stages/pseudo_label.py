"""pseudo_label: supervised training on cluster ids of label-free features; no label is read.

A run that trained before on the same, with the same settings, is not trained again.
"""

from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from hardrare import processes, tables
from hardrare.params import key
from hardrare.pieces import Piece, have
from hardrare.protocols.pseudo_label import Params as Shared
from hardrare.protocols.pseudo_label import train_on_clusters
from hardrare.stage import run
from hardrare.training import Pixels, on_devices, resolve_device, session


@dataclass(frozen=True)
class Params(Shared):
    """What this stage reads of the parameters."""

    objectives: list[str] = key("cluster.objectives")
    seeds: list[int] = key("pretrain.seeds")


@on_devices
def main(
    params: Params,
    *,
    images: Path, clusterings: Path, dynamics: Path, scratch: Path, part: str = "",
) -> None:  # fmt: skip
    """Train on each clustering, fold by fold; write the dynamics of every sample."""

    def train(title: str, seed: int, clusters: Path, dynamics: Path) -> None:
        samples = tables.read_images(images)
        pixels = Pixels(samples.image, None, resolve_device(params.device))
        ids = tables.read_cluster_ids(clusters, samples.sample_id)
        opened = (title, shared, [images, clusters], scratch, dynamics, samples.sample_id)
        with session(*opened, parts=len(ids), part="clustering") as (recorder, state):
            callbacks = params.callbacks(recorder, state)
            train_on_clusters(params, params, pixels, ids, params.folds, seed, callbacks, title)

    shared, pieces = replace(params, objectives=[], seeds=[]), []
    for name, seed in ((name, seed) for name in params.objectives for seed in params.seeds):
        clusters = clusterings / f"{name}-{seed}.arrow"
        make = partial(train, f"pseudo_label-{name}-{seed}", seed, clusters)
        pieces.append(Piece(f"pseudo_{name}-{seed}", make, [images, clusters], shared))
    have(pieces, [dynamics], scratch / "pseudo_label", part, processes)


if __name__ == "__main__":
    run(main)
