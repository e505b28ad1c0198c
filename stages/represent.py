"""represent: what the features of each run know of the classes, for the report alone.

It judges the features at every snapshot of training, the last epoch's among them.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from hardrare.errors import InputError
from hardrare.numerics.neighbours import nearest
from hardrare.representation import PIXELS, Settings, assess, judged, thinned
from hardrare.runs import Runs
from hardrare.stage import run
from hardrare.tables import open_features, read_images, read_manifest, write_rows


@dataclass(frozen=True)
class Params(Runs):
    """What this stage reads of the parameters."""

    samples: int
    neighbours: int
    temperature: float
    bootstrap: int
    seed: int


def main(
    params: Params, *, features: Path, images: Path, manifest: Path, representation: Path
) -> None:
    """Judge the features of every run, and the pixels, by samples that nothing was done to."""
    given = read_images(images)
    settings = Settings(params.samples, params.temperature, params.bootstrap, params.seed)
    known = judged(given.sample_id, given.label, read_manifest(manifest).changed)
    chosen, rows = thinned(known, settings.samples, settings.seed), []

    def add(objective: str, seed: int | None, epoch: int | None, values: np.ndarray) -> None:
        near = nearest(values, params.neighbours, unit=True)
        found = assess(values, near.index, near.distance, given.label[chosen], settings)
        where = {"objective": objective, "seed": seed, "epoch": epoch}
        rows.extend({**where, **row} for row in found)

    for objective, seed in params.with_features if chosen.any() else ():
        path = features / f"{objective}-{seed}.arrow"
        kept = open_features(path)
        for epoch, ids, values in kept.snapshots() if kept.of_one_network else ():
            if not np.array_equal(ids, given.sample_id):
                raise InputError(f"{path}: holds other samples than the images; train again.")
            add(objective, seed, epoch, values[chosen])
    if chosen.any():
        pixels = given.image[chosen].reshape(int(chosen.sum()), -1)
        add(PIXELS, None, None, pixels.astype(np.float32) / 255)
    write_rows(representation, "representation/2", rows)


if __name__ == "__main__":
    run(main)
