"""What a dataset held and a study left out: one row each, with its reason, as a CSV for people."""

import csv
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from hardrare.errors import InputError
from hardrare.tables.files import complete

COLUMNS = ["file_name", "reason"]


@dataclass(frozen=True, order=True)
class Skipped:
    r"""A file or folder that was left out.

    Attributes:
        file_name: its relative POSIX path; bytes that are no UTF-8 stand as `\xff`.
        reason: one line, `<kind>` or `<kind>: <detail>`.
    """

    file_name: str
    reason: str

    @property
    def kind(self) -> str:
        """The reason without its detail, to count by."""
        return self.reason.partition(":")[0]


def write_skipped(path: Path, rows: Iterable[Skipped]) -> None:
    """Write the rows sorted by name; only the header where nothing was left out."""
    with complete(path) as part, part.open("w", encoding="utf-8", newline="") as stream:
        out = csv.writer(stream, lineterminator="\n")
        out.writerow(COLUMNS)
        out.writerows((row.file_name, row.reason) for row in sorted(rows))


def read_skipped(path: Path) -> list[Skipped]:
    """The rows of such a file.

    Raises:
        InputError: it is absent or has other columns.
    """
    try:
        with Path(path).open(encoding="utf-8", newline="") as stream:
            header, *rows = csv.reader(stream)
    except FileNotFoundError:
        raise InputError(f"{path}: no such table; run prepare.") from None
    except ValueError:  # no line, or no UTF-8
        header, rows = [], []
    if header != COLUMNS or any(len(row) != len(COLUMNS) for row in rows):
        raise InputError(f"{path}: expected columns file_name and reason; run prepare again.")
    return [Skipped(*row) for row in rows]


def counts_by_kind(rows: Iterable[Skipped]) -> dict[str, int]:
    """How many were left out for each kind of reason, the most frequent first."""
    counts = Counter(row.kind for row in rows)
    return dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))
