"""What explains where images stand, as the table has it: warm parts by axis."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from math import isqrt
from pathlib import Path

import numpy as np

from hardrare import tables
from hardrare.gallery.contents import Heat

NOTES = {
    "hard": "Warm: the parts that set this image apart from the ten images nearest to it, in what "
    "the network sees.",
    "mislabeled": "Warm: the parts that speak for the suggested label rather than the given one, "
    "in what the network sees.",
}


def read_heat(paths: Sequence[Path], sample_id: np.ndarray) -> dict[str, Heat]:
    """Axis to the heat of those samples that have one.

    Args:
        paths: tables "heat/1"; where several explain one image, the first does.
        sample_id: `(M,)` of the shown samples.

    Raises:
        InputError: as `read`.
    """
    row_of = {sample: at for at, sample in enumerate(sample_id.tolist())}
    by_axis: dict[str, dict[int, bytes]] = defaultdict(dict)
    for path in paths:
        table = tables.read(path, "heat/1")
        columns = (table.column(name).to_pylist() for name in ("sample_id", "axis", "heat"))
        for sample, axis, warm in zip(*columns, strict=True):
            if sample in row_of:
                by_axis[axis].setdefault(row_of[sample], warm)
    return {axis: _heat(axis, rows) for axis, rows in by_axis.items()}


def _heat(axis: str, warm: Mapping[int, bytes]) -> Heat:
    """Of one axis; a grid of another size than the first one's is left out."""
    size = len(next(iter(warm.values())))
    rows = [at for at, grid in warm.items() if len(grid) == size]
    grids = np.frombuffer(b"".join(warm[at] for at in rows), np.uint8)
    return Heat(NOTES[axis], np.array(rows), grids.reshape(-1, isqrt(size), isqrt(size)))
