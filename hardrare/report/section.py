"""What a section of the page is; `hardrare.report.sections` lists all of them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hardrare.report.drawing import Drawing
from hardrare.report.read import Study

TABLE_ROWS = 12  # of a long table, before the rest is folded away


@dataclass(frozen=True)
class Finding:
    """A finding: what it is about, and its sentences."""

    topic: str
    sentences: Sequence[str]


def _nothing(_: Study) -> dict[str, Any]:
    """Of a section that has none of it."""
    return {}


@dataclass(frozen=True)
class Section:
    """A section; every function takes the study.

    Attributes:
        title: in the navigation.
        order: sections come by it, low first; tens, so that others fit between.
        tables: the names that its template reads.
        drawings: its figures, in the order of the section.
        findings: for the list of main findings.
        numbers: its part of `metrics.json`.
        plots: name of a CSV file to its text.
        name: of its folder.
    """

    title: str
    order: int
    tables: Callable[[Study], Mapping[str, Any]] = _nothing
    drawings: Callable[[Study], Iterable[Drawing]] = _nothing
    findings: Callable[[Study], Iterable[Finding]] = _nothing
    numbers: Callable[[Study], Mapping[str, Any]] = _nothing
    plots: Callable[[Study], Mapping[str, str]] = _nothing
    name: str = ""
