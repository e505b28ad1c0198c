"""What is known of images from the last time: one that is the same by content is not decoded again.

Images of more than 8 bits are never among them: what is black and white in these is decided by
all of them together.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from hardrare.tables import Images, read, read_images, read_pictures

OF_ITS_PLACE = ("sample_id", "part")  # columns that say nothing of the file

Note = tuple[int, bool]  # channels of the square image; whether the file says when it was taken


@dataclass(frozen=True)
class Known:
    """Tables of the last time, and where in them an image stands.

    Attributes:
        row: key of an image to its row.
        notes: of each row.
        tables: of square images, pictures and appearance; none where no row is known.
    """

    row: Mapping[str, int]
    notes: Sequence[Note | None]
    tables: Sequence[Path]

    def of(self, key: str) -> tuple[np.ndarray, bytes, dict[str, Any], Note] | None:
        """The square image `(H, W, C)`, the picture, what was seen, and the note; None if new."""
        at = self.row.get(key)
        note = None if at is None else self.notes[at]
        if at is None or note is None:
            return None
        channels, dated = note
        row = {name: column[at].as_py() for name, column in self._columns.items()}
        row["taken"] = row["taken"] if dated else None
        image = self._images.image[at][..., :channels]
        return image, self._pictures[at].as_py(), row, (channels, dated)

    @cached_property
    def _images(self) -> Images:
        return read_images(self.tables[0])

    @cached_property
    def _pictures(self) -> pa.ChunkedArray:
        return read_pictures(self.tables[1]).column("picture")

    @cached_property
    def _columns(self) -> dict[str, pa.ChunkedArray]:
        table = read(self.tables[2], "appearance/1")
        return {name: table.column(name) for name in table.column_names if name not in OF_ITS_PLACE}


NOTHING = Known({}, (), ())
