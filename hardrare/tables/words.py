"""What a table tells its readers of the names that stand in it: words of whoever defined them.

An objective, an artefact, a strategy says in one place what it is; the stage that runs it writes
that into the metadata of its table, and pages read it there.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hardrare.tables.files import read

WORDS = b"hardrare.words"  # JSON: name to what it is


def words(said: Mapping[str, Any]) -> dict[bytes, bytes]:
    """The metadata of a table that tells what some names mean.

    >>> words({"a": "an example"})
    {b'hardrare.words': b'{"a": "an example"}'}
    """
    return {WORDS: json.dumps(said, ensure_ascii=False).encode()}


def read_words(path: Path, kind: str) -> dict[str, Any]:
    """What a table tells of its names; empty where it tells nothing.

    Raises:
        InputError: as `read`.
    """
    return json.loads((read(path, kind).schema.metadata or {}).get(WORDS, b"{}"))
