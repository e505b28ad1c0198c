"""prune: the samples that each arm of the retraining keeps."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from hardrare.errors import InputError
from hardrare.params import key
from hardrare.pruning import kept, subset
from hardrare.pruning.pool import Pool
from hardrare.stage import run
from hardrare.tables import read_images, read_scores, write


@dataclass(frozen=True)
class Params:
    """What this stage reads of the parameters."""

    keep_fraction: float
    draws: int
    seed: int
    arms: list[str]
    objectives: list[str] = key("pretrain.objectives")
    seeds: list[int] = key("pretrain.seeds")
    kinds: list[str] = key("supervise.kinds")
    label_seeds: list[int] = key("supervise.seeds")


def main(params: Params, *, scores: Path, images: Path, subsets: Path) -> None:
    """Write one subset for each arm; any score of the study may choose it."""
    runs = {"pixels": [None], **dict.fromkeys(params.objectives, params.seeds)}
    runs |= dict.fromkeys(params.kinds, params.label_seeds)
    sample_id, found = read_scores(scores, runs)
    pictures = read_images(images)
    if not np.array_equal(pictures.sample_id, sample_id):
        raise InputError(f"{images}: other samples than in {scores}; run score and pixels again.")
    pool = Pool(
        label=pictures.label,
        scores={one.name: one for one in found},
        keep_fraction=params.keep_fraction,
        draws=params.draws,
        seed=params.seed,
    )
    tables = {arm: subset(sample_id, kept(arm, pool)) for arm in params.arms}
    subsets.mkdir(parents=True, exist_ok=True)
    for arm, table in tables.items():
        write(subsets / f"{arm}.arrow", "subset/1", table)


if __name__ == "__main__":
    run(main)
