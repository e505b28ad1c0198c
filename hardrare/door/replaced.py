"""Which names of two scans stand for another file in each, told by the hashes that scans keep."""

from pathlib import Path

import polars as pl

from hardrare.errors import InputError
from hardrare.scan.apply import hashes_of
from hardrare.scan.layout import RECORD


def other_files(folders: tuple[Path, Path], names: pl.Series) -> pl.Series:
    """Those of some names whose bytes differ between two scans, sorted.

    Where a hash is not known, as of what was read from a table, nothing is said.

    Args:
        folders: of the scans; of what is none, such as a kept study, nothing is known.
        names: that both have.
    """
    first, second = (_hashes(folder) for folder in folders)
    pairs = ((name, first.get(name), second.get(name)) for name in names.to_list())
    other = sorted(name for name, before, after in pairs if before and after and before != after)
    return pl.Series("name", other, pl.String)


def _hashes(folder: Path) -> dict[str, str | None]:
    """File name to the hash of its bytes; empty where the folder holds no tables of a scan."""
    if not (folder / RECORD).is_file():
        return {}
    try:
        return hashes_of(folder)
    except (InputError, OSError):  # moved, or without its tables: its scores are still there
        return {}
