"""score: one score per sample and metric, from the dynamics and features of one run.

It has no argument through which a label could come: label-free runs are scored by it.
"""

from dataclasses import dataclass
from pathlib import Path

from hardrare.params import key
from hardrare.scoring.run import read_run, score_run
from hardrare.stage import run as run_stage


@dataclass(frozen=True)
class Params:
    """What this stage reads of the parameters."""

    neighbours: int
    duplicate_threshold: float = key("score.duplicate_threshold")


def main(params: Params, *, run: str, dynamics: Path, features: Path, scores: Path) -> None:
    """Score a run by every metric whose columns it recorded."""
    score_run(read_run(run, dynamics, features), scores, vars(params))


if __name__ == "__main__":
    run_stage(main)
