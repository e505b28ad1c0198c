"""score: one score per sample and metric, from every run that read no label.

It has no argument through which a label could come. Runs whose scores were made before from the
same are not scored again.
"""

from dataclasses import dataclass
from functools import partial
from pathlib import Path

from hardrare.by_cells import searches_by_ray
from hardrare.params import key
from hardrare.pieces import Piece, have
from hardrare.runs import LabelFreeRuns, run_name
from hardrare.scoring.clusterings import score_pseudo_labels
from hardrare.scoring.embedding import score_embedding
from hardrare.scoring.run import score_learnt
from hardrare.stage import run as run_stage
from hardrare.tables import table_of


@dataclass(frozen=True)
class Params(LabelFreeRuns):
    """What this stage reads of the parameters."""

    neighbours: int = key("score.neighbours")
    duplicate_threshold: float = key("score.duplicate_threshold")
    also: list[str] = key("score.also")
    worlds: list[str] = key("score.worlds")
    dissected: list[str] = key("dissect.networks")


def main(
    params: Params, *,
    dynamics: Path, features: Path, frozen: Path, views: Path, inside_of: Path, scores: Path,
    scratch: Path, part: str = "",
) -> None:  # fmt: skip
    """Score each run by every metric whose columns it recorded."""
    asked = ("neighbours", "duplicate_threshold", "also")
    settings, pieces = {field: getattr(params, field) for field in asked}, []
    for name, seed in ((name, seed) for name, seeds in params.label_free.items() for seed in seeds):
        run, names = run_name(name, seed), params.worlds_beside(params.worlds, name, seed)
        others = [table_of(frozen if name in params.networks else features, name) for name in names]
        learnt, seen, more = table_of(dynamics, run), table_of(features, run), []
        if name in params.networks:
            inputs = [folder / f"{run}.arrow" for folder in (frozen, views)]
            more = [inside_of / f"{run}.arrow"] if name in params.dissected else []
            make = partial(score_embedding, run, inside=more[0] if more else None, others=others)
        elif name in params.pseudo:
            inputs, make = [learnt], partial(score_pseudo_labels, run)
        else:
            inputs, make = [learnt, seen], partial(score_learnt, run, others=others)
        read = [*inputs, *more, *others]
        pieces.append(Piece(run, partial(make, *inputs, settings), read, (settings, names)))
    with searches_by_ray(scratch / "shards" / f"score{part.replace('/', '-')}"):
        have(pieces, [scores], scratch / "score", part)


if __name__ == "__main__":
    run_stage(main)
