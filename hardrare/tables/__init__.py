"""Every Arrow table of a study: columns, units, version; the only reader and writer.

A table is one Arrow IPC file whose schema metadata says `hardrare.table =
"<kind>/<version>"`. A file appears under its name only when it is complete
(written beside it, then renamed), holds no time, host or path, and equal
numbers give equal bytes.
"""

from hardrare.tables.appearance import FACTS, RANGE, read_appearance, write_appearance
from hardrare.tables.beside import beside
from hardrare.tables.copies import picture_of
from hardrare.tables.dynamics import (
    NEVER,
    read_clusterings,
    read_dynamics,
    read_never,
    read_ranges,
)
from hardrare.tables.features import (
    Features,
    features_writer,
    open_features,
    read_features,
    write_features,
)
from hardrare.tables.files import column, complete, read, write, write_rows, writer
from hardrare.tables.fit import fit_metadata, read_fit
from hardrare.tables.growing import GrowingImages
from hardrare.tables.images import NO_RELATIVE_PATH, Images, read_images, write_images
from hardrare.tables.inside import read_inside, write_inside
from hardrare.tables.kinds import (
    AXES,
    CLASSES,
    COPY,
    COUNT,
    EPOCH,
    FLAG,
    FLOAT,
    HELD_OUT,
    ID,
    KINDS,
    LOOKED_AT,
    RATES,
    TABLE,
    TEXT,
    declare,
    meanings,
)
from hardrare.tables.lists import as_lists, of_lists
from hardrare.tables.manifest import Manifest, read_manifest
from hardrare.tables.names import escaped, unescaped
from hardrare.tables.parts import table_of
from hardrare.tables.pictures import pictures_writer, read_pictures
from hardrare.tables.scores import APPEARANCE, RANKING, Score, pick, read_axes, read_scores
from hardrare.tables.skipped import Skipped, counts_by_kind, read_skipped, write_skipped
from hardrare.tables.suggested import most_often, read_suggested
from hardrare.tables.unnamed import unnamed_array
from hardrare.tables.views import read_cluster_ids, read_views, write_views
from hardrare.tables.words import read_words, words

__all__ = [
    "APPEARANCE",
    "AXES",
    "CLASSES",
    "COPY",
    "COUNT",
    "EPOCH",
    "FACTS",
    "FLAG",
    "FLOAT",
    "HELD_OUT",
    "ID",
    "KINDS",
    "LOOKED_AT",
    "NEVER",
    "NO_RELATIVE_PATH",
    "RANGE",
    "RANKING",
    "RATES",
    "TABLE",
    "TEXT",
    "Features",
    "GrowingImages",
    "Images",
    "Manifest",
    "Score",
    "Skipped",
    "as_lists",
    "beside",
    "column",
    "complete",
    "counts_by_kind",
    "declare",
    "escaped",
    "features_writer",
    "fit_metadata",
    "meanings",
    "most_often",
    "of_lists",
    "open_features",
    "pick",
    "picture_of",
    "pictures_writer",
    "read",
    "read_appearance",
    "read_axes",
    "read_cluster_ids",
    "read_clusterings",
    "read_dynamics",
    "read_features",
    "read_fit",
    "read_images",
    "read_inside",
    "read_manifest",
    "read_never",
    "read_pictures",
    "read_ranges",
    "read_scores",
    "read_skipped",
    "read_suggested",
    "read_views",
    "read_words",
    "table_of",
    "unescaped",
    "unnamed_array",
    "words",
    "write",
    "write_appearance",
    "write_features",
    "write_images",
    "write_inside",
    "write_rows",
    "write_skipped",
    "write_views",
    "writer",
]  # fmt: skip
