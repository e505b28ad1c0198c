"""detect: how well each score finds each injected artefact, beside the pixel statistics."""

from dataclasses import dataclass
from pathlib import Path

from hardrare.agreement.detection import detection as detect
from hardrare.runs import Runs
from hardrare.stage import run
from hardrare.tables import read_manifest, write_rows


@dataclass(frozen=True)
class Params(Runs):
    """What this stage reads of the parameters."""

    bootstrap: int
    seed: int
    budgets: list[float]


def main(params: Params, *, scores: Path, manifest: Path, detection: Path) -> None:
    """Compare the samples of each artefact with those that were not changed at all."""
    sample_id, found = params.scores(scores)
    changes = read_manifest(manifest)
    rows = detect(
        sample_id,
        found,
        changes.artefacts,
        aside=changes.aside,
        budgets=params.budgets,
        bootstrap=params.bootstrap,
        seed=params.seed,
    )
    write_rows(detection, "detection/1", rows)


if __name__ == "__main__":
    run(main)
