"""How the runs were trained: range tests of the learning rate, and runs that ended early."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from hardrare.report.drawing import Drawing
from hardrare.report.study import Study
from hardrare.report.words import number


def rate_ranges(study: Study) -> Iterator[Drawing]:
    """One picture a range test."""
    for i, (name, one) in enumerate(study.ranges):
        values = {
            "rates": one["rates"],
            "losses": np.array(one["losses"], np.float64),
            "slopes": np.array(one["slopes"], np.float64),
            "chosen": one["chosen"],
            "title": name,
        }
        yield Drawing(f"rate_range-{i}", "rate_range", "rate_range", values, "")


def endings(study: Study) -> list[dict[str, Any]]:
    """One row a run without labels: where the rule ended it, or would have, and what it costs.

    A run that was ended cannot tell what its ranking would have become; a run of the same
    objective that was trained to the end does.
    """
    planned = study.settings.epochs
    rows = []
    for objective, seed, found in study.replays:
        ended = found.epochs < planned
        at = found.epochs if ended else found.ended
        rows.append(
            {
                "name": f"{objective}, seed {seed}",
                "column": found.column,
                "ended": ended,
                "epochs": at,
                "saved": f"{100 * (planned - at) / planned:.0f} %",
                "agreement": "" if ended else number(found.agreement, 3),
            }
        )
    return rows
