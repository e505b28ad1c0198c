"""correlate: how every pair of scores agrees, groups of scores, and the seeds of each."""

from dataclasses import dataclass
from pathlib import Path

from hardrare.agreement.families import family_words
from hardrare.agreement.pairs import pairs
from hardrare.agreement.stability import stabilities
from hardrare.runs import Runs
from hardrare.stage import run
from hardrare.tables import read_images, words, write_rows

GRID = 1 / 1024  # of correlations: an error of 0.0005 at most, in half the room


@dataclass(frozen=True)
class Params(Runs):
    """What this stage reads of the parameters."""

    bootstrap: int
    seed: int


def main(
    params: Params, *, scores: Path, images: Path, agreement: Path, summary: Path, stability: Path
) -> None:
    """Correlate the scores of all runs and of the pixels, and each score's seeds.

    Labels serve the within-class view alone.
    """
    sample_id, all_scores = params.scores(scores)
    pictures = read_images(images, sample_id)
    settings = {"bootstrap": params.bootstrap, "seed": params.seed, "grid": GRID}
    rows, short = pairs(all_scores, pictures.label, labelled=params.labelled, **settings)
    write_rows(agreement, "agreement/1", rows)
    families = [row["group"] for row in short if row["by"] == "family"]
    write_rows(summary, "summary/1", short, words(family_words(families)))
    write_rows(stability, "stability/1", [vars(row) for row in stabilities(all_scores)])


if __name__ == "__main__":
    run(main)
