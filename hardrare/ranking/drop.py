"""Which samples to leave out, by the axes of a ranking alone; the lists for people.

Someone with a folder and no label wants out first what repeats an image that stays, then what
is noisy. Each step names an axis; a sample that an earlier step took is not taken again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import pyarrow as pa

from hardrare.errors import InputError
from hardrare.tables import column, complete

EQUAL = ("same file", "same pixels")  # kinds of copies that nothing parts


@dataclass(frozen=True)
class Drop:
    """One step: the samples that `is_<axis>` marks, or the top `share` of all where one is given.

    The duplicate axis takes no share: a sample that it marks shows the same picture as one that it
    does not mark, while a share of its top may hold both. Where a step by another axis takes the
    one that is kept, its copies are not left out for it.
    """

    axis: Literal["hard", "rare", "noisy", "duplicate", "mislabeled"]
    share: float | None


def dropped(table: pa.Table, steps: Sequence[Drop]) -> list[str | None]:
    """For each row of a ranking the axis by which it is left out, None where it stays.

    Args:
        table: the ranking.
        steps: in order.

    Raises:
        InputError: a share outside 0..1, or of the duplicate axis.
    """
    by: list[str | None] = [None] * table.num_rows
    for step in steps:
        if f"is_{step.axis}" not in table.column_names:
            continue  # no run of this study read the labels
        if step.share is not None and step.axis == "duplicate":
            raise InputError(
                "rank.drop: the duplicate axis takes no share, for an image might go with the one "
                "that it repeats; set it to null and choose match.worst_block."
            )
        if step.share is not None and not 0 < step.share < 1:
            raise InputError(f"rank.drop: share is {step.share}; give one above 0 and below 1.")
        gone = column(table, f"is_{step.axis}")
        if step.share is not None:
            gone = _top(column(table, f"{step.axis}_rank"), step.share)
        for row in np.flatnonzero(gone).tolist():
            by[row] = by[row] or step.axis
    return _sound(table, by)


def _sound(table: pa.Table, by: list[str | None]) -> list[str | None]:
    """No copy goes for one that goes itself, no rare one for a common, no whole one for a hurt.

    It is then judged as any other image. What holds the same pixels is neither rarer nor better.
    """
    if "duplicate_of" not in table.column_names:
        return by
    names, of = (table.column(name).to_pylist() for name in ("file_name", "duplicate_of"))
    kinds, at = (
        table.column("duplicate_kind").to_pylist(),
        {name: k for k, name in enumerate(names)},
    )
    none = np.zeros(len(by), bool)
    rare = column(table, "is_rare") if "is_rare" in table.column_names else none
    hurt = _hurt(table) if "reason" in table.column_names else none

    def stays(row: int) -> bool:
        kept = at.get(of[row])
        if kept is None or by[kept] is not None:
            return True
        better = (rare[row] and not rare[kept]) or (hurt[kept] and not hurt[row])
        return better and kinds[row] not in EQUAL

    return [
        None if reason == "duplicate" and stays(row) else reason for row, reason in enumerate(by)
    ]


def _hurt(table: pa.Table) -> np.ndarray:
    """Whether each row has a reason, that is, whether something hurts the picture."""
    return np.array([bool(reason) for reason in table.column("reason").to_pylist()], bool)


def write_lists(keep: Path, drop: Path, table: pa.Table) -> None:
    """Write the file names that stay and those left out, one a line, in the order of the rows."""
    names, by = table.column("file_name").to_pylist(), table.column("dropped_by").to_pylist()
    for path, wanted in ((keep, False), (drop, True)):
        lines = [name for name, axis in zip(names, by, strict=True) if (axis is not None) == wanted]
        with complete(path) as part:
            part.write_bytes("".join(f"{line}\n" for line in lines).encode())


def _top(rank: np.ndarray, share: float) -> np.ndarray:
    """`(N,)` bool: at most `share` of the samples; of those that tie at the edge, none."""
    size = np.searchsorted(np.sort(rank), rank, "right")  # samples of this rank or a better one
    return size <= round(share * len(rank))
