"""score_pseudo_label: as score, of one run on pseudo-labels: the mean over its clusterings.

A score whose name begins with `held_out_` is by networks that never trained on the sample.
"""

from dataclasses import dataclass
from pathlib import Path

from hardrare.scoring.clusterings import score_clusterings
from hardrare.scoring.table import write_scores
from hardrare.stage import run as run_stage
from hardrare.tables import read_clusterings


@dataclass(frozen=True)
class Params:
    """This stage reads no parameter."""


def main(params: Params, *, run: str, dynamics: Path, scores: Path) -> None:  # noqa: ARG001
    """Score every clustering by every metric whose columns it recorded, and average."""
    sample_id, clusterings = read_clusterings(dynamics)
    computed = score_clusterings(run, clusterings)
    write_scores(scores, sample_id, computed)
    print(
        f"score_pseudo_label {run}: {len(computed)} scores of {len(sample_id)} samples", flush=True
    )


if __name__ == "__main__":
    run_stage(main)
