"""attribute: how much all label-free scores know together of each artefact, and which carry it."""

from dataclasses import dataclass
from pathlib import Path

from hardrare.attribution import ATTRIBUTION
from hardrare.attribution.attribution import Settings
from hardrare.attribution.attribution import attribution as attribute
from hardrare.runs import LabelFreeRuns
from hardrare.stage import run
from hardrare.tables import read_manifest, read_scores, write_rows


@dataclass(frozen=True)
class Params(LabelFreeRuns):
    """What this stage reads of the parameters."""

    trees: int
    samples: int
    bootstrap: int
    seed: int


def main(params: Params, *, scores: Path, manifest: Path, attribution: Path) -> None:
    """Predict each artefact from pixel statistics, from scores, and from both."""
    sample_id, all_scores = read_scores(scores, {"pixels": [None], **params.label_free})
    changes = read_manifest(manifest)
    settings = Settings(params.trees, params.samples, params.bootstrap, params.seed)
    rows = attribute(
        sample_id, all_scores, changes.artefacts, aside=changes.aside, settings=settings
    )
    write_rows(attribution, ATTRIBUTION, rows)


if __name__ == "__main__":
    run(main)
