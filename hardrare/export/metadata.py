"""The ranking as `metadata.parquet`, keyed by `file_name` relative to the folder it lies in."""

from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from hardrare.errors import InputError
from hardrare.tables import complete

METADATA = "metadata.parquet"  # the name that the image-folder loader looks for


def metadata(ranking: pa.Table, kept: Sequence[str] | None = None) -> pa.Table:
    """The rows of a ranking, `file_name` first, as plain columns.

    Args:
        ranking: a table "ranking/2", or its Parquet twin.
        kept: names of the images to take; None = all.

    Returns:
        The rows in the ranking's order, without schema metadata.

    Raises:
        InputError: a name of `kept` is not in the ranking.
    """
    names = ranking.column("file_name")
    if kept is not None:
        wanted = pa.array(kept, names.type)
        lost = wanted.filter(pc.invert(pc.is_in(wanted, value_set=names.combine_chunks())))
        if len(lost):
            raise InputError(
                f"{len(lost)} of the images to keep are not in the ranking, the first is "
                f"{lost[0].as_py()}; take names of its column file_name."
            )
        ranking = ranking.filter(pc.is_in(names, value_set=wanted))
    rest = [name for name in ranking.column_names if name != "file_name"]
    plain = ranking.select(["file_name", *rest]).combine_chunks()
    return plain.replace_schema_metadata(None)


def write_metadata(path: Path, ranking: pa.Table, kept: Sequence[str] | None = None) -> None:
    """Write `metadata` as Parquet; equal tables give equal bytes."""
    with complete(path) as part, part.open("wb") as stream:
        pq.write_table(metadata(ranking, kept), stream, compression="zstd")
