"""represent: what the features of each run know of the classes, for the report alone.

It judges them at every snapshot of training, and a frozen network's beside those trained here.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from hardrare.representation import PIXELS, Judge, Settings, joined, judged, thinned
from hardrare.runs import Runs, run_name
from hardrare.stage import run
from hardrare.tables import read_images, read_manifest, table_of, write_rows


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
    chosen = thinned(known, settings.samples, settings.seed)
    judge = Judge(given.sample_id, given.label, chosen, params.neighbours, settings)
    rows, last = [], {}
    for name, seed in params.with_features if chosen.any() else ():
        frozen = name in params.networks
        path = table_of(features, run_name(name, seed))
        for epoch, values in judge.snapshots(path, frozen):
            rows += judge.rows(name, seed, epoch, values)
            if frozen or (name in params.objectives and seed == params.seeds[0]):
                last[name] = seed, epoch, values
    for network in params.networks if last else ():
        for name in params.objectives:
            *of, values = last[name]
            rows += judge.rows(f"{network}+{name}", *of, joined(last[network][-1], values))
    if chosen.any():
        pixels = given.image[chosen].reshape(int(chosen.sum()), -1)
        rows += judge.rows(PIXELS, None, None, pixels.astype(np.float32) / 255)
    write_rows(representation, "representation/2", rows)


if __name__ == "__main__":
    run(main)
