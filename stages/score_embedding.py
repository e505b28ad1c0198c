"""score_embedding: one score per sample and metric, from the features of one frozen network.

It has no argument through which a label could come.
"""

from dataclasses import dataclass
from pathlib import Path

from hardrare.params import key
from hardrare.scoring.embedding import score_embedding
from hardrare.stage import run


@dataclass(frozen=True)
class Params:
    """What this stage reads of the parameters."""

    neighbours: int = key("score.neighbours")
    duplicate_threshold: float = key("score.duplicate_threshold")


def main(params: Params, *, network: str, features: Path, views: Path, scores: Path) -> None:
    """Score a frozen network by every metric of its features and views."""
    score_embedding(network, features, views, scores, vars(params))


if __name__ == "__main__":
    run(main)
