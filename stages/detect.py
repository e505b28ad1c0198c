"""detect: how well each score and each axis of the ranking finds each injected artefact."""

from dataclasses import dataclass
from pathlib import Path

from hardrare.detection.detection import detection as detect
from hardrare.runs import Runs
from hardrare.stage import run
from hardrare.tables import read_axes, read_manifest, write_rows


@dataclass(frozen=True)
class Params(Runs):
    """What this stage reads of the parameters."""

    bootstrap: int
    seed: int
    budgets: list[float]


def main(params: Params, *, scores: Path, ranking: Path, manifest: Path, detection: Path) -> None:
    """Compare the samples of each artefact with those that were not changed at all."""
    sample_id, all_scores = params.scores(scores)
    changes = read_manifest(manifest)
    rows = detect(
        sample_id,
        [*all_scores, *read_axes(ranking, sample_id)],
        changes.artefacts,
        aside=changes.aside,
        budgets=params.budgets,
        bootstrap=params.bootstrap,
        seed=params.seed,
    )
    write_rows(detection, "detection/1", rows)


if __name__ == "__main__":
    run(main)
