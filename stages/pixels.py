"""pixels: what pixels alone tell: one-line statistics, a random control, and the appearance.

The statistics are the baselines of every claim. The appearance (nearest images by a coarse
thumbnail, odd ones by the statistics) serves the ranking, which may name its scores.
"""

from dataclasses import dataclass
from pathlib import Path

from hardrare import tables
from hardrare.metrics import score
from hardrare.metrics._appearance import appearance as looks
from hardrare.numerics.neighbours import stated_recall
from hardrare.params import key
from hardrare.scoring.table import write_scores
from hardrare.stage import run


@dataclass(frozen=True)
class Params:
    """What this stage reads of the parameters."""

    duplicate_threshold: float = key("rank.duplicate_threshold")


def main(params: Params, *, images: Path, scores: Path, appearance: Path) -> None:
    """Score every image by every metric that needs only pixels or the sample's id."""
    given = tables.read_images(images)
    found = score({"image": given.image, "sample_id": given.sample_id})
    write_scores(scores, given.sample_id, found)
    columns = looks(given.image, found)
    recall = stated_recall(columns["features"])
    write_scores(appearance, given.sample_id, score(columns, vars(params)), recall)


if __name__ == "__main__":
    run(main)
