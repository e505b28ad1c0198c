"""score: one score per sample and metric, from the dynamics and features of one run.

It has no argument through which a label could come: label-free runs are scored by it.
"""

from dataclasses import dataclass
from pathlib import Path

from hardrare.metrics import score
from hardrare.metrics._neighbours import stated_recall
from hardrare.metrics._run import read_run
from hardrare.metrics._table import write_scores
from hardrare.stage import run as run_stage


@dataclass(frozen=True)
class Params:
    """What this stage reads of the parameters."""

    neighbours: int


def main(params: Params, *, run: str, dynamics: Path, features: Path, scores: Path) -> None:
    """Score a run by every metric whose columns it recorded."""
    sample_id, columns = read_run(run, dynamics, features)
    found = score(columns, {"neighbours": params.neighbours})
    recall = stated_recall(columns.get("features"))
    write_scores(scores, sample_id, found, recall)
    print(f"score {run}: {len(found)} scores of {len(sample_id)} samples", flush=True)
    if recall < 1:
        print(f"score {run}: neighbours by cells, recall {recall:.4f}", flush=True)


if __name__ == "__main__":
    run_stage(main)
