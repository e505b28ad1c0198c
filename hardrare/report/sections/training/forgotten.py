"""Second split without labels: how much of what a network learnt of one half it forgets."""

from typing import Any

import numpy as np

from hardrare.metrics.learned_epochs import CRITERIA
from hardrare.numerics.intervals import counted
from hardrare.report.read import Study
from hardrare.report.words import interval


def forgotten(study: Study) -> list[dict[str, Any]]:
    """One row a run over two halves, criterion and seed; empty where there are no such runs.

    Learnt: below the threshold from some epoch of the first half to its end. Forgotten: of
    the learnt, above it from some epoch of the second half to its end. Never is coded T + 1.
    """
    scores = {score.name: score.values for score in study.scores}
    never = study.settings.epochs + 1
    rows = []
    for run in study.settings.halves:
        for criterion in CRITERIA:
            name = f"{run}/{criterion.name}first_learned_epoch"
            if name not in scores:
                continue
            lost = scores[f"{run}/{criterion.name}forgotten_epoch"]
            for seed, first, last in zip(study.settings.seeds, scores[name], lost, strict=True):
                learnt = first < never
                count = int(learnt.sum())
                share = 100 * np.array(counted(int((learnt & (last < never)).sum()), count))
                rows.append(
                    {
                        "name": f"{run.removesuffix('_second_split')}, seed {seed}",
                        "criterion": criterion.words,
                        "learnt": count,
                        "n": len(learnt),
                        "share": float(share[0]),
                        "forgotten": interval(*share, 1),
                    }
                )
    return rows
