"""Which images of a scan are worth a label: none that is hurt, and of each picture one file."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from hardrare.tables import picture_of

OPTION = "--with-hurt"


def to_ask(ranking: pa.Table, with_hurt: bool = False) -> tuple[np.ndarray, str]:
    """The images that somebody may be asked about, and how many others are left out.

    Hurt is what has a reason on `noisy`. Of the files of one picture the one that stays is asked
    about, or the first other where that one is left out itself.

    Args:
        ranking: "ranking/2", N rows; without `reason` and `dropped_by` only copies are left out.
        with_hurt: what is hurt, or goes by another axis than `duplicate`, is asked about, too.

    Returns:
        `(M,)` rows, ascending, and what is left out in words, empty where nothing is.
    """
    hurt = np.array([bool(why) for why in _column(ranking, "reason")], bool)
    goes = [axis not in (None, "duplicate") for axis in _column(ranking, "dropped_by")]
    goes = np.array(goes, bool) & ~hurt
    rows = np.flatnonzero(with_hurt | ~(hurt | goes)).tolist()
    names, picture = ranking.column("file_name").to_pylist(), picture_of(ranking)
    asked = {picture[row]: row for row in reversed(rows)}
    asked |= {picture[row]: row for row in rows if picture[row] == names[row]}
    fresh = [row for row in rows if picture[row] is None or asked[picture[row]] == row]
    left = (0, 0) if with_hurt else (int(hurt.sum()), int(goes.sum()))
    return np.array(fresh, np.int64), _said(*left, len(rows) - len(fresh))


def _said(hurt: int, goes: int, copies: int) -> str:
    """What is left out, in words.

    >>> _said(5, 0, 1)
    '5 hurt images (--with-hurt asks about them, too), 1 copy of another image'
    >>> _said(1, 2, 0)
    '1 hurt image and 2 images that drop.txt lists (--with-hurt asks about them, too)'
    """
    first = [_images(hurt, "hurt ")] * bool(hurt)
    first += [f"{_images(goes)} that drop.txt lists"] * bool(goes)
    said = [f"{' and '.join(first)} ({OPTION} asks about {'it' if hurt + goes == 1 else 'them'}, "
            "too)"] if first else []  # fmt: skip
    said += ["1 copy of another image" if copies == 1 else f"{copies:,} copies of other images"] * (
        copies > 0
    )
    return ", ".join(said)


def _images(count: int, of: str = "") -> str:
    return f"{count:,} {of}image{'s' * (count != 1)}"


def _column(ranking: pa.Table, name: str) -> Sequence[str | None]:
    if name not in ranking.column_names:
        return [None] * ranking.num_rows
    return ranking.column(name).to_pylist()
