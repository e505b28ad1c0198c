"""pixels: what pixels alone tell: one-line statistics, a random control, and the appearance.

The statistics are the baselines of every claim. The appearance (statistics of the file at its
own resolution, nearest images by a coarse thumbnail, odd ones) serves the ranking, which may
name its scores. Where a study keeps pictures, `prepare` has measured the files; small images of
one size are measured here, as they are after the injection.
"""

from dataclasses import dataclass
from pathlib import Path

from hardrare import tables
from hardrare.appearance import measure, statistics
from hardrare.metrics import registry, score
from hardrare.numerics.neighbours import stated_recall
from hardrare.params import key
from hardrare.scoring.appearance import appearance_columns
from hardrare.scoring.table import write_scores
from hardrare.stage import run


@dataclass(frozen=True)
class Params:
    """What this stage reads of the parameters."""

    duplicate_threshold: float = key("score.duplicate_threshold")
    picture_side: int | None = key("prepare.picture_side")


def main(params: Params, *, images: Path, files: Path, scores: Path, appearance: Path) -> None:
    """Score every image by every metric that needs only pixels or the sample's id.

    Args:
        params: the parameters.
        images: table "images/1" after the injection.
        files: table "appearance/1" of the files before it.
        scores: where the scores of the pixels go.
        appearance: where the scores of the appearance go.
    """
    given, known = tables.read_images(images), statistics()
    computed = score({"image": given.image, "sample_id": given.sample_id})
    write_scores(scores, given.sample_id, computed)
    if params.picture_side is None:
        told = measure(given.image)
    else:
        measured = tables.read_appearance(files, given.sample_id)
        told = {name: tables.column(measured, name) for name in known}
    columns = appearance_columns(given.image, computed)
    settings = {"duplicate_threshold": params.duplicate_threshold}
    made = told | score(columns | told, settings)
    recall = stated_recall(columns["features"])
    write_scores(appearance, given.sample_id, made, recall, registry() | known)


if __name__ == "__main__":
    run(main)
