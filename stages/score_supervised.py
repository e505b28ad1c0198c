"""score_supervised: as score, of a run with labels; metrics may read the given label too."""

from dataclasses import dataclass
from pathlib import Path

from hardrare.params import key
from hardrare.scoring.run import read_run, score_run
from hardrare.stage import run as run_stage
from hardrare.tables import read_images


@dataclass(frozen=True)
class Params:
    """What this stage reads of the parameters."""

    aflite_rounds: int
    neighbours: int = key("score.neighbours")
    duplicate_threshold: float = key("score.duplicate_threshold")


def main(
    params: Params, *, run: str, images: Path, dynamics: Path, features: Path, scores: Path
) -> None:
    """Score a run by every metric whose columns it recorded, given labels included."""
    left = read_run(run, dynamics, features)
    score_run(left, scores, vars(params), read_images(images).labels_of(left.sample_id))


if __name__ == "__main__":
    run_stage(main)
