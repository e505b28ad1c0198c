"""score: one score per sample and metric, from every run that read no label.

It has no argument through which a label could come. Runs whose scores were made before from the
same are not scored again.
"""

from dataclasses import dataclass
from functools import partial
from pathlib import Path

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


def main(
    params: Params,
    *,
    dynamics: Path, features: Path, frozen: Path, views: Path, scores: Path, scratch: Path,
    part: str = "",
) -> None:  # fmt: skip
    """Score each run by every metric whose columns it recorded."""
    settings = {
        "neighbours": params.neighbours, "duplicate_threshold": params.duplicate_threshold
    }  # fmt: skip
    pieces = []
    for name, seed in ((name, seed) for name, seeds in params.label_free.items() for seed in seeds):
        run = run_name(name, seed)
        learnt, seen = table_of(dynamics, run), table_of(features, run)
        if name in params.networks:
            inputs = [folder / f"{run}.arrow" for folder in (frozen, views)]
            make = partial(score_embedding, run)
        elif name in params.pseudo:
            inputs, make = [learnt], partial(score_pseudo_labels, run)
        else:
            inputs, make = [learnt, seen], partial(score_learnt, run)
        pieces.append(Piece(run, partial(make, *inputs, settings), inputs, settings))
    have(pieces, [scores], scratch / "score", part)


if __name__ == "__main__":
    run_stage(main)
