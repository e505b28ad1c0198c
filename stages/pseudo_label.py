"""pseudo_label: supervised training on cluster ids of label-free features; no label is read."""

from dataclasses import dataclass
from pathlib import Path

from hardrare import tables
from hardrare.objectives import supervised
from hardrare.probes.occasional import feeds_on_a_classifier
from hardrare.protocols.pseudo_label import train_on_clusters
from hardrare.stage import run
from hardrare.training import Callbacks, Pixels, Probing, Settings, resolve_device, session


@dataclass(frozen=True)
class Params(supervised.Settings, Settings):
    """What this stage reads: the classifier's settings, the loop's, folds and statistics."""

    folds: int
    probes: list[str]
    occasional: list[str]


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
    feeds_on_a_classifier(params.occasional)
    samples = tables.read_images(images)
    pixels = Pixels(samples.image, None, resolve_device(params.device))
    ids = tables.read_cluster_ids(clusterings, samples.sample_id)
    title = f"pseudo_label-{objective}-{seed}"
    opened = (title, params, [images, clusterings], scratch, dynamics, samples.sample_id)
    with session(*opened, parts=len(ids), part="clustering") as (recorder, state):
        probing = Probing(tuple(params.probes), tuple(params.occasional))
        callbacks = Callbacks(recorder, probing, checkpoints=state)
        train_on_clusters(params, params, pixels, ids, params.folds, seed, callbacks, title)


if __name__ == "__main__":
    run(main)
