"""Files known by what they hold, and read again only where the file system says they changed.

A digest is kept with size, inode and two times: of the content, which copying tools set back,
and of the inode, which none does. A file that was touched is read once more and found equal; one
that was changed less than two seconds before it was read is never taken from memory, for a second
change within the clock's tick would go unseen.
"""

import hashlib
import json
import os
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyarrow as pa

from hardrare.tables import complete
from hardrare.tables.rolling import files_of

FRESH = 2_000_000_000  # nanoseconds
THREADS = 4  # hashing lets go of the interpreter, reading waits for the disk
GONE = "gone"
UNLABELLED = "unlabelled "


def digest_of(values: object) -> str:
    """A digest of what JSON can hold."""
    text = json.dumps(values, sort_keys=True)
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


class Contents:
    """Digests of files and folders, kept in a file that may be deleted at any time."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self.known: dict[str, list] = json.loads(path.read_text("utf-8"))
        except (OSError, ValueError):
            self.known = {}

    def file(self, path: Path) -> str:
        """The digest of a file, `gone` where none can be read."""
        try:
            stat = path.stat()
            mark = [stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_ino]
            *noted, digest = self.known.get(str(path), [None])
            if noted == mark:
                return digest
            with path.open("rb") as stream:
                digest = hashlib.file_digest(stream, _hash).hexdigest()
        except OSError:
            return GONE
        if time.time_ns() - stat.st_mtime_ns > FRESH:
            self.known[str(path)] = [*mark, digest]
        return digest

    def files(self, paths: Iterable[Path]) -> list[str]:
        """The digests of many files, in their order."""
        with ThreadPoolExecutor(THREADS) as pool:
            return list(pool.map(self.file, paths, chunksize=64))

    def of(self, path: Path) -> str:
        """The digest of a file, or of a folder with all that lies in it."""
        if not path.is_dir():
            return self.file(path)
        inside = sorted(p for p in path.rglob("*") if p.is_file())
        names = [p.relative_to(path).as_posix() for p in inside]
        return digest_of([names, self.files(inside)])

    def several(self, root: Path, names: Sequence[str], no_label: bool = False) -> dict[str, str]:
        """Name to digest, of files and folders below a root.

        Args:
            root: of the names.
            names: relative to it.
            no_label: tables of images count without their labels.
        """
        of = self.unlabelled if no_label else self.of
        return {name: of(root / name) for name in names}

    def unlabelled(self, path: Path) -> str:
        """The digest of a table of images without its column of labels and their names."""
        whole = self.of(path)
        key = f"{UNLABELLED}{whole}"
        if path.suffix != ".arrow" or whole == GONE:
            return whole
        if key not in self.known:
            self.known[key] = [_without(path, "label") or whole]
        return self.known[key][0]

    def save(self) -> None:
        """Keep what is known for the next time."""
        with complete(self.path) as part:
            part.write_text(json.dumps(self.known), encoding="utf-8")


def _hash() -> "hashlib._Hash":
    return hashlib.blake2b(digest_size=16)


def _without(path: Path, column: str) -> str | None:
    """A digest of all columns of an Arrow table but one; None where it has no such column."""
    files = [pa.memory_map(os.fsencode(file)) for file in files_of(path)]
    table = pa.concat_tables([pa.ipc.open_file(file).read_all() for file in files])
    if column not in table.column_names:
        return None
    digest = _hash()
    for name in (title for title in table.column_names if title != column):
        digest.update(name.encode())
        for chunk in table.column(name).chunks:
            for buffer in chunk.buffers():
                digest.update(buffer or b"")
    return digest.hexdigest()
