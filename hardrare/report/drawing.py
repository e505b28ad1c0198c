"""What one figure of the report is, before it is drawn."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Drawing:
    """One figure to draw.

    Attributes:
        name: of its file.
        group: figures of one group stand together in their section.
        kind: a figure of `hardrare.figures`.
        values: what that takes.
        caption: under it.
        wide: whether it takes the whole width.
        section: that it belongs to.
    """

    name: str
    group: str
    kind: str
    values: dict[str, Any]
    caption: str = ""
    wide: bool = False
    section: str = ""
