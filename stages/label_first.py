"""label_first: what to label first; samples that nothing was done to judge, for the report."""

from dataclasses import dataclass
from pathlib import Path

from hardrare.errors import InputError
from hardrare.labelling.curve import Settings, curve, described
from hardrare.params import key
from hardrare.representation import judged
from hardrare.stage import run
from hardrare.tables import (
    RANKING,
    read_axes,
    read_features,
    read_images,
    read_manifest,
    table_of,
    words,
    write_rows,
)

AXES = ("hard", "rare")


@dataclass(frozen=True)
class Params(Settings):
    """What this stage reads of the parameters."""

    features: str
    objectives: list[str] = key("pretrain.objectives")
    seeds: list[int] = key("pretrain.seeds")


def main(
    params: Params, *, features: Path, images: Path, manifest: Path, ranking: Path, labelling: Path
) -> None:
    """Judge every strategy on the features of each seed of one label-free run."""
    if params.features not in params.objectives:
        known = ", ".join(params.objectives)
        raise InputError(f"label_first.features is {params.features}, expected one of {known}.")
    given = read_images(images)
    chosen = judged(given.sample_id, given.label, read_manifest(manifest).changed)
    ranked = {axis.name: axis.values[0] for axis in read_axes(ranking, given.sample_id)}
    scores = {axis: ranked[f"{RANKING}/{axis}"][chosen] for axis in AXES}
    rows = []
    for seed in params.seeds if chosen.any() else []:
        table = table_of(features, f"{params.features}-{seed}")
        _, values = read_features(table, given.sample_id)
        curves = curve(values[chosen], given.label[chosen], scores, params)
        rows += [{"objective": params.features, "seed": seed, **row} for row in curves]
    write_rows(labelling, "labelling/1", rows, words(described(params.strategies)))


if __name__ == "__main__":
    run(main)
