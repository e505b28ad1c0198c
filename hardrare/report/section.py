"""What a section of the page is, and the list of all of them, found by their folders.

A section is a folder `sections/<name>/` with a template `section.html` and an `__init__.py`
that declares `SECTION`: its title, its place, and functions of the study that give what the
template shows, the figures, the findings and the numbers. The folder's name is its anchor.
Nothing else names it: to add one, add its folder.
"""

import importlib
import pkgutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from hardrare.report.drawing import Drawing
from hardrare.report.read import Study

TABLE_ROWS = 12  # of a long table, before the rest is folded away
FOLDER = Path(__file__).parent / "sections"


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


def sections() -> list[Section]:
    """Every section, in the order of the page."""
    found = [
        replace(
            importlib.import_module(f"{__package__}.sections.{one.name}").SECTION, name=one.name
        )
        for one in pkgutil.iter_modules([str(FOLDER)])
    ]
    return sorted(found, key=lambda one: (one.order, one.name))


def plan(study: Study) -> list[Drawing]:
    """Every figure of the report, in the order of the page."""
    return [
        replace(drawing, section=one.name) for one in sections() for drawing in one.drawings(study)
    ]
