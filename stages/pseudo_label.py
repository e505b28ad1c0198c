"""pseudo_label: supervised training on cluster ids of label-free features; no label is read."""

from pathlib import Path

from hardrare import tables
from hardrare.protocols.pseudo_label import Params, train_on_clusters
from hardrare.stage import run
from hardrare.training import Pixels, on_devices, resolve_device, session


@on_devices
def main(
    params: Params,
    *,
    objective: str,
    seed: int,
    images: Path,
    clusterings: Path,
    dynamics: Path,
    scratch: Path,
) -> None:
    """Train on each clustering, fold by fold; write the dynamics of every sample."""
    samples = tables.read_images(images)
    pixels = Pixels(samples.image, None, resolve_device(params.device))
    ids = tables.read_cluster_ids(clusterings, samples.sample_id)
    title = f"pseudo_label-{objective}-{seed}"
    opened = (title, params, [images, clusterings], scratch, dynamics, samples.sample_id)
    with session(*opened, parts=len(ids), part="clustering") as (recorder, state):
        callbacks = params.callbacks(recorder, state)
        train_on_clusters(params, params, pixels, ids, params.folds, seed, callbacks, title)


if __name__ == "__main__":
    run(main)
