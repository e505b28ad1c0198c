"""pseudo_label_features: as pseudo_label, of a small head on the features of a frozen network."""

from dataclasses import dataclass
from pathlib import Path

from hardrare.protocols.pseudo_label import Params as Shared
from hardrare.protocols.pseudo_label import train_on_clusters
from hardrare.stage import run
from hardrare.tables import read_cluster_ids
from hardrare.training import frozen, in_small_batches, on_devices, resolve_device, session


@dataclass(frozen=True)
class Params(Shared):
    """What this stage reads: as pseudo_label, and how many components the heads read."""

    components: int


@on_devices
def main(
    params: Params,
    *,
    network: str, seed: int,
    embedded: Path, views: Path, clusterings: Path, dynamics: Path, scratch: Path,
) -> None:  # fmt: skip
    """Train on each clustering, fold by fold; write the dynamics of every sample."""
    device = resolve_device(params.device)
    sample_id, samples = frozen(embedded, views, device, components=params.components)
    ids = read_cluster_ids(clusterings, sample_id)
    title = f"pseudo_label_features-{network}-{seed}"
    opened = (title, params, [embedded, views, clusterings], scratch, dynamics, sample_id)
    with session(*opened, parts=len(ids), part="clustering") as (recorder, state):
        callbacks = params.callbacks(recorder, state)
        loop = in_small_batches(params, len(samples))
        train_on_clusters(params, loop, samples, ids, params.folds, seed, callbacks, title)


if __name__ == "__main__":
    run(main)
