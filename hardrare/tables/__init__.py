"""Every Arrow table of a study: columns, units, version; the only reader and writer.

A table is one Arrow IPC file whose schema metadata says `hardrare.table =
"<kind>/<version>"`. A file appears under its name only when it is complete
(written beside it, then renamed), holds no time, host or path, and equal
numbers give equal bytes.
"""

from hardrare.tables.files import column, complete, read, write, write_rows, writer
from hardrare.tables.growing import GrowingImages
from hardrare.tables.images import Images, read_images, write_images
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
from hardrare.tables.skipped import Skipped, counts_by_kind, read_skipped, write_skipped

__all__ = [
    "CLASSES", "EPOCH", "FLAG", "FLOAT", "ID", "KINDS", "PHASE", "TABLE", "TEXT",
    "GrowingImages", "Images", "Score", "Skipped", "column", "complete", "counts_by_kind",
    "one_space", "pick", "read", "read_dynamics", "read_features", "read_images", "read_scores",
    "read_skipped", "write", "write_features", "write_images", "write_rows", "write_skipped",
    "writer",
]  # fmt: skip
