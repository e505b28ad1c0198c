"""score_supervised: as score, of every run with labels; metrics may read the given label too."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path

from hardrare.by_cells import searches_by_ray
from hardrare.params import key
from hardrare.pieces import Piece, have
from hardrare.runs import Labelled, run_name
from hardrare.scoring.run import score_learnt
from hardrare.stage import run as run_stage
from hardrare.tables import table_of


@dataclass(frozen=True)
class Params(Labelled):
    """What this stage reads of the parameters."""

    aflite_rounds: int = key("score_supervised.aflite_rounds")
    neighbours: int = key("score.neighbours")
    duplicate_threshold: float = key("score.duplicate_threshold")
    also: list[str] = key("score.also")


def main(
    params: Params,
    *,
    images: Path, dynamics: Path, features: Path, scores: Path, scratch: Path,
    part: str = "",
) -> None:  # fmt: skip
    """Score each run by every metric whose columns it recorded, given labels included."""
    of_metrics, pieces = ("aflite_rounds", "neighbours", "duplicate_threshold", "also"), []
    settings = {name: getattr(params, name) for name in of_metrics}
    for name, seed in ((name, seed) for name in params.labelled for seed in params.label_seeds):
        run = run_name(name, seed)
        inputs = [table_of(dynamics, run), table_of(features, run), images]
        make = partial(score_learnt, run, *inputs[:2], settings, label=images)
        pieces.append(Piece(run, make, inputs, settings))
    with searches_by_ray(scratch / "shards" / f"score_supervised{part.replace('/', '-')}"):
        have(pieces, [scores], scratch / "score_supervised", part)


if __name__ == "__main__":
    run_stage(main)
