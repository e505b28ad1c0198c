"""What a stage made of each image the last time: what is the same is taken again, not made anew.

A stage that looks at images one by one keeps second names of the tables that it wrote in its folder
of scratch, where the disk has such a thing, so they take no room twice; and for each of their rows
a key, a digest of the image's content. `by` tells all else that decides a row: settings, networks,
the code that the stage imports, versions of what decodes and computes. Where that differs, nothing
is taken. Of each stage the last call is kept, no more; scratch may be deleted at any time.
"""

import hashlib
import json
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hardrare.pieces import code, second_name, versions
from hardrare.tables import complete, pictures_writer, read_pictures
from hardrare.tables.seal import sealed

DECODE = ("pillow", "pillow-heif", "tifffile", "scikit-image", "imagehash", "onnxruntime", "timm")
LIST = "rows.json"


@dataclass(frozen=True)
class Before:
    """What was made the last time; nothing by default.

    Attributes:
        row: key to the row of the tables.
        notes: what else was kept of each row.
        tables: in the order in which they were kept.
    """

    row: Mapping[str, int] = field(default_factory=dict)
    notes: Sequence[Any] = ()
    tables: Sequence[Path] = ()


def decided_by(stage: str, *settings: object) -> str:
    """A digest of settings, whose `repr` tells all of them, of a stage's code and of versions."""
    whole = repr((settings, versions(DECODE), code(f"stages/{stage}.py"))).encode()
    return hashlib.blake2b(whole, digest_size=16).hexdigest()


def before(folder: Path, by: str) -> Before:
    """What was kept in a folder; nothing where it was decided by something else, or is damaged."""
    try:
        known = json.loads((folder / LIST).read_text("utf-8"))
        tables = [folder / name for name in known["tables"]]
        if known["by"] != by or not all(map(sealed, tables)):
            return Before()
    except (OSError, ValueError, KeyError, TypeError):
        return Before()
    row = {key: at for at, key in enumerate(known["keys"]) if key is not None}
    return Before(row, known["notes"], tables)


def keep(
    folder: Path,
    by: str,
    keys: Sequence[str | None],
    tables: Sequence[Path],
    notes: Sequence[Any] = (),
) -> None:
    """Keep tables for the next time, in place of what was kept before.

    Args:
        folder: of the stage, in scratch; nothing else lies in it.
        by: as `decided_by`.
        keys: of each row; None = never to be taken.
        tables: as they were written.
        notes: of each row, in JSON.
    """
    shutil.rmtree(folder, ignore_errors=True)
    names = [f"{at}.arrow" for at in range(len(tables))]
    for table, name in zip(tables, names, strict=True):
        second_name(table, folder / name)
    listed = {"by": by, "tables": names, "keys": list(keys), "notes": list(notes)}
    with complete(folder / LIST) as part:  # last: without it nothing is taken
        part.write_text(json.dumps(listed), encoding="utf-8")


@contextmanager
def remembered(
    stage: str, folder: Path, *settings: object
) -> Iterator[Callable[[str, Callable[[], bytes]], bytes]]:
    """A function of a key and of what makes some bytes, which it calls only if they are not known.

    Known is what was asked for the last time; what is asked for now is kept for the next one.

    Args:
        stage: its name.
        folder: as in `keep`.
        settings: as in `decided_by`; they and the key tell all that decides the bytes.
    """
    by = decided_by(stage, *settings)
    earlier = before(folder, by)
    known = read_pictures(earlier.tables[0]).column("picture") if earlier.tables else None
    asked: dict[str, bytes] = {}

    def give(key: str, make: Callable[[], bytes]) -> bytes:
        if key not in asked:
            at = earlier.row.get(key)
            asked[key] = make() if at is None or known is None else known[at].as_py()
        return asked[key]

    yield give
    table = folder.with_name(f".{folder.name}.arrow")
    with pictures_writer(table) as append:
        for picture in asked.values():
            append(picture)
    keep(folder, by, list(asked), [table])
    table.unlink()
