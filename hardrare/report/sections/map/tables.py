"""Rows of the data maps' tables: regions with and without labels, and the wrong labels in both."""

from typing import Any

import numpy as np

from hardrare.numerics.intervals import counted
from hardrare.report.read import Study
from hardrare.report.sections.map.maps import DataMap, free, labelled
from hardrare.report.sections.map.regions import NAMES, overlap, regions


def map_tables(study: Study) -> dict[str, Any]:
    """What the page says about the maps.

    Returns:
        `overlap` (None without a map with labels), `regions` (their names), and `wrong`: for
        each artefact that changed labels its `name`, size `n` and `maps`, each a title, the
        `(share, low, high)` of the wrong labels in each region, and the regions' own shares.
    """
    share = study.settings.region_share
    maps: list[tuple[str, DataMap]] = [("without labels", study.once(free))]
    if labels := study.once(labelled):
        maps.insert(0, ("with labels", labels))
    cuts = {title: regions(dataset_map, share) for title, dataset_map in maps}
    wrong = [
        {
            "name": artefact,
            "n": int(rows.sum()),
            "maps": [
                (title, _shares(cut.region[rows]), cut.counts / len(rows))
                for title, cut in cuts.items()
            ],
        }
        for artefact, rows in study.relabelled.items()
    ]
    both = overlap(*cuts.values()) if len(cuts) == 2 else None
    return {"regions": NAMES, "overlap": both, "wrong": wrong}


def _shares(region: np.ndarray) -> list[tuple[float, float, float]]:
    """The share of some samples in each region with its 95 % interval."""
    return [counted(int((region == at).sum()), len(region)) for at in range(len(NAMES))]
