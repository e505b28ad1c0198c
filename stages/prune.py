"""prune: the samples that each arm of the retraining keeps."""

from dataclasses import dataclass
from pathlib import Path

from hardrare.pruning import kept, subset
from hardrare.pruning.pool import Pool
from hardrare.runs import Runs
from hardrare.stage import run
from hardrare.tables import read_images, write


@dataclass(frozen=True)
class Params(Runs):
    """What this stage reads of the parameters."""

    keep_fraction: float
    draws: int
    seed: int
    arms: list[str]


def main(params: Params, *, scores: Path, images: Path, subsets: Path) -> None:
    """Write one subset for each arm; any score of the study may choose it."""
    sample_id, found = params.scores(scores)
    pictures = read_images(images, sample_id)
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
