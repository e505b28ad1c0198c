"""correlate: how every pair of scores agrees, with intervals."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from hardrare.agreement.pairs import pairs
from hardrare.errors import InputError
from hardrare.params import key
from hardrare.stage import run
from hardrare.tables import read_images, read_scores, write_rows


@dataclass(frozen=True)
class Params:
    """What this stage reads of the parameters."""

    bootstrap: int
    seed: int
    objectives: list[str] = key("pretrain.objectives")
    seeds: list[int] = key("pretrain.seeds")
    kinds: list[str] = key("supervise.kinds")
    label_seeds: list[int] = key("supervise.seeds")


def main(params: Params, *, scores: Path, images: Path, agreement: Path) -> None:
    """Correlate the scores of all runs and of the pixels; labels serve the within-class view."""
    runs = {"pixels": [None], **dict.fromkeys(params.objectives, params.seeds)}
    runs |= dict.fromkeys(params.kinds, params.label_seeds)
    sample_id, found = read_scores(scores, runs)
    pictures = read_images(images)
    if not np.array_equal(pictures.sample_id, sample_id):
        raise InputError(f"{images}: other samples than in {scores}; run score and pixels again.")
    rows = pairs(found, pictures.label, bootstrap=params.bootstrap, seed=params.seed)
    write_rows(agreement, "agreement/1", rows)


if __name__ == "__main__":
    run(main)
