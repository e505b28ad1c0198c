"""prune: the samples that each arm of the retraining keeps."""

from dataclasses import dataclass, replace
from pathlib import Path

from hardrare.errors import InputError
from hardrare.metrics._clusters import cluster
from hardrare.pruning import kept, subset
from hardrare.pruning.pool import Pool
from hardrare.pruning.sweep import swept
from hardrare.runs import Runs
from hardrare.stage import run
from hardrare.tables import read_features, read_images, write


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


def main(params: Params, *, scores: Path, images: Path, features: Path, subsets: Path) -> None:
    """Write one subset for each arm; any score of the study may choose it."""
    wanted = swept(params.arms, params.keep_fraction, params.sweep, params.sweep_arms)
    if params.features not in params.objectives:
        known = ", ".join(params.objectives)
        raise InputError(f"prune.features is {params.features}, expected one of {known}.")
    sample_id, found = params.scores(scores)
    pictures = read_images(images, sample_id)
    pool = Pool(
        label=pictures.label,
        scores={one.name: one for one in found},
        keep_fraction=params.keep_fraction,
        draws=params.draws,
        seed=params.seed,
        cluster=lambda: cluster(read_features(features)[1], params.clusters, unit=True).label,
        hard_cutoff=params.hard_cutoff,
        strata=params.strata,
    )
    plans = {name: (arm, replace(pool, keep_fraction=f)) for name, (arm, f) in wanted.items()}
    tables = {name: subset(sample_id, kept(*plan)) for name, plan in plans.items()}
    subsets.mkdir(parents=True, exist_ok=True)
    for name, table in tables.items():
        write(subsets / f"{name}.arrow", "subset/1", table)


if __name__ == "__main__":
    run(main)
