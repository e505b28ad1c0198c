"""How often the attacks of `adversarial_distance` and its kin changed the class of an image."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from hardrare import tables
from hardrare.metrics import registry
from hardrare.numerics.intervals import counted
from hardrare.report.over_epochs import dynamics
from hardrare.report.read import Study


def attacks(study: Study) -> list[dict[str, Any]]:
    """A row for each attack on each run: how many images it changed, and by how much.

    An image that no attack changed counts as far away; where many do, the distance ranks little.
    """
    return [row for name, seeds in study.settings.labelled_runs.items()
            for row in _of(study, name, seeds)]  # fmt: skip


def _of(study: Study, name: str, seeds: Sequence[int]) -> Iterator[dict[str, Any]]:
    folder = study.paths["dynamics"]
    known = registry()
    columns_of = dynamics(folder, name, seeds, study.images.sample_id)
    for seed, columns in zip(seeds, columns_of, strict=True):
        never = tables.read_never(tables.table_of(folder, f"{name}-{seed}"))
        for column in sorted(never.keys() & columns.keys()):
            values = columns[column][np.isfinite(columns[column])]
            if not len(values):
                continue
            changed = values < never[column]
            metric = column.removeprefix(tables.HELD_OUT)
            yield {
                "run": f"{name}, seed {seed}",
                "column": column,
                "attack": known[metric].attack if metric in known else metric,
                "n": len(values),
                "changed": int(changed.sum()),
                "rate": counted(int(changed.sum()), len(values)),
                "median": float(np.median(values[changed])) if changed.any() else None,
            }
