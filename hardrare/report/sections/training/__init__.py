"""How the runs were trained: learning rates, where training could end, what is forgotten."""

from collections.abc import Mapping
from typing import Any

from hardrare.report.read import Study
from hardrare.report.section import Section
from hardrare.report.sections.training.forgotten import forgotten
from hardrare.report.sections.training.rates import endings, ranges, rate_ranges


def _tables(study: Study) -> Mapping[str, Any]:
    return {
        "endings": endings(study),
        "forgotten": forgotten(study),
        "ranges": study.once(ranges),
    }


SECTION = Section("Training", 70, _tables, drawings=rate_ranges)
