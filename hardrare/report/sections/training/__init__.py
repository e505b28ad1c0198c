"""How the runs were trained: rates, ends, what is forgotten; how often attacks succeeded."""

from collections.abc import Mapping
from typing import Any

from hardrare.report.numbers import plain
from hardrare.report.read import Study
from hardrare.report.section import Section
from hardrare.report.sections.training.attacks import attacks
from hardrare.report.sections.training.forgotten import forgotten
from hardrare.report.sections.training.rates import endings, ranges, rate_ranges


def _tables(study: Study) -> Mapping[str, Any]:
    return {
        "attacks": study.once(attacks),
        "endings": endings(study),
        "forgotten": forgotten(study),
        "ranges": study.once(ranges),
    }


def _numbers(study: Study) -> Mapping[str, Any]:
    """The share of images that each attack changed, by run and column."""
    rows = study.once(attacks)
    return {"attacks": {f"{row['run']}/{row['column']}": plain(row["rate"][0]) for row in rows}}


SECTION = Section("Training", 70, _tables, drawings=rate_ranges, numbers=_numbers)
