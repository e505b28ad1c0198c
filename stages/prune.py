"""prune: the samples that each arm of the retraining keeps."""

from dataclasses import dataclass
from pathlib import Path

from hardrare.errors import InputError
from hardrare.numerics.clusters import cluster
from hardrare.pruning import arm_words, chosen
from hardrare.pruning.pool import Pool
from hardrare.pruning.sweep import swept
from hardrare.runs import Runs
from hardrare.stage import run
from hardrare.tables import read_features, read_images, words, write

PLAN = ("keep_fraction", "draws", "seed", "hard_cutoff", "strata")


@dataclass(frozen=True)
class Params(Runs):
    """What this stage reads of the parameters."""

    keep_fraction: float
    draws: int
    seed: int
    arms: list[str]
    sweep: list[float]
    sweep_arms: list[str]
    features: str
    clusters: int
    hard_cutoff: float
    strata: int

    def __post_init__(self) -> None:
        """Refuse clusters of a run that read labels."""
        if self.arms and self.features not in self.objectives:
            known = ", ".join(self.objectives)
            raise InputError(f"prune.features is {self.features}, expected one of {known}.")


def main(params: Params, *, scores: Path, images: Path, features: Path, subsets: Path) -> None:
    """Write one subset for each arm; any score of the study may choose it."""
    wanted = swept(params.arms, params.keep_fraction, params.sweep, params.sweep_arms)
    sample_id, all_scores = params.scores(scores)
    _, rows = read_features(features, sample_id)
    plan = {name: getattr(params, name) for name in PLAN}
    pool = Pool(
        label=read_images(images, sample_id).label,
        scores={score.name: score for score in all_scores},
        cluster=lambda: cluster(rows, params.clusters, unit=True).label,
        features=lambda: rows,
        **plan,
    )
    for name, table in chosen(wanted, pool, sample_id).items():
        said = words({name: arm_words(wanted[name][0])})
        write(subsets / f"{name}.arrow", "subset/1", table, said)
    subsets.mkdir(parents=True, exist_ok=True)  # where there is no arm


if __name__ == "__main__":
    run(main)
