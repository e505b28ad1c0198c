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

from hardrare import plugins
from hardrare.datasets._ground import opaque
from hardrare.datasets._known import NOTHING, Known
from hardrare.datasets._labels import numbered, read_labels, relabelled
from hardrare.datasets._load import Loaded, load
from hardrare.datasets._matching import Labels, Names, NoLabels, no_image
from hardrare.datasets._objects import cropped
from hardrare.datasets._opening import quiet
from hardrare.datasets._remote import FILE, Place, Remote, forget, place
from hardrare.datasets._source import Part, Payload, Source, whole
from hardrare.datasets._sum import NOT_THERE, told
from hardrare.datasets._walk import A_TABLE, LITTER, litter
from hardrare.datasets._wanted import ELSEWHERE, Wanted

__all__ = [
    "A_TABLE", "ELSEWHERE", "FILE", "LITTER", "NOTHING", "NOT_THERE", "Known", "Labels", "Loaded",
    "Names", "NoLabels", "Part", "Payload", "Place", "Remote", "Source", "Wanted", "cropped",
    "forget", "known", "litter", "load", "no_image", "numbered", "opaque", "place", "quiet",
    "read_labels", "relabelled", "told", "whole",
]  # fmt: skip


def known() -> list[str]:
    """The names of all kinds of dataset, sorted; imports none of them."""
    return plugins.names(__package__)
