"""The most extreme images on each axis of the ranking."""

from collections.abc import Mapping
from typing import Any

from hardrare.report.read import Study
from hardrare.report.section import Section
from hardrare.report.sections.images.grids import grids
from hardrare.report.sections.images.rows import dropped, extremes, partners_of
from hardrare.tables import AXES


def _tables(study: Study) -> Mapping[str, Any]:
    return {
        "axes": {axis: extremes(study, axis) for axis in AXES},
        "dropped": dropped(study),
        "partners": study.once(partners_of),
        "AXES": AXES,
    }


SECTION = Section("The images", 40, _tables, drawings=grids)
