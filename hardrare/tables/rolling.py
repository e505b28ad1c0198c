"""Large tables as folders of files: row after row, so many to a file; small ones are one file.

Whoever reads a table need not know: `read` puts the files together, mapped, without a copy. An
array over all rows (pixels, features) is laid into a file without a name, block by block, where
its table has several files: so its memory stays the system's to take back.
"""

import shutil
import tempfile
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import DTypeLike

ROWS = 1 << 18  # of a file
KINDS = ("images/", "pictures/", "appearance/", "features/", "views/")  # that may be folders

OpenFile = Callable[[Path], AbstractContextManager[pa.RecordBatchFileWriter]]


class Rolling:
    """A writer that begins another file when one is full; all lie in one folder."""

    def __init__(self, folder: Path, open_file: OpenFile) -> None:
        """Begin the first file.

        Args:
            folder: empty.
            open_file: a writer of one file.
        """
        self.folder, self._open_file, self._count = folder, open_file, 0
        self._next()

    def _next(self) -> None:
        self._file = self._open_file(self.folder / f"{self._count:05d}.arrow")
        self._out, self._room = self._file.__enter__(), ROWS
        self._count += 1

    def write_batch(self, batch: pa.RecordBatch) -> None:
        """Write rows, the last of them into further files where they have no room."""
        while batch.num_rows > self._room:
            if self._room:
                self._out.write_batch(batch.slice(0, self._room))
                batch = batch.slice(self._room)
            self._file.__exit__(None, None, None)
            self._next()
        self._room -= batch.num_rows
        self._out.write_batch(batch)

    def write_table(self, table: pa.Table, most: int | None = None) -> None:
        """Write rows, in batches of so many at most; without as they are."""
        if table.num_rows <= self._room:
            self._room -= table.num_rows
            self._out.write_table(table, most)
            return
        for batch in table.to_batches(most):
            self.write_batch(batch)

    def close(self, *error: object) -> None:
        """End the last file."""
        self._file.__exit__(*(error or (None, None, None)))


def put(folder: Path, path: Path) -> None:
    """Give what a folder holds its name: the file where it is one, else the folder."""
    files = files_of(folder)
    remove(path, folder)
    (files[0] if len(files) == 1 else folder).replace(path)


def remove(path: Path, by: Path | None = None) -> None:
    """Take away a table, unless a file takes its name at once in place of a file."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    elif by is None or len(files_of(by)) > 1:
        path.unlink(missing_ok=True)


def files_of(path: Path) -> list[Path]:
    """The files of a table, in the order of its rows."""
    return sorted(path.glob("*.arrow")) if path.is_dir() else [path]


def laid(parts: Iterable[np.ndarray], kind: DTypeLike, shape: tuple[int, ...]) -> np.ndarray:
    """Arrays (n, ...) below each other in a file without a name, mapped.

    Args:
        parts: in their order.
        kind: of the values.
        shape: of all together.
    """
    with tempfile.TemporaryFile() as file:
        for part in parts:
            # Not by `tofile`: that tells a full disk in two numbers alone.
            file.write(np.ascontiguousarray(part, kind))
        file.flush()
        return np.memmap(file, kind, "r", shape=shape)
