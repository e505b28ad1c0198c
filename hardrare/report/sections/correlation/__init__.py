"""Whether two scores rank the images alike."""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from hardrare.report.correlations import correlations
from hardrare.report.drawing import Drawing
from hardrare.report.read import Study
from hardrare.report.section import Finding, Section
from hardrare.report.sections.correlation.matrices import matrices
from hardrare.report.sections.correlation.summaries import methods, summarised
from hardrare.report.stability import stable_rows
from hardrare.report.words import count, interval, number


def _tables(study: Study) -> Mapping[str, Any]:
    return {"summaries": summarised(study, study.once(stable_rows)), "methods": methods(study)} | {
        "families": study.words("verdicts/summary", "summary/1")
    }


def _drawings(study: Study) -> Iterable[Drawing]:
    return matrices(study.once(correlations))


def _findings(study: Study) -> Iterable[Finding]:
    """The closest pair across the border between scores without and with labels."""
    table = study.once(correlations)
    rows, columns = table.members("free"), table.references
    block = np.abs(table.value[np.ix_(rows, columns)])
    if not np.isfinite(block).any():
        return []
    at = np.unravel_index(np.nanargmax(block), block.shape)
    i, j = rows[at[0]], columns[at[1]]
    value = interval(*table.pooled[:, i, j])
    pairs = int(np.isfinite(block).sum())
    middle, most = np.nanmedian(block), np.nanquantile(block, 0.9)
    said = Finding(
        "With and without labels",
        [
            f"Of {count(pairs, 'pair')} of a score without labels and one that only labels allow, "
            f"{table.names[i]} "
            f"and {table.names[j]} agree most: Spearman correlation {value}, and "
            f"{number(table.given[0, i, j])} once the pixel statistics are accounted for.",
            f"Half of the pairs stay below {number(middle)} in size, nine in ten below "
            f"{number(most)}.",
        ],
    )
    return [said]


SECTION = Section("Correlation", 100, _tables, _drawings, _findings)
