"""The sections of the report, in the order of the page, found by their folders.

A section is a folder `<name>/` with a template `section.html` and an `__init__.py` that
declares `SECTION`: its title, its place, and functions of the study that give what the
template shows, the figures, the findings and the numbers. The folder's name is its anchor.
Nothing else names it: to add one, add its folder.
"""

import importlib
from dataclasses import replace

from hardrare import plugins
from hardrare.report.drawing import Drawing
from hardrare.report.read import Study
from hardrare.report.section import Section


def sections() -> list[Section]:
    """Every section, in the order of the page."""
    listed = [
        replace(importlib.import_module(f"{__name__}.{name}").SECTION, name=name)
        for name in plugins.names(__package__)
    ]
    return sorted(listed, key=lambda section: (section.order, section.name))


def plan(study: Study) -> list[Drawing]:
    """Every figure of the report, in the order of the page."""
    return [
        replace(drawing, section=section.name)
        for section in sections()
        for drawing in section.drawings(study)
    ]
