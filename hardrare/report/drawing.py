"""What one figure of the report is, before it is drawn."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Drawing:
    """One figure to draw: its file's name, the page's section, and what `figures.draw` takes."""

    name: str
    section: str
    kind: str
    values: dict[str, Any]
    caption: str
    wide: bool = False
