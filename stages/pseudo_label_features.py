"""pseudo_label_features: as pseudo_label, of small heads on the features of frozen networks."""

from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from hardrare import processes
from hardrare.params import key
from hardrare.pieces import Piece, have
from hardrare.protocols.pseudo_label import Params as Shared
from hardrare.protocols.pseudo_label import train_on_clusters
from hardrare.stage import run
from hardrare.tables import read_cluster_ids
from hardrare.training import frozen, in_small_batches, on_devices, resolve_device, session


@dataclass(frozen=True)
class Params(Shared):
    """What this stage reads: as pseudo_label, and how many components the heads read."""

    components: int
    networks: list[str] = key("cluster.networks")
    seeds: list[int] = key("pretrain.seeds")


@on_devices
def main(
    params: Params,
    *,
    embedded: Path, views: Path, clusterings: Path, dynamics: Path, scratch: Path, part: str = "",
) -> None:  # fmt: skip
    """Train on each clustering, fold by fold; write the dynamics of every sample."""

    def train(title: str, seed: int, inputs: list[Path], dynamics: Path) -> None:
        device, (features, augmented, clusters) = resolve_device(params.device), inputs
        sample_id, samples = frozen(features, augmented, device, components=params.components)
        ids = read_cluster_ids(clusters, sample_id)
        opened = (title, shared, inputs, scratch, dynamics, sample_id)
        with session(*opened, parts=len(ids), part="clustering") as (recorder, state):
            callbacks = params.callbacks(recorder, state)
            loop = in_small_batches(params, len(samples))
            train_on_clusters(params, loop, samples, ids, params.folds, seed, callbacks, title)

    shared, pieces = replace(params, networks=[], seeds=[]), []
    for name, seed in ((name, seed) for name in params.networks for seed in params.seeds):
        inputs = [folder / f"{name}.arrow" for folder in (embedded, views, clusterings)]
        make = partial(train, f"pseudo_label_features-{name}-{seed}", seed, inputs)
        pieces.append(Piece(f"pseudo_{name}-{seed}", make, inputs, shared))
    have(pieces, [dynamics], scratch / "pseudo_label_features", part, processes)


if __name__ == "__main__":
    run(main)
