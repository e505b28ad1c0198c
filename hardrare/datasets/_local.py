"""A known dataset from a local path: its layout is told by what lies there."""

from pathlib import Path

from hardrare.datasets._source import Source
from hardrare.datasets.idx import holds_idx, idx
from hardrare.datasets.parquet import holds_parquet, parquet
from hardrare.errors import InputError


def local(path: Path, name: str, torchvision: str | None = None) -> Source:
    """Read Parquet or IDX files, also where torchvision keeps the latter.

    Args:
        path: a file or folder.
        name: of the dataset, for made-up file names and messages.
        torchvision: the folder below `path` in which torchvision keeps IDX files.

    Raises:
        InputError: nothing of the kind lies there.
    """
    if torchvision and holds_idx(path / torchvision):
        return idx(path / torchvision, name)
    if holds_idx(path):
        return idx(path, name)
    if holds_parquet(path):
        return parquet(path, name)
    raise InputError(
        f"{path}: no {name} there; set prepare.path to its Parquet or IDX files, "
        "or to a folder that torchvision filled."
    )
