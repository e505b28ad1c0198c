"""How well a frozen network's features fit the images, as its table of scores says it."""

import json
from collections.abc import Mapping
from pathlib import Path

from hardrare.tables.files import read

FIT = b"hardrare.fit"  # of a scores table


def fit_metadata(figures: Mapping[str, float]) -> dict[bytes, bytes]:
    """The figures as metadata of a table of scores, to four places."""
    rounded = {name: round(float(value), 4) for name, value in figures.items()}
    return {FIT: json.dumps(rounded).encode()}


def read_fit(path: Path) -> dict[str, float] | None:
    """The figures of a table of scores, None where it has none: not of a frozen network's views.

    Keys: `view_retrieval` and `neighbour_agreement` 0..1, `samples` compared, `neighbours`.
    """
    stated = (read(path, "scores/1").schema.metadata or {}).get(FIT)
    return None if stated is None else json.loads(stated)
