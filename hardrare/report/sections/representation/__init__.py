"""What the features of each run know of the classes, before any score of them is believed."""

from collections.abc import Mapping
from typing import Any

from hardrare.report.knowledge import chances
from hardrare.report.read import Study
from hardrare.report.section import Section
from hardrare.report.sections.representation.rows import learning, represented


def _tables(study: Study) -> Mapping[str, Any]:
    return {"represented": represented(study), "chances": chances(study)}


SECTION = Section("What the features know", 30, _tables, drawings=learning)
