"""Datasets: whatever holds images becomes tables: square images, pictures, appearance.

A kind of dataset is one file with one function, named alike, that takes
`prepare.path` (null allowed) and returns a `Source`::

    def digits(path: Path | None) -> Source: ...

To add one, add its file: nothing else names it. Files that start with an
underscore hold what several kinds share. A source hands over labels and names
at once and pixels only for the samples that are kept, so that a `limit` never
decodes what it drops. What cannot be used is left out and listed with its reason.
torch is imported only for a download by torchvision and for PNGs of 16-bit colours.
"""

import pkgutil

from hardrare.datasets._known import NOTHING, Known
from hardrare.datasets._load import Loaded, load
from hardrare.datasets._source import whole
from hardrare.datasets._sum import told
from hardrare.datasets._wanted import Wanted

__all__ = ["NOTHING", "Known", "Loaded", "Wanted", "known", "load", "told", "whole"]


def known() -> list[str]:
    """The names of all kinds of dataset, sorted; imports none of them."""
    return sorted(m.name for m in pkgutil.iter_modules(__path__) if not m.name.startswith("_"))
