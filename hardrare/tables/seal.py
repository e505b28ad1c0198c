"""A checksum inside an Arrow file, because Arrow does not notice a flipped bit in the values.

The footer's metadata has a place for the CRC-32 of all other bytes of the file. It finds damage,
not malice: whoever can change a file can also change its checksum.
"""

import mmap
import zlib
from pathlib import Path

from hardrare.tables.rolling import files_of

MARK, EMPTY = b"crc32=", b"........"
FOOTER = {b"hardrare.checksum": MARK + EMPTY}  # what a file is begun with


def seal(path: Path) -> None:
    """Write the checksum of a complete file into its footer."""
    with path.open("r+b") as file, mmap.mmap(file.fileno(), 0) as data:
        at = data.rfind(MARK + EMPTY) + len(MARK)
        data[at : at + len(EMPTY)] = _checksum(data, at)


def sealed(path: Path) -> bool:
    """Whether a file, or every file of a folder, has a checksum.

    Raises:
        ValueError: it has one that does not fit, or the file is empty.
    """
    if path.is_dir():
        each = [sealed(file) for file in files_of(path)]
        return bool(each) and all(each)
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        at = data.rfind(MARK) + len(MARK)
        if at < len(MARK):
            return False
        if data[at : at + len(EMPTY)] != _checksum(data, at):
            raise ValueError("its checksum does not fit: changed since it was written")
        return True


def intact(path: Path) -> bool:
    """Whether a table is there with a checksum that fits: else it is made anew."""
    try:
        return sealed(path)
    except (OSError, ValueError):
        return False


def _checksum(data: mmap.mmap, at: int) -> bytes:
    """Of all bytes but the checksum's own, which begin at `at`."""
    with memoryview(data) as view, view[:at] as before, view[at + len(EMPTY) :] as after:
        return b"%08x" % zlib.crc32(after, zlib.crc32(before))
