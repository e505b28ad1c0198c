"""Every Arrow table of a study: columns, units, version; the only reader and writer.

A table is one Arrow IPC file whose schema metadata says `hardrare.table =
"<kind>/<version>"`. A file appears under its name only when it is complete
(written beside it, then renamed), holds no time, host or path, and equal
numbers give equal bytes.
"""

from hardrare.tables.files import column, complete, read, write, write_rows, writer
from hardrare.tables.images import NO_RELATIVE_PATH, Images, read_images, write_images
from hardrare.tables.kinds import CLASSES, EPOCH, FLAG, FLOAT, ID, KINDS, PHASE, TABLE, TEXT
from hardrare.tables.runs import (
    Score,
    one_space,
    pick,
    read_dynamics,
    read_features,
    read_scores,
    write_features,
)

__all__ = [
    "CLASSES", "EPOCH", "FLAG", "FLOAT", "ID", "KINDS", "NO_RELATIVE_PATH", "PHASE", "TABLE",
    "TEXT", "Images", "Score", "column", "complete", "one_space", "pick", "read", "read_dynamics",
    "read_features", "read_images", "read_scores", "write", "write_features", "write_images",
    "write_rows", "writer",
]  # fmt: skip
